import * as Y from 'yjs';
import { type Clock, systemClock, type Timer } from '../client/clock.ts';
import type { BoardElement, BoardScene, Gesture } from './element.ts';
import { holds, isNothing, isSameGesture, isSeen, type Known, know, markSeen, nextVersion, orderOf } from './known.ts';
import { compareOrder, type Placed, risingKeys } from './order.ts';
import { isOrderKey } from './order-key.ts';
import { consistent, decode, encode, readStored, type Stored } from './stored.ts';
import { TextAlignment } from './text-alignment.ts';
import { BoardUndo } from './undo.ts';
import { createElement, differingKeys, isRedrawn, updateElement } from './write.ts';

// Binds the scene of an Excalidraw board to its shared elements.
// Invariant: what differs between the scene and what was last written or shown is what the person here did; only that is written, and
// nothing that others do changes what that person has in hand.

/** Milliseconds between two writings of one gesture: others see 25 pictures a second. */
const WRITE_MS = 40;
/** Milliseconds between two showings of what others did: a frame of the screen. */
const SHOW_MS = 16;
/** Elements that are dragged at once and written that often. More are written less often: each writing leaves a tombstone for each. */
const WRITE_ELEMENTS = 10;
/** The most milliseconds between two writings, whatever is dragged. */
const SLOWEST_MS = 400;
/** Numbers: a line that is resized is written whole. Longer ones wait for the end of the gesture. */
const REDRAWN_NUMBERS = 128;

const NOTHING: Gesture = { kind: 'none' };

export interface BoardOptions {
  /** The shared elements of a board. Their document must have been loaded. */
  readonly elements: Y.Map<unknown>;
  readonly scene: BoardScene;
  readonly clock?: Clock;
}

/** Shows the shared elements at once. The caller closes it; the document and the scene stay the caller's. */
export function bindBoard(options: BoardOptions): Binding {
  return new Binding(options);
}

export class Binding {
  readonly undo: BoardUndo;
  readonly #elements: Y.Map<unknown>;
  readonly #doc: Y.Doc;
  readonly #scene: BoardScene;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  /** Origins of what is written from here. */
  readonly #own = {};
  readonly #repair = {};
  #gesture = NOTHING;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  /** What others have changed and is not shown yet. */
  #due = new Set<string>();
  #shownAt = Number.NEGATIVE_INFINITY;
  #showTimer: Timer | undefined;
  #closed = false;
  /** The scene takes what is shown, and may say that it has changed. */
  #applying = false;
  /** What is in hand could not be given the place that it has for all others. */
  #misplaced = false;

