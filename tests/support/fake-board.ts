import * as Y from 'yjs';
import { type Binding, bindBoard } from '../../lib/whiteboard/binding.ts';
import { boardElements } from '../../lib/whiteboard/board.ts';
import {
  type Adjustment,
  type BoardElement,
  type BoardScene,
  type Gesture,
  propertiesOf,
} from '../../lib/whiteboard/element.ts';
import { keyBetween } from '../../lib/whiteboard/order-key.ts';
import type { FakeClock } from './fake-clock.ts';

// A person at a board without a browser: an imitation of Excalidraw, bound to a document of its own.
// Invariant: like Excalidraw, it changes elements in place with a new version, keeps deleted ones, and mends keys of places when it is
// given elements; what is drawn is the object that the drawing began with.

export type Shape = BoardElement & Record<string, unknown>;
type Mutable = { -readonly [K in keyof BoardElement]: BoardElement[K] } & Record<string, unknown>;

export const BOARD = 'main';

/** Properties of an element by the key under which they are stored. */
const ADJUSTED: Readonly<Record<string, readonly string[]>> = {
  position: ['x', 'y'],
  size: ['width', 'height'],
  angle: ['angle'],
  points: ['points', 'lastCommittedPoint', 'width', 'height'],
  pressures: ['pressures'],
};

export class FakeBoard implements BoardScene {
  readonly name: string;
  readonly doc: Y.Doc;
  readonly binding: Binding;
  /** How often the scene was given elements. */
  applied = 0;
  #elements: Mutable[] = [];
  #gesture: Gesture = { kind: 'none' };
  /** The object that is drawn or typed: Excalidraw holds on to it. */
  #inHand: Mutable | undefined;
  #made = 0;
  #nonce = 1;

  constructor(name: string, { doc = new Y.Doc(), clock }: { doc?: Y.Doc; clock: FakeClock }) {
    this.name = name;
    this.doc = doc;
    this.binding = bindBoard({ elements: this.shared, scene: this, clock });
  }

  get shared(): Y.Map<unknown> {
    return boardElements(this.doc, BOARD);
  }

  // What the binding asks for

  elements(): readonly BoardElement[] {
    return this.#elements;
  }

  apply(elements: readonly BoardElement[]): void {
    this.applied += 1;
    if (this.#inHand && !elements.includes(this.#inHand)) throw new Error('what is in hand was replaced');
    this.#elements = [...elements] as Mutable[];
    let last: string | undefined;
    for (const element of this.#elements) {
      if (element.index === null || (last !== undefined && element.index <= last))
        this.#change(element, { index: keyBetween(last, undefined) });
      last = element.index ?? last;
    }
    this.binding?.changed();
  }

  adjust(adjusted: readonly Adjustment[]): void {
    this.applied += 1;
    for (const { element, to, keys } of adjusted) {
      const found = this.#elements.find((one) => one === element);
      if (!found || found === this.#inHand) throw new Error('what is adjusted is not in the scene, or in hand');
      const named = keys.flatMap((key) => ADJUSTED[key] ?? []);
      const given = propertiesOf(to);
      Object.assign(found, Object.fromEntries(named.map((name) => [name, given[name]])));
      found.version = to.version;
      found.versionNonce = to.versionNonce;
    }
    this.binding.changed();
  }

  gesture(): Gesture {
    return this.#gesture;
  }

  // What the person sees

  /** In their order, without what is no matter of what is seen. */
  get seen(): Record<string, unknown>[] {
    return this.#elements
      .filter(({ isDeleted }) => !isDeleted)
      .map(({ version, versionNonce, updated, isDeleted, lastCommittedPoint, status, customData, ...shown }) => shown);
  }

  get ids(): string[] {
    return this.seen.map(({ id }) => String(id));
  }

  get(id: string): Shape {
    const found = this.#find(id);
    if (!found) throw new Error(`${this.name} sees no ${id}`);
    return found;
  }

  /** Undefined when it is not there, or not any more. */
  #find(id: string): Mutable | undefined {
    return this.#elements.find((element) => element.id === id && !element.isDeleted);
  }

  // What the person does

  /** Adds a shape on top of all others. Returns its id. */
  add(properties: Record<string, unknown> = {}): string {
    return this.#add(properties).id;
  }

  change(id: string, properties: Record<string, unknown>): void {
    const element = this.#find(id);
    if (!element) return; // deleted by somebody meanwhile
    this.#change(element, properties);
    this.binding.changed();
  }

  delete(...ids: string[]): void {
    for (const id of ids) {
      const element = this.#find(id);
      if (element) this.#change(element, { isDeleted: true });
    }
    this.binding.changed();
  }

  /** Brings the shape to the place `at` from below; place 0 is not below the lowest one, but between it and the next. */
  reorder(id: string, at: number): void {
    const element = this.#find(id);
    if (!element) return;
    const others = this.#elements.filter((other) => other !== element);
    const below = Math.min(Math.max(at, 1), others.length);
    others.splice(below, 0, element);
    const low = others[below - 1]?.index ?? undefined;
    const high = others
      .slice(below + 1)
      .find(({ index }) => index !== null && (low === undefined || index > low))?.index;
    this.#elements = others;
    this.#change(element, { index: keyBetween(low, high ?? undefined) });
    this.binding.changed();
  }

  beginStroke(x: number, y: number, properties: Record<string, unknown> = {}): string {
    const points = [[0, 0]];
    const stroke = this.#add({ type: 'freedraw', x, y, points, pressures: [], simulatePressure: true, ...properties });
    return this.#take(stroke, { kind: 'drawing', id: stroke.id });
  }

  /** Coordinates are relative to the beginning of the stroke. */
  draw(...points: [number, number][]): void {
    if (!this.#inHand) throw new Error('nothing is being drawn');
    this.#change(this.#inHand, { points: [...(this.#inHand.points as unknown[]), ...points] });
    this.binding.changed();
  }

  beginText(text: string, properties: Record<string, unknown> = {}): string {
    const made = this.#add({
      type: 'text',
      originalText: text,
      text,
      width: text.length * 10,
      height: 25,
      ...properties,
    });
    return this.#take(made, { kind: 'typing', id: made.id });
  }

