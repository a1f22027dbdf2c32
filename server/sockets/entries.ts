import { Bucket } from '../budgets.ts';
import type { Clock } from '../clock.ts';
import { LIMITS } from '../limits.ts';
import type { Line } from '../line.ts';

// What one connection asks to be let into: how often the auth rule is asked for it, and when. Checking a token takes some 100 us and opening a document
// more, and a thousand requests come in one read.
// Invariant: of one connection one request at a time stands in the line of all, so that nobody waits behind the thousand of another.

export interface EntriesOptions {
  readonly clock: Clock;
  readonly line: Line;
}

/** Owned by its connection. */
export class Entries {
  readonly #options: EntriesOptions;
  readonly #budget: Bucket;
  /** Resolves when all that were asked for before have had their turn. */
  #last: Promise<void> | undefined;
  #ended = false;

  constructor(options: EntriesOptions) {
    this.#options = options;
    this.#budget = new Bucket({ perSecond: LIMITS.entriesPerSecond, most: LIMITS.entriesAtOnce }, options.clock.now());
  }

  /** Takes one from the budget if there is one. */
  take(): boolean {
    return this.#budget.take(this.#options.clock.now());
  }

  /** Undefined when the auth rule may be asked now; else resolves when it may. */
  turn(): Promise<void> | undefined {
    const { line } = this.#options;
    const turn = this.#last
      ? this.#last.then(() => (this.#ended ? undefined : line.turn(LIMITS.entryBytes)))
      : line.turn(LIMITS.entryBytes);
    if (!turn) return undefined;
    const mine = turn.then(() => {
      if (this.#last === mine) this.#last = undefined;
    });
    this.#last = mine;
    return mine;
  }

  /** Those that still wait let their turns pass. */
  end(): void {
    this.#ended = true;
  }
}