  constructor({ elements, scene, clock = systemClock }: BoardOptions) {
    if (!elements.doc) throw new Error('A board needs a document');
    this.#elements = elements;
    this.#doc = elements.doc;
    this.#scene = scene;
    this.#clock = clock;
    this.undo = new BoardUndo({ elements, origin: this.#own, clock, prepare: () => this.#isAtRest() });
    elements.observeDeep(this.#onShared);
    this.#show(elements.keys());
  }

  /** The scene may have changed: writes soon, or at once when a gesture begins or ends. */
  changed(): void {
    if (this.#closed || this.#applying) return;
    const gesture = this.#scene.gesture();
    const wait = this.#writtenAt + pauseOf(gesture) - this.#clock.now();
    if (wait <= 0 || !isSameGesture(gesture, this.#gesture)) this.flush();
    else this.#timer ??= this.#clock.after(wait, () => this.flush());
  }

  /** Writes what has changed, now. */
  flush(): void {
    if (this.#closed || this.#applying) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    const before = this.#gesture;
    this.#gesture = this.#scene.gesture();
    const isSame = isSameGesture(before, this.#gesture);
    if (!isSame && before.kind === 'none') this.undo.closeStep();
    const written = this.#write(isSame ? NOTHING : before);
    if (written > 0) this.#writtenAt = this.#clock.now();
    if (!isSame && before.kind !== 'none') this.undo.closeStep();
    else if (written > 0 && this.#gesture.kind === 'none') this.undo.closeStepSoon();
    this.#showLate();
  }

  /** Writes what has changed, and leaves scene and document alone from then on. May be called twice. */
  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    this.#showTimer?.cancel();
    this.#elements.unobserveDeep(this.#onShared);
    this.undo.close();
  }

  #isAtRest(): boolean {
    this.flush();
    return !this.#closed && this.#gesture.kind === 'none';
  }

  // From the scene

  /** Returns the number of elements that were written. */
  #write(ended: Gesture): number {
    const changed = this.#scene.elements().filter((element) => this.#mayWrite(element, ended));
    if (changed.length === 0) return 0;
    let written = 0;
    let placed = false;
    this.#doc.transact(() => {
      for (const element of changed) {
        const keys = this.#writeElement(element, ended);
        if (keys.length > 0) written++;
        placed ||= keys.includes('index');
      }
    }, this.#own);
    if (placed) this.#doc.transact(() => this.#writeOrder(), this.#repair);
    return written;
  }

  #mayWrite(element: BoardElement, ended: Gesture): boolean {
    const known = this.#known.get(element.id);
    if (!known || known.gone === 'here') return !element.isDeleted && !isNothing(element);
    return known.gone === undefined && (!isSeen(element, known) || holds(ended, element.id));
  }

  /** Returns the keys that were written. */
  #writeElement(element: BoardElement, ended: Gesture): string[] {
    const { id } = element;
    const known = this.#known.get(id);
    const stored = encode(element);
    if (known && !known.gone && element.isDeleted) {
      this.#elements.delete(id);
      known.gone = 'here';
      markSeen(element, known);
      return ['isDeleted'];
    }
    if (!stored) return [];
    if (!known || known.gone) {
      this.#elements.set(id, createElement(stored));
      this.#known.set(id, know(element, stored));
      return Object.keys(stored);
    }
    const map = this.#elements.get(id);
    if (!(map instanceof Y.Map)) return []; // others have deleted it, which is about to be shown
    if (this.#waits(id, known.shown, stored)) return [];
    const keys = differingKeys(known.shown, stored);
    if (holds(ended, id)) keys.push(...this.#overwritten(known, map, stored, keys));
    updateElement(map, keys, { before: known.shown, after: stored, text: known.text });
    if (holds(this.#gesture, id)) for (const key of keys) known.touched.add(key);
    else known.touched.clear();
    if (keys.includes('index')) known.order = orderOf(stored);
    if (known.text && !holds(this.#gesture, id)) known.late = true;
    known.shown = stored;
    markSeen(element, known);
    return keys;
  }

  /** A long line that is being resized is not written whole 25 times a second. */
  #waits(id: string, before: Stored, after: Stored): boolean {
    const { points } = after;
    const isLong = Array.isArray(points) && points.length > REDRAWN_NUMBERS;
    return isLong && holds(this.#gesture, id) && isRedrawn(before, after);
  }

  /** Of the keys that the gesture wrote, those which others have written since: the gesture has the last word. Letters are merged. */
  #overwritten(known: Known, map: Y.Map<unknown>, stored: Stored, keys: readonly string[]): string[] {
    const shared = readStored(map) ?? {};
    return differingKeys(shared, stored).filter(
      (key) => known.touched.has(key) && !keys.includes(key) && key !== 'originalText',
    );
  }

  /** Whoever places an element between others writes the mended keys that it was placed between. */
  #writeOrder(): void {
    for (const [id, known] of this.#known) {
      const index = orderOf(known.shown);
      const map = this.#elements.get(id);
      if (known.gone || index === undefined || index === known.order || !(map instanceof Y.Map)) continue;
      map.set('index', index);
      known.order = index;
    }
  }

  // From the document

  readonly #onShared = (events: Y.YEvent<Y.AbstractType<unknown>>[], { origin }: Y.Transaction): void => {
    if (origin === this.#own || origin === this.#repair) return;
    for (const event of events) {
      const [id, key] = event.path as string[];
      if (id === undefined) for (const changed of event.keys.keys()) this.#due.add(changed);
      else {
        this.#due.add(id);
        if (key === 'originalText') this.#onLetters(id, event);
      }
    }
    const wait = this.undo.isOrigin(origin) ? 0 : this.#shownAt + SHOW_MS - this.#clock.now();
    if (wait <= 0) this.#showDue();
    else this.#showTimer ??= this.#clock.after(wait, () => this.#showDue());
  };

  #showDue(): void {
    this.#showTimer?.cancel();
    this.#showTimer = undefined;
    this.#shownAt = this.#clock.now();
    const due = this.#due;
    this.#due = new Set();
    this.#show(due);
  }

  /** What is shown may stay as it is: then the letters are counted, so that what is typed next lands between the right ones. */
  #onLetters(id: string, event: Y.YEvent<Y.AbstractType<unknown>>): void {
    const known = this.#known.get(id);
    if (!known || known.gone) return;
    known.text ??= new TextAlignment(String(known.shown.originalText).length);
    known.text.remote(event.delta);
  }

  #showLate(): void {
    const late = [...this.#known].filter(([id, known]) => known.late && !holds(this.#gesture, id));
    if (late.length > 0 || (this.#misplaced && this.#gesture.kind === 'none')) this.#show(late.map(([id]) => id));
  }

  /** Brings the elements `ids` of the scene to what is shared, but for what is in hand here. */
  #show(ids: Iterable<string>): void {
    const scene = this.#scene.elements();
    const wanted = new Set(ids);
    const present = new Map<string, BoardElement>();
    for (const element of scene) if (wanted.has(element.id)) present.set(element.id, element);
    const shown = new Map<string, BoardElement>();
    let placed = this.#misplaced;
    for (const id of wanted) {
      const change = this.#changeOf(id, present.get(id));
      if (!change) continue;
      shown.set(id, change.element);
      placed ||= change.placed;
    }
    if (shown.size === 0 && !placed) return;
    const kept = scene.map((element) => shown.get(element.id) ?? element);
    const added = [...shown.values()].filter(({ id }) => !present.has(id));
    this.#apply(placed ? this.#arrange([...kept, ...added]) : kept);
  }

  /** What Excalidraw changes of an element because it is shown is nothing that the person here did. */
  #apply(elements: readonly BoardElement[]): void {
    const versions = elements.map(({ version }) => version);
    this.#applying = true;
    this.#scene.apply(elements);
    this.#applying = false;
    this.#scene.elements().forEach((element, at) => {
      if (element.version === versions[at] && element === elements[at]) return;
      const known = this.#known.get(element.id);
      if (!known || known.version !== versions[at] || element.id !== elements[at]?.id) return; // changed here before
      known.shown = encode(element) ?? known.shown;
      markSeen(element, known);
    });
  }

  /** How the element is to be shown; undefined when it is shown so already, or may not be touched now. */
  #changeOf(id: string, element: BoardElement | undefined): { element: BoardElement; placed: boolean } | undefined {
    const known = this.#known.get(id);
    const stored = readStored(this.#elements.get(id));
    if (known) known.late = false;
    if (!stored) {
      if (!known || !element) return undefined;
      if (known.gone !== 'here') known.gone = 'elsewhere';
      if (element.isDeleted) return undefined;
      if (this.#isHeld(id)) {
        known.late = true;
        return undefined;
      }
      const deleted = { ...element, ...nextVersion(element), isDeleted: true };
      markSeen(deleted, known);
      return { element: deleted, placed: false };
    }
    if (known && element && this.#isInHand(id)) {
      if (known.gone) known.text = TextAlignment.between(String(known.shown.originalText), String(stored.originalText));
      known.gone = undefined; // somebody else has taken its deletion back
      known.late = true;
      return undefined;
    }
    if (!known || known.gone || !element) {
      const made = this.#measured(decode(id, stored, nextVersion(element)));
      const shown = this.#measures(made) ? encode(made) : undefined;
      this.#known.set(id, { ...know(made, shown ?? stored), order: orderOf(stored) });
      return { element: made, placed: true };
    }
    if (element.isDeleted && !isSeen(element, known)) return undefined; // deleted here, and about to be written
    return this.#mergedChange(known, element, stored);
  }

  #mergedChange(
    known: Known,
    element: BoardElement,
    stored: Stored,
  ): { element: BoardElement; placed: boolean } | undefined {
    const { id } = element;
    const placed = known.order !== orderOf(stored);
    known.order = orderOf(stored);
    const current = isSeen(element, known) ? known.shown : (encode(element) ?? known.shown);
    const undone = differingKeys(known.shown, current); // not written yet
    const kept = this.#isHeld(id) ? [...undone, ...known.touched] : undone;
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

  /** A gesture that began or ended since the last writing counts, too. */
  #isHeld(id: string): boolean {
    return holds(this.#gesture, id) || holds(this.#scene.gesture(), id);
  }

  /** It is drawn or typed: Excalidraw holds on to the very object. */
  #isInHand(id: string): boolean {
    return [this.#gesture, this.#scene.gesture()].some(
      (gesture) => (gesture.kind === 'drawing' || gesture.kind === 'typing') && gesture.id === id,
    );
  }

  #measured(element: BoardElement): BoardElement {
    return this.#measures(element) ? (this.#scene.measure?.(element) ?? element) : element;
  }

  #measures({ type }: BoardElement): boolean {
    return this.#scene.measure !== undefined && type === 'text';
  }

