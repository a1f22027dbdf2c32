import type { Clock, Timer } from './clock.ts';

// One timer for whatever is due next.
// Invariant: it rings no later than it was last set for. It may ring early, and is set anew then: that is cheaper than to move a timer
// with every frame that comes in.

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: { readonly due: number; readonly timer: Timer } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** `due`: milliseconds of the clock; Infinity: never. */
  set(due: number): void {
    if (this.#timer && (due < this.#timer.due || due === Number.POSITIVE_INFINITY)) {
      this.#timer.timer.cancel();
      this.#timer = undefined;
    }
    if (this.#timer || due === Number.POSITIVE_INFINITY) return;
    const timer = this.#clock.after(Math.max(0, due - this.#clock.now()), () => {
      this.#timer = undefined;
      this.#ring();
    });
    this.#timer = { due, timer };
  }
}
