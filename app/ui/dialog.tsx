'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { useTranslations } from 'use-intl';
import styles from './dialog.module.css';
import { IconButton } from './icon-button.tsx';

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  heading: string;
  /** One sentence under the heading. */
  text?: string | undefined;
  /** Where the focus goes when the dialog has closed; the element that had it before, unless given. */
  onClosed?: (() => void) | undefined;
  /** False for a dialog that is answered, not closed. Escape still calls `onClose`. */
  closable?: boolean;
  wide?: boolean;
  children: ReactNode;
}

/** A dialog over the page. The backdrop is ours: Radix's own would write a style element to stop the page from scrolling. */
export function Dialog({
  open,
  onClose,
  heading,
  text,
  onClosed,
  closable = true,
  wide = false,
  children,
}: DialogProps) {
  const t = useTranslations('toast');
  const before = useRef<Element>(null);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <div className={styles.backdrop}>
          <Radix.Content
            className={`${styles.dialog} ${wide ? styles.wide : ''}`}
            {...(text === undefined ? { 'aria-describedby': undefined } : {})}
            onOpenAutoFocus={() => {
              before.current = document.activeElement;
            }}
            onCloseAutoFocus={(event) => {
              // By itself it would go to a button that opens the dialog, which there is not always.
              event.preventDefault();
              if (onClosed) onClosed();
              else if (before.current instanceof HTMLElement) before.current.focus();
            }}
            onPointerDownOutside={(event) => !closable && event.preventDefault()}
          >
            <Radix.Title className={styles.heading}>{heading}</Radix.Title>
            {text === undefined ? null : <Radix.Description className={styles.text}>{text}</Radix.Description>}
            {children}
            {/* Last, so that the focus starts at what is asked. */}
            {closable ? (
              <Radix.Close asChild>
                <IconButton label={t('close')} hint={false} className={styles.close}>
                  <X size={18} aria-hidden />
                </IconButton>
              </Radix.Close>
            ) : null}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
