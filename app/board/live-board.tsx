'use client';

import { useCallback, useState } from 'react';
import { MAIN_BOARD } from '../../lib/convert/new-document.ts';
import { type SharedDocument, useMayEdit } from '../../lib/react/index.ts';
import { LiveDocument } from '../document/live-document.tsx';
import styles from './board.module.css';
import { BoardMenu } from './board-menu.tsx';
import { LoadedBoard } from './loaded-board.tsx';
import type { OpenBoard } from './use-add-file.ts';

export interface LiveBoardProps {
  provider: SharedDocument;
  /** Called once it can be drawn on. */
  onShown: () => void;
}

/** A document that is a board, open. */
export function LiveBoard({ provider, onShown }: LiveBoardProps) {
  const editable = useMayEdit(provider);
  const [open, setOpen] = useState<OpenBoard>();
  const shown = useCallback(
    (board: OpenBoard) => {
      setOpen(board);
      onShown();
    },
    [onShown],
  );
  return (
    <LiveDocument
      provider={provider}
      editable={editable}
      menu={<BoardMenu provider={provider} board={MAIN_BOARD} open={editable ? open : undefined} />}
    >
      <main className={styles.page}>
        <LoadedBoard provider={provider} board={MAIN_BOARD} editable={editable} onShown={shown} />
      </main>
    </LiveDocument>
  );
}
