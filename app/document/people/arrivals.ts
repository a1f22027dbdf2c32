import { type Clock, systemClock, type Timer } from '../../../lib/client/clock.ts';

// Who has come and gone, gathered until it is worth being read out.
// Invariant: what is told is the difference to what was told before: who came and left again in between, or loaded the page again, is no news. Between two
// messages there is time to hear the first.

/** By their ids. */
export type Names = ReadonlyMap<string, string>;

export interface ArrivalsNews {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** Milliseconds after which a change is told: many who come at once are one message. */
const CALM_MS = 1_500;
/** Milliseconds between two messages: in a document with a hundred people somebody always comes or goes. */
const PACE_MS = 12_000;

export class Arrivals {
  readonly #clock: Clock;
  readonly #tell: (news: ArrivalsNews) => void;
  #here: Names = new Map();
  /** Who is known to be here; undefined until the first of them have arrived, who are no news. */
  #told: Names | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor({ tell, clock = systemClock }: { tell: (news: ArrivalsNews) => void; clock?: Clock }) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Everybody who is here now, but for oneself. */
  see(here: Names): void {
    this.#here = here;
    if (this.#timer) return;
    const wait = Math.max(CALM_MS, this.#toldAt + PACE_MS - this.#clock.now());
    this.#timer = this.#clock.after(wait, () => this.#settle());
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #settle(): void {
    this.#timer = undefined;
    const before = this.#told;
    const here = this.#here;
    this.#told = here;
    if (!before) return;
    const joined = [...here].filter(([id]) => !before.has(id)).map(([, name]) => name);
    const left = [...before].filter(([id]) => !here.has(id)).map(([, name]) => name);
    if (joined.length + left.length === 0) return;
    this.#toldAt = this.#clock.now();
    this.#tell({ joined, left });
  }
}

/** Names in one message; of more than that all but the first two are counted. */
const NAMES = 3;

export function shortened(names: readonly string[]): { named: readonly string[]; others: number } {
  if (names.length <= NAMES) return { named: names, others: 0 };
  return { named: names.slice(0, NAMES - 1), others: names.length - (NAMES - 1) };
}
