import type * as Y from 'yjs';
import { boardElements, boardFiles } from '../../lib/whiteboard/board.ts';
import { boardSvg } from './picture.ts';

// The picture of a board in a text, which follows what is drawn on it.
// Invariant: none is made while its block is far from the window or somebody is drawing without a pause; and each one that was shown is given
// back when the next one is.

/** Milliseconds without a change after which it is drawn anew. */
const PAUSE_MS = 600;
/** The most milliseconds that it may be behind, while others draw without a pause. */
const SLOWEST_MS = 4_000;
/** Pixels around the window in which a block is near. */
const NEAR = '600px';

export interface Followed {
  readonly doc: Y.Doc;
  readonly board: string;
  readonly element: HTMLElement;
  /** Given the address of an image; undefined: nothing is drawn on the board. */
  readonly show: (picture: string | undefined) => void;
}

/** Returns what ends it. */
export function followPicture({ doc, board, element, show }: Followed): () => void {
  const shared = boardElements(doc, board);
  const files = boardFiles(doc, board);
  let isNear = false;
  let isStale = true;
  let since: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let address: string | undefined;
  let drawings = 0;

  const draw = async () => {
    since = undefined;
    if (!isNear || !isStale) return;
    isStale = false;
    drawings += 1;
    const drawing = drawings;
    const svg = await boardSvg({ doc, board }, { paper: false });
    if (drawing !== drawings) return; // another one is on its way, or the block is gone
    if (address !== undefined) URL.revokeObjectURL(address);
    address = svg && URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    show(address);
  };
  const drawSoon = (wait: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => whenIdle(() => void draw().catch(() => undefined)), wait); // its code could not be loaded: the next change tries again
  };
  const changed = () => {
    isStale = true;
    since ??= performance.now();
    if (isNear) drawSoon(Math.max(0, Math.min(PAUSE_MS, since + SLOWEST_MS - performance.now())));
  };
  const observer = new IntersectionObserver(
    ([entry]) => {
      isNear = entry?.isIntersecting === true;
      if (isNear && isStale) drawSoon(0);
    },
    { rootMargin: NEAR },
  );
  observer.observe(element);
  shared.observeDeep(changed);
  files.observe(changed);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    shared.unobserveDeep(changed);
    files.unobserve(changed);
    drawings += 1;
    if (address !== undefined) URL.revokeObjectURL(address);
  };
}

function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: 1_000 });
  else setTimeout(run); // Safari
}
