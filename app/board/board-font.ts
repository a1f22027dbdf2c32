import { ASSET_PATH } from './asset-path.ts';

// The hand that most boards are written in, loaded before a board is shown: Excalidraw measures a text when it is written, and would keep the width
// that it has in another font.

/** The letters of Latin script; those of others are loaded when they are first seen. */
const LATIN = 'fonts/Excalifont/Excalifont-Regular-a88b72a24fb54c9f94e3b5fdaa7481c9.woff2';
/** Milliseconds that a board waits for it: a board in another font is better than none. */
const PATIENCE_MS = 3_000;

let loading: Promise<void> | undefined;
let settled = false;

/** Whether nobody has to wait for it any more. */
export function isBoardFontSettled(): boolean {
  return settled;
}

/** Resolves when the font is there, or is not to be had. */
export function loadBoardFont(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  const face = new FontFace('Excalifont', `url(${ASSET_PATH}${LATIN}) format("woff2")`);
  document.fonts.add(face);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([face.load().catch(() => undefined), late]); // offline, and not kept: the browser's own hand
  settled = true;
}

/** Excalidraw has faces of its own for it, which come with the first text that needs one: too late for that text. To be called when it is there. */
export function loadExcalidrawsLatin(): void {
  void document.fonts.load('20px Excalifont', 'A').catch(() => undefined); // offline, and not kept
}
