import { drawStalePictures, hasStalePictures } from '../board/stale-pictures.ts';

// Printing a document, or saving it as PDF: the browser's own, once all that is to be on paper is drawn.

export function printDocument(): void {
  void drawStalePictures().then(() => window.print());
}

/** A press of the browser's own keys for it. It is let through when there is nothing to wait for. */
export function printPressed(event: KeyboardEvent): void {
  const isPrint =
    event.key.toLowerCase() === 'p' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (!isPrint || !hasStalePictures()) return;
  event.preventDefault();
  printDocument();
}
