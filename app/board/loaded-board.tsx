'use client';

import dynamic from 'next/dynamic';
import { memo } from 'react';
import { CodeAhead, Nothing, useCode } from '../code-ahead.ts';
import type { BoardProps } from './board.tsx';

// A board as soon as its code, which is mostly Excalidraw, is there.

const code = new CodeAhead<BoardProps>();
const Ahead = dynamic(
  code.noted(() => import('./board.tsx').then(({ Board }) => Board)),
  { loading: Nothing },
);

/** Shows nothing. In the page's HTML it names the files of the board's code, as `EditorAhead` those of the editor's. */
export const BoardAhead = memo(() => <Ahead />);

export const loadBoard = () => code.load();

/** Nothing until the code is there. */
export function LoadedBoard(props: BoardProps) {
  const Board = useCode(code);
  return Board ? <Board {...props} /> : null;
}
