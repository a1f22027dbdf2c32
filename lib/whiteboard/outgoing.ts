import * as Y from 'yjs';
import type { Bound } from './bound.ts';
import type { BoardElement, Gesture } from './element.ts';
import { holds, isNothing, isSeen, type Known, know, markSeen, orderOf } from './known.ts';
import { encode, readStored, type Stored } from './stored.ts';
import { createElement, differingKeys, isRedrawn, updateElement } from './write.ts';

// From the scene to the document: what the person here did since it was looked at last.
// Invariant: an element that others have deleted is never written again; a gesture has the last word on what it changed.

/** Numbers: a line that is resized is written whole. Longer ones wait for the end of the gesture. */
const REDRAWN_NUMBERS = 128;

export class Outgoing {
  readonly #bound: Bound;
  readonly #doc: Y.Doc;
  /** What is undone by the person, and what is not. */
  readonly #origin: object;
  readonly #repair = {};
  /** What was known last of the element at each place of the scene: most are as they were, and need no look into the map of all. */
  readonly #places: (Known | undefined)[] = [];

  constructor(bound: Bound, { doc, origin }: { doc: Y.Doc; origin: object }) {
    this.#bound = bound;
    this.#doc = doc;
    this.#origin = origin;
  }

  isOrigin(origin: unknown): boolean {
    return origin === this.#origin || origin === this.#repair;
  }

  /** `ended`: the gesture that is over since the last writing. Returns the number of elements that were written. */
  write(ended: Gesture): number {
    const changed = this.#changed(ended);
    if (changed.length === 0) return 0;
    let written = 0;
    let placed = false;
    this.#doc.transact(() => {
      for (const element of changed) {
        const keys = this.#writeElement(element, ended);
        if (keys.length > 0) written++;
        placed ||= keys.includes('index');
      }
    }, this.#origin);
    if (placed) this.#doc.transact(() => this.#writeOrder(), this.#repair);
    return written;
  }

  /** What may have to be written. Asked many times a second, of all elements. */
  #changed(ended: Gesture): BoardElement[] {
    const places = this.#places;
    return this.#bound.scene.elements().filter((element, at) => {
      let known = places[at];
      if (ended.kind === 'none' && known?.id === element.id && isSeen(element, known)) return false;
      known = this.#bound.known.get(element.id);
      places[at] = known;
      return this.#mayWrite(element, known, ended);
    });
  }

  #mayWrite(element: BoardElement, known: Known | undefined, ended: Gesture): boolean {
    if (!known || known.gone === 'here') return !element.isDeleted && !isNothing(element);
    return known.gone === undefined && (!isSeen(element, known) || holds(ended, element.id));
  }

  /** Returns the keys that were written. */
  #writeElement(element: BoardElement, ended: Gesture): string[] {
    const { id } = element;
    const known = this.#bound.known.get(id);
    const stored = encode(element);
    if (known && !known.gone && element.isDeleted) {
      this.#bound.elements.delete(id);
      known.gone = 'here';
      markSeen(element, known);
      return ['isDeleted'];
    }
    if (!stored) return [];
    if (!known || known.gone) {
      this.#bound.elements.set(id, createElement(stored));
      this.#bound.known.set(id, know(element, stored));
      return Object.keys(stored);
    }
    const map = this.#bound.elements.get(id);
    if (!(map instanceof Y.Map)) return []; // others have deleted it, which is about to be shown
    if (this.#waits(id, known.shown, stored)) return [];
    const keys = differingKeys(known.shown, stored);
    if (holds(ended, id)) keys.push(...this.#overwritten(known, map, stored, keys));
    updateElement(map, keys, { before: known.shown, after: stored, text: known.text });
    known.touched = holds(this.#bound.gesture, id) ? new Set([...(known.touched ?? []), ...keys]) : undefined;
    if (keys.includes('index')) known.order = orderOf(stored);
    if (known.text && !holds(this.#bound.gesture, id)) this.#bound.late.add(id);
    known.shown = stored;
    markSeen(element, known);
    return keys;
  }

  /** A long line that is being resized is not written whole 25 times a second. */
  #waits(id: string, before: Stored, after: Stored): boolean {
    const { points } = after;
    const isLong = Array.isArray(points) && points.length > REDRAWN_NUMBERS;
    return isLong && holds(this.#bound.gesture, id) && isRedrawn(before, after);
  }

  /** Of the keys that the gesture wrote, those which others have written since: the gesture has the last word. Letters are merged. */
  #overwritten(known: Known, map: Y.Map<unknown>, stored: Stored, keys: readonly string[]): string[] {
    const shared = readStored(map) ?? {};
    return differingKeys(shared, stored).filter(
      (key) => known.touched?.has(key) && !keys.includes(key) && key !== 'originalText',
    );
  }

  /** Whoever places an element between others writes the mended keys that it was placed between. */
  #writeOrder(): void {
    for (const [id, known] of this.#bound.known) {
      const index = orderOf(known.shown);
      const map = this.#bound.elements.get(id);
      if (known.gone || index === undefined || index === known.order || !(map instanceof Y.Map)) continue;
      map.set('index', index);
      known.order = index;
    }
  }
}
