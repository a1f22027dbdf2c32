import type { Clock } from './clock.ts';
import { LIMITS } from './limits.ts';

// A turn of the event loop, which all connections share: when it has taken long, each is read to the end of one frame more, and rests.
// Invariant: who rests goes on in the order of coming, somebody in every turn, and nobody in the turn in which he was read.

/** One for all connections of a server. */
export class Turn {
  readonly #clock: Clock;
  /** When the first frame of this turn had been read. */
  #began: number | undefined;
  /** Those who rest since this turn, and since those before. */
  #resting: (() => void)[] = [];
  #due: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be told of every frame that was read. Returns whether others have waited long enough. */
  took(): boolean {
    if (this.#began !== undefined) return this.#isLong(this.#began);
    this.#begin();
    return false;
  }

  /** Calls `goOn` in a turn that comes, when there is time: it may read at once. */
  rest(goOn: () => void): void {
    this.#resting.push(goOn);
    if (this.#began === undefined) this.#begin();
  }

  #begin(): void {
    this.#began = this.#clock.now();
    this.#clock.soon(() => this.#end());
  }

  #end(): void {
    let going = this.#due.length;
    this.#due.push(...this.#resting);
    this.#resting = [];
    this.#began = undefined;
    if (this.#due.length === 0) return;
    this.#begin();
    const began = this.#clock.now();
    const next = () => {
      going--;
      this.#due.shift()?.();
      // A socket that is resumed is read in the next tick.
      if (going > 0) process.nextTick(() => !this.#isLong(began) && next());
    };
    if (going > 0) next();
  }

  #isLong(began: number): boolean {
    return this.#clock.now() - began > LIMITS.turnMs;
  }
}
