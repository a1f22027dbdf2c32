import { setTimeout as delay } from 'node:timers/promises';

// Waiting for what real processes and real sockets bring about. They have no clock that a test could turn, so it looks again and again.
// Invariant: a wait ends with the condition, or with an error that says what never came.

/** Milliseconds between two looks: shorter than a commit takes. */
const LOOK_MS = 1;

/** Resolves with what `look` returns as soon as that is neither false nor undefined. Rejects after `patience` milliseconds. */
export async function until<T>(
  what: string,
  look: () => T | false | undefined | Promise<T | false | undefined>,
  patience = 10_000,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`Not after ${patience / 1000} s: ${what}.`);
    await delay(LOOK_MS);
  }
}
