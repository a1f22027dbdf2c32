'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useRef } from 'react';
import { boardAddress, isBoardName } from '../../lib/convert/board-name.ts';

// Which of a text's boards is open, as the page's address says: a link leads to it, and going back closes it.

export function useOpenedBoard() {
  const named = useSearchParams().get('board');
  /** Opened from this page: then closing is going back. */
  const pushed = useRef(false);
  const open = useCallback((board: string) => {
    pushed.current = true;
    window.history.pushState(null, '', boardAddress(board));
  }, []);
  const close = useCallback(() => {
    if (pushed.current) window.history.back();
    else window.history.replaceState(null, '', location.pathname);
    pushed.current = false;
  }, []);
  return { board: isBoardName(named) ? named : undefined, open, close };
}
