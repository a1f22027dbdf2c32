import type { Clock, Timer } from './clock.ts';
import { LIMITS } from './limits.ts';

// How long a session holds its grant: when its client is asked for a new token, and when it is over.
// Invariant: of a lease that runs there is one timer, and of one that has ended there is none.

export interface LeaseOptions {
  readonly clock: Clock;
  /** It ends in `LIMITS.renewMs`, or half of it is over. */
  readonly onSoon: () => void;
  readonly onEnd: () => void;
}

/** Owned by its session; `end()` may be called twice. */
export class Lease {
  readonly #options: LeaseOptions;
  #timer: Timer | undefined;
  /** The token that was shown last could not be checked for want of keys: it ends for now then, not for good. */
  inDoubt = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Begins, or begins anew. `until`: milliseconds of the clock; undefined: for ever. */
  run(until: number | undefined): void {
    this.end();
    this.inDoubt = false;
    if (until === undefined) return;
    const { clock, onSoon, onEnd } = this.#options;
    const left = until - clock.now();
    const early = Math.min(LIMITS.renewMs, left / 2);
    this.#timer = clock.after(left - early, () => {
      this.#timer = clock.after(early, onEnd);
      onSoon();
    });
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
