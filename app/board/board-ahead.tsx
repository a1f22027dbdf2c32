'use client';

import dynamic from 'next/dynamic';
import { memo } from 'react';

const Nothing = () => null;

const Loaded = dynamic(
  () =>
    typeof window === 'undefined'
      ? Promise.resolve(Nothing) // no Excalidraw is made there
      : import('./board.tsx').then(() => Nothing),
  { loading: Nothing },
);

/**
 * Shows nothing. In the page's HTML it names the files of the board's code, so that they come beside those of the page; else they are asked for when
 * those have come and run.
 */
export const BoardAhead = memo(() => <Loaded />);
