'use client';

import { Ellipsis, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SharedDocument } from '../../lib/react/index.ts';
import { focusText } from '../document/focus-text.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu } from '../ui/menu.tsx';
import styles from './board-dialog.module.css';
import { BoardItems } from './board-items.tsx';
import { LoadedBoard } from './loaded-board.tsx';
import type { OpenBoard } from './use-add-file.ts';

export interface BoardDialogProps {
  provider: SharedDocument;
  board: string;
  editable: boolean;
  onClose: () => void;
}

/** A board of a text at its full size: over the text, below the header, which says who is here and whether all is saved. */
export function BoardDialog({ provider, board, editable, onClose }: BoardDialogProps) {
  const t = useTranslations('board');
  const [open, setOpen] = useState<OpenBoard>();
  // When it has gone, one is where one came from.
  useEffect(() => () => focusBlock(board), [board]);
  const pressed = (event: KeyboardEvent) => {
    const onBoard = event.target instanceof Element && event.target.closest('.excalidraw') !== null; // which says itself when it has no use for a key
    if (event.key === 'Escape' && !onBoard && !event.defaultPrevented) onClose();
  };
  return (
    <div className={styles.dialog} role="dialog" aria-label={t('label')} onKeyDown={pressed}>
      <div className={styles.bar}>
        <h2 className={styles.heading}>{t('label')}</h2>
        <Menu
          trigger={
            <IconButton label={t('actions')}>
              <Ellipsis size={18} aria-hidden />
            </IconButton>
          }
        >
          <BoardItems provider={provider} board={board} open={editable ? open : undefined} />
        </Menu>
        <IconButton label={t('close')} shortcut="Esc" onClick={onClose}>
          <X size={18} aria-hidden />
        </IconButton>
      </div>
      <LoadedBoard provider={provider} board={board} editable={editable} onShown={setOpen} onLeave={onClose} />
    </div>
  );
}

function focusBlock(board: string): void {
  const button = document.querySelector<HTMLElement>(`[data-board="${board}"] button`);
  if (button) button.focus();
  else focusText();
}
