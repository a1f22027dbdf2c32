'use client';

import { type ComponentType, useEffect, useState } from 'react';
import type { BoardProps } from './board.tsx';

// A board as soon as its code is there: Excalidraw, which comes while the page is made ready and the document does.
// Not by `lazy`: once React has shown that something waits, it shows what it waited for 300 ms later, however soon that was there.
// Invariant: where the code is there already, the first rendering shows the board.

let loaded: ComponentType<BoardProps> | undefined;

/** May be called again and again. */
export async function loadBoard(): Promise<ComponentType<BoardProps>> {
  loaded = (await import('./board.tsx')).Board;
  return loaded;
}

/** Nothing until the code is there. When it is not to be had, that is an error of the page, as anything that cannot be rendered. */
export function LoadedBoard(props: BoardProps) {
  const [Board, setBoard] = useState(() => loaded);
  useEffect(() => {
    if (Board) return;
    const fail = (error: unknown) =>
      setBoard(() => {
        throw error;
      });
    void loadBoard().then((made) => setBoard(() => made), fail);
  }, [Board]);
  return Board ? <Board {...props} /> : null;
}
