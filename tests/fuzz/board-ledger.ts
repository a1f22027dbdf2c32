import { isDeepStrictEqual } from 'node:util';
import type { FakeBoard } from '../support/fake-board.ts';

// What people did at a board, apart from the board: what none of it may have lost at the end.
// Invariant: it claims only what must hold whatever came first: of a property, when one person alone has written it.

interface Written {
  readonly authors: Set<FakeBoard>;
  value: unknown;
}

export class BoardLedger {
  readonly #written = new Map<string, Map<string, Written>>();
  readonly #deleted = new Set<string>();
  readonly #bound = new Map<string, string[]>();
  readonly #points = new Map<string, [number, number][]>();
  readonly #letters = new Map<string, Set<string>>();
  readonly #removed = new Set<string>();
  readonly #complete: boolean;

  /** `complete`: nothing was undone, so that all that is written here must be there. */
  constructor({ complete }: { complete: boolean }) {
    this.#complete = complete;
  }

  /** The board has given properties of the element the values that it shows now. */
  changed(board: FakeBoard, id: string, properties: readonly string[]): void {
    const of = this.#written.get(id) ?? new Map<string, Written>();
    this.#written.set(id, of);
    for (const property of properties) {
      const entry = of.get(property) ?? { authors: new Set(), value: undefined };
      entry.authors.add(board);
      entry.value = board.get(id)[property];
      of.set(property, entry);
    }
  }

  deleted(id: string): void {
    this.#deleted.add(id);
  }

  bound(id: string, arrow: string): void {
    this.#bound.set(id, [...(this.#bound.get(id) ?? []), arrow]);
  }

  drew(id: string, points: [number, number][]): void {
    this.#points.set(id, [...(this.#points.get(id) ?? [[0, 0]]), ...points]);
  }

  typed(id: string, letter: string, removed = ''): void {
    const letters = this.#letters.get(id) ?? new Set();
    this.#letters.set(id, letters.add(letter));
    for (const gone of removed) this.#removed.add(gone);
  }

  /** Throws when the board lacks something. */
  judge(board: FakeBoard): void {
    const seen = new Map(board.seen.map((element) => [String(element.id), element]));
    if (!this.#complete) return;
    for (const id of this.#deleted) if (seen.has(id)) throw new Error(`${id} came back`);
    for (const [id, element] of seen) {
      for (const [property, { authors, value }] of this.#written.get(id) ?? []) {
        if (authors.size === 1 && !isDeepStrictEqual(element[property], value))
          throw new Error(`${property} of ${id} is ${element[property]} and not ${value}`);
      }
      const bound = (element.boundElements as { id: string }[]).map((item) => item.id);
      for (const arrow of this.#bound.get(id) ?? [])
        if (!bound.includes(arrow)) throw new Error(`${arrow} is not bound to ${id}`);
      const points = this.#points.get(id);
      if (points && !isDeepStrictEqual(element.points, points)) throw new Error(`${id} lacks points`);
      this.#judgeText(id, element.originalText);
    }
    for (const id of [...this.#written.keys(), ...this.#points.keys()])
      if (!seen.has(id) && !this.#deleted.has(id)) throw new Error(`${id} was lost`);
  }

  /** Each letter that was typed and not removed is there once, and no other. */
  #judgeText(id: string, text: unknown): void {
    const expected = [...(this.#letters.get(id) ?? [])].filter((letter) => !this.#removed.has(letter)).sort();
    const found = [...String(text ?? '')].sort();
    if (!isDeepStrictEqual(found, expected)) throw new Error(`${id} reads ${text}, and ${expected} was typed`);
  }
}
