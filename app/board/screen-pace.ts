import { flushSync } from 'react-dom';
import type { Pace } from '../../lib/whiteboard/pace.ts';

// What others did is shown with the next picture of the screen, all of it at once, and painted in that picture.
// Invariant: showing takes half of the time at most, however slow the machine: the rest is for the hand of the person here.

/** Milliseconds that showing may take each time without a rest after it. */
const QUICK_MS = 8;

export class ScreenPace implements Pace {
  #frame = 0;
  #restUntil = 0;

  soon(show: () => void): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const begun = performance.now();
      if (begun < this.#restUntil) return this.soon(show);
      flushSync(show);
      const end = performance.now();
      this.#restUntil = end - begun > QUICK_MS ? 2 * end - begun : 0;
    });
  }

  cancel(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}
