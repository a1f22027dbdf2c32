// The pictures of boards in the text that are not as their boards are: not drawn yet, or drawn before the last change.
// Invariant: it is asked without loading anything that draws.

/** Milliseconds that paper waits for pictures: an older one is better than none. */
const PATIENCE_MS = 5_000;

/** Each draws one of them, wherever its block is, and takes itself out. */
export const stale = new Set<() => Promise<void>>();

export function hasStalePictures(): boolean {
  return stale.size > 0;
}

/** Draws all of them, and resolves when they can be seen: paper shows what no window does. */
export async function drawStalePictures(): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const all = async () => {
    await Promise.allSettled([...stale].map((draw) => draw()));
    const images = document.querySelectorAll<HTMLImageElement>('.board-open img[src]');
    await Promise.allSettled([...images].map((image) => image.decode()));
  };
  await Promise.race([all(), late]);
}
