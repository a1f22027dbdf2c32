import { type Clocks, encodeClocks } from '../../lib/protocol/coverage.ts';
import { LIMITS } from '../limits.ts';

// What those lack who return to one document, computed once for all who lack about the same: a crowd that lost its connections comes back with
// state vectors that differ by little.
// Invariant: a difference holds all that any of its takers lacks; what it holds beyond that is bounded.

export interface Difference {
  readonly update: Uint8Array;
  /** How many of the updates that came after the copy are in it. */
  readonly from: number;
}

/** Holders who share a difference. */
interface Group {
  /** What each of them has, and what any of them has. */
  least: Clocks;
  most: Clocks;
  readonly difference: Promise<Difference>;
  begin(): void;
}

/** Owned by a copy, and forgotten with it. */
export class Differences {
  readonly #compute: (stateVector: Uint8Array) => Promise<Difference>;
  /** Computed or being computed, newest last. */
  #begun: Group[] = [];
  /** Not begun: more may still join them. */
  readonly #gathering: Group[] = [];
  #computing = 0;

  /** `compute` is called when its turn has come, and makes what a holder of the state vector lacks at that moment. */
  constructor(compute: (stateVector: Uint8Array) => Promise<Difference>) {
    this.#compute = compute;
  }

  /** What a holder of `clocks` lacks, and perhaps a little more. */
  of(clocks: Clocks): Promise<Difference> {
    const begun = this.#begun.find(({ least }) => clocksBetween(least, clocks) <= LIMITS.diffSpareClocks);
    if (begun) return begun.difference;
    for (const group of this.#gathering) {
      const least = leastOf(group.least, clocks);
      const most = mostOf(group.most, clocks);
      if (clocksBetween(least, most) > LIMITS.diffSpareClocks) continue;
      group.least = least;
      group.most = most;
      return group.difference;
    }
    const group = this.#gather(clocks);
    this.#gathering.push(group);
    this.#beginSome();
    return group.difference;
  }

  #gather(clocks: Clocks): Group {
    let begin: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const group: Group = {
      least: clocks,
      most: clocks,
      difference: turn.then(() => this.#compute(encodeClocks(group.least))),
      begin,
    };
    return group;
  }

  #beginSome(): void {
    while (this.#computing < LIMITS.diffsAtOnce) {
      const group = this.#gathering.shift();
      if (!group) return;
      this.#computing++;
      this.#begun = [...this.#begun.slice(1 - LIMITS.diffsKept), group];
      group.difference.then(
        () => this.#ended(),
        () => {
          this.#begun = this.#begun.filter((one) => one !== group);
          this.#ended();
        },
      );
      group.begin();
    }
  }

  #ended(): void {
    this.#computing--;
    this.#beginSome();
  }
}

/** How many clocks a holder of `most` has beyond `least`; infinitely many where it lacks some of it. */
function clocksBetween(least: Clocks, most: Clocks): number {
  let between = 0;
  for (const [client, clock] of least) if ((most.get(client) ?? 0) < clock) return Number.POSITIVE_INFINITY;
  for (const [client, clock] of most) between += clock - (least.get(client) ?? 0);
  return between;
}

function leastOf(a: Clocks, b: Clocks): Clocks {
  const least = new Map<number, number>();
  for (const [client, clock] of a) {
    const other = b.get(client);
    if (other !== undefined) least.set(client, Math.min(clock, other));
  }
  return least;
}

function mostOf(a: Clocks, b: Clocks): Clocks {
  const most = new Map(a);
  for (const [client, clock] of b) if (clock > (most.get(client) ?? 0)) most.set(client, clock);
  return most;
}
