import type * as Y from 'yjs';
import { arrange } from './arrange.ts';
import { type Bound, isHeld, isInHand } from './bound.ts';
import type { Adjustment, BoardElement } from './element.ts';
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
  /** What has changed of an element that is shown already; undefined when it must be replaced. */
  readonly keys?: readonly string[];
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
    const adjusted: Adjustment[] = [];
    let placed = this.#misplaced;
    for (const id of wanted) {
      const at = this.#places.get(id);
      const shown = at === undefined ? undefined : scene[at];
      const change = this.#changeOf(id, shown);
      if (!change) continue;
      placed ||= change.placed;
      changed.push(at ?? next.length);
      next[at ?? next.length] = change.element;
      if (shown && change.keys) adjusted.push({ element: shown, to: change.element, keys: change.keys });
    }
    if (placed) this.#apply(this.#arrange(next));
    else if (changed.length === 0) return;
    else if (this.#bound.scene.adjust && adjusted.length === changed.length) this.#adjust(adjusted);
    else this.#apply(next, changed);
  }

  #adjust(adjusted: readonly Adjustment[]): void {
    this.#applying = true;
    try {
      this.#bound.scene.adjust?.(adjusted);
    } finally {
      this.#applying = false;
    }
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
      const read = decode(id, stored, nextVersion(element));
      const made = this.#measured(read);
      const found = know(made, made === read ? stored : (encode(made) ?? stored));
      found.order = orderOf(stored);
      this.#bound.known.set(id, found);
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
    const kept = isHeld(this.#bound, id) ? [...undone, ...(known.touched ?? [])] : undone;
    // The mended key of its place is not what others would have to give.
    const own = placed || kept.includes('index') ? kept : [...kept, 'index'];
    const next = consistent(withKeys(stored, current, own));
    known.shown = withKeys(next, known.shown, undone);
    if (!undone.includes('originalText')) known.text = undefined;
    const keys = differingKeys(next, current);
    if (keys.length === 0) return placed ? { element, placed } : undefined;
    const read = decode(id, next, nextVersion(element));
    const made = this.#measured(read);
    if (undone.length > 0) known.version = Number.NaN;
    else {
      known.shown = made === read ? next : (encode(made) ?? known.shown);
      markSeen(made, known);
    }
    return undone.length === 0 && isAdjustment(current, next, keys)
      ? { element: made, placed, keys }
      : { element: made, placed };
  }

  #measured(element: BoardElement): BoardElement {
    return element.type === 'text' ? (this.#bound.scene.measure?.(element) ?? element) : element;
  }
}

/** What a hand changes of an element while it moves, sizes, turns or draws it. */
const IN_PLACE: ReadonlySet<string> = new Set(['position', 'size', 'angle', 'points', 'pressures']);

/**
 * Whether the element in the scene may take the changes in place, as Excalidraw itself does it in a gesture. Not the letters of a text, nor an arrow
 * with right angles, which it would lay anew, nor another first point, which it would not see.
 */
function isAdjustment(from: Stored, to: Stored, keys: readonly string[]): boolean {
  if (!keys.every((key) => IN_PLACE.has(key)) || to.elbowed === true) return false;
  if (to.type === 'text' && keys.includes('size')) return false;
  const [before, after] = [from.points, to.points];
  return !Array.isArray(before) || !Array.isArray(after) || (before[0] === after[0] && before[1] === after[1]);
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
