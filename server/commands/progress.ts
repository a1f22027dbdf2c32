// How a long command says that it lives: a line now and then.
// Invariant: a quick one says nothing.

/** Milliseconds between two lines. */
const EVERY_MS = 2_000;

export function progress(complain: (text: string) => void): (text: () => string) => void {
  let saidAt = performance.now();
  return (text) => {
    const now = performance.now();
    if (now - saidAt < EVERY_MS) return;
    saidAt = now;
    complain(`${text()}\n`);
  };
}

/** A number of bytes in words. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
