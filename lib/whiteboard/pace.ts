import type { Clock, Timer } from '../client/clock.ts';

// When what others did is shown: not each of their changes by itself, but all that has come together.
// Invariant: what is asked for is done once, unless it is cancelled.

export interface Pace {
  /** Calls `show` before long. Asked again before that, it is still called once. */
  soon(show: () => void): void;
  cancel(): void;
}

/** Milliseconds between two showings: a frame of the screen. */
const SHOW_MS = 16;

/** Where there is no screen: at once, and then once for each picture that a screen would have. */
export class ClockPace implements Pace {
  readonly #clock: Clock;
  #shownAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  soon(show: () => void): void {
    const wait = this.#shownAt + SHOW_MS - this.#clock.now();
    if (wait <= 0) this.#show(show);
    else this.#timer ??= this.#clock.after(wait, () => this.#show(show));
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #show(show: () => void): void {
    this.cancel();
    this.#shownAt = this.#clock.now();
    show();
  }
}
