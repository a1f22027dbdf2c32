// Whether the page shows what it was opened for. What nobody waits for begins afterwards, and takes nothing from what somebody waits for.

/** Milliseconds after which it counts as shown: a page with nothing on its way says nothing. */
const LATEST_MS = 10_000;

let tell: () => void = () => undefined;
const shown = new Promise<void>((resolve) => {
  tell = resolve;
});

/** The text, the board or the list is there. May be said several times. */
export function pageIsShown(): void {
  tell();
}

/** Calls `task` once the page is shown, `after` milliseconds have passed, and the browser has nothing else to do. Returns what calls it off. */
export function whenSettled(after: number, task: () => void): () => void {
  let off = false;
  const latest = setTimeout(tell, LATEST_MS);
  void shown.then(() => {
    clearTimeout(latest);
    setTimeout(() => {
      if (off) return;
      if (typeof requestIdleCallback === 'undefined') task();
      else requestIdleCallback(() => off || task());
    }, after);
  });
  return () => {
    off = true;
    clearTimeout(latest);
  };
}
