import type * as Y from 'yjs';
import { boardElements, boardFiles } from '../../lib/whiteboard/board.ts';
import { boardSvg } from './picture.ts';
import { stale } from './stale-pictures.ts';

// The picture of a board in a text, which follows what is drawn.
// Invariant: none is drawn by Excalidraw while its block is far from the window or somebody is drawing without a pause, but for paper; what nobody has
// come near to has a plainer one meanwhile. Each one that was shown is given back when the next one is.

/** Milliseconds without a change after which it is drawn anew. */
const PAUSE_MS = 600;
/** The most milliseconds that it may be behind, while others draw without a pause. */
const SLOWEST_MS = 4_000;
/** Pixels around the window in which a block is near. */
const NEAR = '600px';
/** Shapes of a board, and characters, up to which it has a plain picture: a tenth of a second of the page's time. */
const MOST_SHAPES = 1_000;
const MOST_PLAIN = 2 * 1024 * 1024;

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
  let since: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let address: string | undefined;
  let drawings = 0;

  const present = (svg: string | undefined) => {
    if (address !== undefined) URL.revokeObjectURL(address);
    address = svg && URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    show(address);
  };
  const draw = async () => {
    since = undefined;
    stale.delete(draw);
    drawings += 1;
    const drawing = drawings;
    try {
      const svg = await boardSvg({ doc, board }, { paper: false });
      if (drawing === drawings) present(svg); // else another one is on its way, or the block is gone
    } catch {
      if (drawing === drawings) stale.add(draw); // its code could not be loaded: the next change tries again
    }
  };
  const drawPlain = async () => {
    const { boardPicture } = await import('../../lib/whiteboard/picture.ts');
    if (drawings > 0 || shared.size > MOST_SHAPES) return;
    const picture = boardPicture(doc, board, { most: MOST_PLAIN, paper: undefined, upload: () => undefined });
    if (picture.state === 'drawn') present(picture.svg);
  };
  const drawSoon = (wait: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => whenIdle(() => isNear && stale.has(draw) && void draw()), wait);
  };
  const changed = () => {
    stale.add(draw);
    since ??= performance.now();
    if (isNear) drawSoon(Math.max(0, Math.min(PAUSE_MS, since + SLOWEST_MS - performance.now())));
  };
  const observer = new IntersectionObserver(
    ([entry]) => {
      isNear = entry?.isIntersecting === true;
      if (isNear && stale.has(draw)) drawSoon(0);
    },
    { rootMargin: NEAR },
  );
  stale.add(draw);
  observer.observe(element);
  shared.observeDeep(changed);
  files.observe(changed);
  whenIdle(() => void drawPlain().catch(() => undefined)); // offline, and its code not kept: Excalidraw's comes with the next change
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    shared.unobserveDeep(changed);
    files.unobserve(changed);
    drawings += 1;
    stale.delete(draw);
    if (address !== undefined) URL.revokeObjectURL(address);
  };
}

function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: 1_000 });
  else setTimeout(run); // Safari
}
