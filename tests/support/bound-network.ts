import type { Bound } from './bound.ts';
import type { Random } from './random.ts';

/** Updates on their way: each person hears each other's in order, late, and not at all while they are cut off. */
export class BoundNetwork {
  readonly #people: readonly Bound[];
  readonly #ways: Uint8Array[][][];

  constructor(people: readonly Bound[]) {
    this.#people = people;
    this.#ways = people.map(() => people.map(() => []));
  }

  send(): void {
    for (const [from, person] of this.#people.entries()) {
      for (const update of person.takeUnsent()) {
        for (const [to, way] of this.#ways[from]?.entries() ?? []) if (to !== from) way.push(update);
      }
    }
  }

  /** Some of what waits arrives. */
  deliver(random: Random): void {
    this.send();
    for (const ways of this.#ways) {
      for (const [to, way] of ways.entries()) {
        if (random.between(0, 3) > 0) continue;
        for (const update of way.splice(0, random.between(1, 4))) this.#people[to]?.hear(update);
      }
    }
  }

  settle(): void {
    for (let round = 0; round < 20; round++) {
      this.send();
      const waiting = this.#ways.flat().some(({ length }) => length > 0);
      if (!waiting) return;
      for (const ways of this.#ways) {
        for (const [to, way] of ways.entries()) for (const update of way.splice(0)) this.#people[to]?.hear(update);
      }
    }
    throw new Error('They answer each other without end');
  }
}
