'use client';

import { memo } from 'react';
import { type SharedDocument, useMayEdit } from '../../lib/react/index.ts';
import { BoardDialog } from '../board/board-dialog.tsx';
import { useOpenedBoard } from '../board/use-opened-board.ts';
import { LiveDocument } from './live-document.tsx';
import { LoadedEditor } from './loaded-editor.tsx';
import type { ShownText } from './take-place.ts';
import { TextMenu } from './text-menu.tsx';

export interface LiveTextProps {
  provider: SharedDocument;
  /** Called with the text once it is on the page, before it is painted. */
  onShown: (text: ShownText) => void;
}

/** A document that is a text, open. Does not follow the sync state, which changes with each keystroke. */
export const LiveText = memo(function LiveText({ provider, onShown }: LiveTextProps) {
  const editable = useMayEdit(provider);
  const { board, open, close } = useOpenedBoard();
  return (
    <LiveDocument provider={provider} editable={editable} menu={<TextMenu provider={provider} editable={editable} />}>
      <div inert={board !== undefined}>
        <LoadedEditor provider={provider} editable={editable} onShown={onShown} openBoard={open} />
      </div>
      {board === undefined ? null : (
        <BoardDialog key={board} provider={provider} board={board} editable={editable} onClose={close} />
      )}
    </LiveDocument>
  );
});