  /** In the shared order, deleted ones last. Keys that are equal or missing are mended in what is shown. */
  #arrange(elements: readonly BoardElement[]): BoardElement[] {
    const placed = elements.map((element) => ({ element, ...this.#placeOf(element) }));
    placed.sort((a, b) => Number(a.element.isDeleted) - Number(b.element.isDeleted) || compareOrder(a, b));
    const keys = risingKeys(placed);
    this.#misplaced = false;
    return placed.map(({ element }, at) => {
      const index = keys[at] ?? null;
      if (element.index === index) return element;
      if (this.#isInHand(element.id)) {
        this.#misplaced = true;
        return element;
      }
      const moved = { ...element, ...nextVersion(element), index };
      const known = this.#known.get(element.id);
      if (known) {
        if (isSeen(element, known)) markSeen(moved, known);
        known.shown = { ...known.shown, index };
      }
      return moved;
    });
  }

  #placeOf({ id, index }: BoardElement): Placed {
    const known = this.#known.get(id);
    if (known && !known.gone && index === (known.shown.index ?? null)) return { id, index: known.order };
    return { id, index: isOrderKey(index) ? index : undefined };
  }
}

/** Milliseconds between two writings. Each key is written by itself: of two at once it could not be said which letters were typed. */
function pauseOf(gesture: Gesture): number {
  if (gesture.kind === 'typing') return 0;
  const many = gesture.kind === 'moving' ? gesture.ids.length / WRITE_ELEMENTS : 1;
  return Math.min(WRITE_MS * Math.max(1, many), SLOWEST_MS);
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
