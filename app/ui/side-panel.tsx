'use client';

import { X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from './icon-button.tsx';
import styles from './side-panel.module.css';

export interface SidePanelProps {
  id: string;
  heading: string;
  /** One line under the heading. */
  text?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** Beside the text, under the header; on a phone a sheet over it. Not modal: one can go on writing. */
export function SidePanel({ id, heading, text, onClose, children }: SidePanelProps) {
  const t = useTranslations('panel');
  const headingId = useId();
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.nativeEvent.isComposing || event.defaultPrevented) return;
    event.stopPropagation();
    onClose();
  };
  return (
    <>
      {/* On a phone, a tap beside the sheet closes it; the button within does so for everyone. */}
      <div className={styles.shade} aria-hidden="true" onClick={onClose} />
      <aside id={id} className={styles.panel} aria-labelledby={headingId} onKeyDown={keyDown}>
        <div className={styles.head}>
          <div className={styles.names}>
            <h2 id={headingId} className={styles.heading}>
              {heading}
            </h2>
            {text === undefined ? null : <p className={styles.text}>{text}</p>}
          </div>
          <IconButton label={t('close')} hint={false} onClick={onClose}>
            <X size={18} aria-hidden />
          </IconButton>
        </div>
        {children}
      </aside>
    </>
  );
}