  /** Opens a text for typing. */
  edit(id: string): void {
    const element = this.#find(id);
    if (element) this.#take(element, { kind: 'typing', id });
  }

  /** Replaces `removed` letters at `at` in the text that is being typed. */
  type(letters: string, { at, removed = 0 }: { at?: number; removed?: number } = {}): void {
    if (!this.#inHand) throw new Error('no text is open');
    const before = String(this.#inHand.originalText);
    const from = at ?? before.length;
    const text = before.slice(0, from) + letters + before.slice(from + removed);
    this.#change(this.#inHand, { originalText: text, text, width: text.length * 10 });
    this.binding.changed();
  }

  /** The text as it is being typed. */
  get typed(): string {
    return String(this.#inHand?.originalText ?? '');
  }

  grab(...ids: string[]): void {
    this.#gesture = { kind: 'moving', ids };
    this.binding.changed();
  }

  /** Moves what was grabbed. */
  drag(dx: number, dy: number): void {
    if (this.#gesture.kind !== 'moving') throw new Error('nothing was grabbed');
    for (const id of this.#gesture.ids) {
      const element = this.#find(id);
      if (element) this.#change(element, { x: element.x + dx, y: element.y + dy });
    }
    this.binding.changed();
  }

  /** Ends whatever goes on: a stroke, a drag, a text. What was only begun is deleted. */
  release(): void {
    const made = this.#inHand;
    this.#gesture = { kind: 'none' };
    this.#inHand = undefined;
    if (made && (made.originalText === '' || (made.points as unknown[] | undefined)?.length === 1))
      this.#change(made, { isDeleted: true });
    this.binding.changed();
  }

  #add(properties: Record<string, unknown>): Mutable {
    this.#made += 1;
    const top = this.#elements.at(-1)?.index ?? undefined;
    const element: Mutable = {
      id: `${this.name}-${this.#made}`,
      type: 'rectangle',
      ...{ x: 0, y: 0, width: 100, height: 50 },
      ...{ angle: 0, strokeColor: '#1e1e1e', backgroundColor: 'transparent', fillStyle: 'solid', strokeWidth: 2 },
      ...{ strokeStyle: 'solid', roughness: 1, opacity: 100, groupIds: [], frameId: null, roundness: null },
      ...{ seed: this.#made, version: 1, versionNonce: 0, isDeleted: false, boundElements: [], updated: 1 },
      ...{ link: null, locked: false, index: keyBetween(top, undefined) },
      ...(properties.type === 'text' && TEXT),
      ...(properties.type === 'arrow' && ARROW),
      ...properties,
    };
    if (Array.isArray(element.points)) Object.assign(element, sizeOf(element.points));
    this.#elements.push(element);
    this.binding.changed();
    return element;
  }

  #take(element: Mutable, gesture: Gesture): string {
    this.#inHand = element;
    this.#gesture = gesture;
    this.binding.changed();
    return element.id;
  }

  #change(element: Mutable, properties: Record<string, unknown>): void {
    Object.assign(element, properties);
    if (Array.isArray(properties.points)) Object.assign(element, sizeOf(properties.points));
    element.version += 1;
    element.versionNonce = this.#nonce++;
  }
}

const TEXT = {
  ...{ fontSize: 20, fontFamily: 5, textAlign: 'left', verticalAlign: 'top', containerId: null },
  ...{ autoResize: true, lineHeight: 1.25 },
};
const ARROW = {
  ...{
    points: [
      [0, 0],
      [50, 50],
    ],
    startBinding: null,
    endBinding: null,
    startArrowhead: null,
    endArrowhead: 'arrow',
  },
  ...{ elbowed: false, fixedSegments: null, startIsSpecial: null, endIsSpecial: null },
};

function sizeOf(points: readonly number[][]): { width: number; height: number } {
  const extent = (axis: number) => {
    const all = points.map((point) => point[axis] ?? 0);
    return Math.max(...all) - Math.min(...all);
  };
  return { width: extent(0), height: extent(1) };
}

/** The properties of a shape, for expectations. */
export const of = propertiesOf;
