import type * as Y from 'yjs';
import { arrange } from './arrange.ts';
import { type Bound, isHeld, isInHand } from './bound.ts';
import type { BoardElement } from './element.ts';
import { holds, isSeen, type Known, know, markSeen, nextVersion, orderOf } from './known.ts';
import { consistent, decode, encode, readStored, type Stored } from './stored.ts';
import { TextAlignment } from './text-alignment.ts';
import { differingKeys } from './write.ts';

// From the document to the scene: what others did.
// Invariant: what is in hand here, and what was not written yet, stays as it is; what the editor mends because it is shown something is
// nothing that the person here did.

interface Change {
  readonly element: BoardElement;
  /** Its place among the others may be another. */
  readonly placed: boolean;
}

export class Incoming {
  readonly #bound: Bound;
  /** The scene takes what is shown, and may say that it has changed. */
  #applying = false;
  /** What is in hand could not be given the place that it has for all others. */
  #misplaced = false;
  /** Where in the scene each element was when it was looked for last. */
  #places: ReadonlyMap<string, number> = new Map();

  constructor(bound: Bound) {
    this.#bound = bound;
  }

  get isApplying(): boolean {
    return this.#applying;
  }

  /** What is shown may stay as it is: then the letters are counted, so that what is typed next lands between the right ones. */
  countLetters(id: string, event: Y.YEvent<Y.AbstractType<unknown>>): void {
    const known = this.#bound.known.get(id);
    if (!known || known.gone) return;
    known.text ??= new TextAlignment(String(known.shown.originalText).length);
    known.text.remote(event.delta);
  }

  /** Shows what had to wait for the end of a gesture. */
  showLate(): void {
    const { late, gesture } = this.#bound;
    const due = [...late].filter((id) => !holds(gesture, id));
    if (due.length > 0 || (this.#misplaced && gesture.kind === 'none')) this.show(due);
  }

  /** Brings the elements `ids` of the scene to what is shared, but for what is in hand here. */
  show(ids: Iterable<string>): void {
    const scene = this.#bound.scene.elements();
    const wanted = new Set(ids);
    this.#locate(scene, wanted);
    const next = [...scene];
    const changed: number[] = [];
    let placed = this.#misplaced;
    for (const id of wanted) {
      const at = this.#places.get(id);
      const change = this.#changeOf(id, at === undefined ? undefined : scene[at]);
      if (!change) continue;
      placed ||= change.placed;
      changed.push(at ?? next.length);
      next[at ?? next.length] = change.element;
    }
    if (placed) this.#apply(this.#arrange(next));
    else if (changed.length > 0) this.#apply(next, changed);
  }

  /** Looks for the elements where they were last, and through the whole scene only when one is elsewhere. */
  #locate(scene: readonly BoardElement[], wanted: ReadonlySet<string>): void {
    const isThere = (id: string) => scene[this.#places.get(id) ?? -1]?.id === id;
    if (![...wanted].every(isThere)) this.#places = new Map(scene.map(({ id }, at) => [id, at]));
  }

  #arrange(elements: readonly BoardElement[]): BoardElement[] {
    const { arranged, misplaced } = arrange(elements, this.#bound);
    this.#misplaced = misplaced;
    return arranged;
  }

  /**
   * What Excalidraw changes of an element because it is shown is nothing that the person here did. `changed`: where the others are the same
   * objects in the same places, of which it mends nothing.
   */
  #apply(elements: readonly BoardElement[], changed: Iterable<number> = elements.keys()): void {
    const versions = new Map<number, number | undefined>();
    for (const at of changed) versions.set(at, elements[at]?.version);
    this.#applying = true;
    try {
      this.#bound.scene.apply(elements);
    } finally {
      this.#applying = false;
    }
    const shown = this.#bound.scene.elements();
    for (const [at, version] of versions) {
      const element = shown[at];
      const known = element && this.#bound.known.get(element.id);
      if (!known || isSeen(element, known)) continue;
      if (known.version !== version || element.id !== elements[at]?.id) continue; // changed here before
      known.shown = encode(element) ?? known.shown;
      markSeen(element, known);
    }
  }

  /** How the element is to be shown; undefined when it is shown so already, or may not be touched now. */
  #changeOf(id: string, element: BoardElement | undefined): Change | undefined {
    const known = this.#bound.known.get(id);
    const stored = readStored(this.#bound.elements.get(id));
    this.#bound.late.delete(id);
    if (!stored) {
      if (known && known.gone !== 'here') known.gone = 'elsewhere';
      if (!known || !element || element.isDeleted) return undefined;
      if (isHeld(this.#bound, id)) {
        this.#bound.late.add(id);
        return undefined;
      }
      const deleted = { ...element, ...nextVersion(element), isDeleted: true };
      markSeen(deleted, known);
      return { element: deleted, placed: false };
    }
    if (known && element && isInHand(this.#bound, id)) {
      if (known.gone) known.text = TextAlignment.between(String(known.shown.originalText), String(stored.originalText));
      known.gone = undefined; // somebody else has taken its deletion back
      this.#bound.late.add(id);
      return undefined;
    }
    if (!known || known.gone || !element) {
      const made = this.#measured(decode(id, stored, nextVersion(element)));
      const shown = this.#measures(made) ? encode(made) : undefined;
      this.#bound.known.set(id, { ...know(made, shown ?? stored), order: orderOf(stored) });
      return { element: made, placed: true };
    }
    if (element.isDeleted && !isSeen(element, known)) return undefined; // deleted here, and about to be written
    return this.#mergedChange(known, element, stored);
  }

  #mergedChange(known: Known, element: BoardElement, stored: Stored): Change | undefined {
    const { id } = element;
    const placed = known.order !== orderOf(stored);
    known.order = orderOf(stored);
    const current = isSeen(element, known) ? known.shown : (encode(element) ?? known.shown);
    const undone = differingKeys(known.shown, current); // not written yet
    const kept = isHeld(this.#bound, id) ? [...undone, ...known.touched] : undone;
    // The mended key of its place is not what others would have to give.
    const own = placed || kept.includes('index') ? kept : [...kept, 'index'];
    const next = consistent(withKeys(stored, current, own));
    known.shown = withKeys(next, known.shown, undone);
    if (!undone.includes('originalText')) known.text = undefined;
    if (differingKeys(next, current).length === 0) return placed ? { element, placed } : undefined;
    const made = this.#measured(decode(id, next, nextVersion(element)));
    if (undone.length > 0) known.version = Number.NaN;
    else {
      known.shown = encode(made) ?? known.shown;
      markSeen(made, known);
    }
    return { element: made, placed };
  }

  #measured(element: BoardElement): BoardElement {
    return this.#measures(element) ? (this.#bound.scene.measure?.(element) ?? element) : element;
  }

  #measures({ type }: BoardElement): boolean {
    return this.#bound.scene.measure !== undefined && type === 'text';
  }
}

/** `stored`, but with the values that `other` has under `keys`. */
function withKeys(stored: Stored, other: Stored, keys: Iterable<string>): Record<string, unknown> {
  const made: Record<string, unknown> = { ...stored };
  for (const key of keys) {
    if (key in other) made[key] = other[key];
    else delete made[key];
  }
  return made;
}
