import type { Clock } from './clock.ts';
import { LIMITS } from './limits.ts';

// The line in which those wait who are to be sent a document: handing 2 MB to a socket takes the main thread a millisecond, and fifty may ask at once.
// Invariant: whoever is in it gets a turn, in the order of coming; a turn of the event loop in which more is sent than `LIMITS.turnBytes` sends to one.

interface Waiting {
  readonly bytes: number;
  go(): void;
}

/** Shared by all rooms. */
export class Line {
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  /** Bytes for which turns were given in this turn of the event loop. */
  #given = 0;
  #runs = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined when so many bytes may be sent at once; else resolves when they may, at once then. Who has no use for it any more may let it pass. */
  turn(bytes: number): Promise<void> | undefined {
    this.#run();
    if (this.#given < LIMITS.turnBytes) {
      this.#given += bytes; // and nobody waits: as many were let go when the turn began as that allows
      return undefined;
    }
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, go: resolve });
    });
  }

  #run(): void {
    if (this.#runs) return;
    this.#runs = true;
    this.#clock.soon(() => this.#endTurn());
  }

  #endTurn(): void {
    this.#runs = false;
    this.#given = 0;
    let going = 0;
    for (; this.#given < LIMITS.turnBytes; going++) {
      const next = this.#waiting[going];
      if (!next) break;
      this.#given += next.bytes;
      next.go();
    }
    this.#waiting = this.#waiting.slice(going);
    if (going > 0) this.#run();
  }
}
