import * as Y from 'yjs';
import { type BoardElement, propertiesOf } from './element.ts';
import { typeOf } from './properties.ts';
import { isId } from './readers.ts';

// An element as it is stored: one value per key, each of which merges by itself.
// Invariant: a Stored holds only what properties.ts allows, each key of its type, and no object that belongs to somebody else; nobody changes what
// is in it.
//
//   position, size   x and y are one value, and so are width and height: they change together, and a drag that overwrites one key leaves a
//                    single tombstone in the document, where two keys in turn leave one each time
//   points           flat numbers; a stroke's in a Y.Array, to which it grows
//   originalText     a Y.Text; `text` only where it is wrapped differently
//   bound:<id>       what is bound to the element, one key each: two people who bind two arrows to one shape bind both
//
// Not stored: version, versionNonce, updated, isDeleted, status, lastCommittedPoint, customData; and the size of what has points.

export type Stored = Readonly<Record<string, unknown>>;

const BOUND = 'bound:';
/** Arrows and texts that are bound to one element. More are not shown. */
const MAX_BOUND = 1_000;

/** The valid part of `raw`, properties under the keys of a Stored; undefined when it is no element that may be shown. Never throws. */
export function clean(raw: Stored): Stored | undefined {
  const type = typeOf(raw.type);
  if (!type) return undefined;
  const made: Record<string, unknown> = { ...type.standards };
  let bound = 0;
  // Of what is given, which is little: most of an element has its usual value.
  for (const key of Object.keys(raw)) {
    const given = raw[key];
    const value = given === undefined ? undefined : type.table.get(key)?.read(given);
    if (value !== undefined && value !== null) made[key] = value;
    else if (key.startsWith(BOUND) && isBound(key, given) && ++bound <= MAX_BOUND) made[key] = given;
  }
  return type.required.every((key) => made[key] !== undefined) ? consistent(made) : undefined;
}

function isBound(key: string, kind: unknown): boolean {
  return (kind === 'arrow' || kind === 'text') && isId(key.slice(BOUND.length));
}

/**
 * The same, where what is said twice is said once: of values that several people have written, each may be valid and not all fit.
 * Takes `stored` over.
 */
export function consistent(stored: Record<string, unknown>): Stored {
  if (stored.type === 'text' && !isWrapped(stored)) stored.text = null;
  if (stored.type === 'freedraw') stored.pressures = pressuresOf(stored);
  return stored;
}

/** Whether the wrapped text says the same as the text itself, and not the same way. */
function isWrapped({ text, originalText }: Stored): boolean {
  const letters = (value: unknown) => String(value).replace(/\s+/g, '');
  return typeof text === 'string' && text !== originalText && letters(text) === letters(originalText);
}

/** As many as there are points. */
function pressuresOf({ points, pressures, simulatePressure }: Stored): unknown {
  const given = pressures as number[]; // read so by its table
  const count = simulatePressure ? 0 : (points as number[]).length / 2;
  if (given.length === count) return given;
  return Array.from({ length: count }, (_, at) => given[at] ?? given.at(-1) ?? 0.5);
}

/** Whether `value` holds anyway where nothing is stored under `key`. */
export function isStandard({ type }: Stored, key: string, value: unknown): boolean {
  const standard = typeOf(type)?.table.get(key)?.standard;
  return standard === value || (Array.isArray(standard) && standard.join() === String(value));
}

/** What is to be stored of an element of the scene; undefined when it may not be. Never throws, whatever the element holds. */
export function encode(element: object): Stored | undefined {
  const { x, y, width, height, points, boundElements, ...others } = propertiesOf(element);
  const raw: Record<string, unknown> = { ...others, position: [x, y], size: [width, height] };
  if (Array.isArray(points)) raw.points = points.flat();
  for (const bound of Array.isArray(boundElements) ? boundElements : []) {
    const { id, type } = propertiesOf(Object(bound));
    raw[BOUND + String(id)] = type;
  }
  return clean(raw);
}

/** What `map` stores, if that is an element that may be shown. Never throws, whoever wrote the map. */
export function readStored(map: unknown): Stored | undefined {
  if (!(map instanceof Y.Map)) return undefined;
  const raw: Record<string, unknown> = {};
  map.forEach((value: unknown, key: string) => {
    if (value instanceof Y.Array) raw[key] = value.toArray();
    else if (value instanceof Y.Text) raw[key] = value.toString();
    else raw[key] = value;
  });
  return clean(raw);
}

/** The element for the scene, all objects in it its own. */
export function decode(
  id: string,
  stored: Stored,
  { version, versionNonce }: { version: number; versionNonce: number },
): BoardElement {
  const { blank, copied } = formOf(stored);
  const element: Record<string, unknown> = { ...blank, id, version, versionNonce };
  for (const key of copied) element[key] = copy(stored[key]);
  const [x, y] = stored.position as [number, number]; // every table has it
  const [width, height] = sizeOf(stored);
  element.x = x;
  element.y = y;
  element.width = width;
  element.height = height;
  element.boundElements = boundOf(stored);
  if (stored.points) {
    const points = pairs(stored.points as number[]);
    element.points = points;
    // Excalidraw draws the end of a stroke otherwise while it has none.
    element.lastCommittedPoint = stored.type === 'freedraw' ? (points.at(-1) ?? null) : null;
  }
  if (stored.type === 'text') element.text = stored.text ?? stored.originalText;
  if (stored.type === 'image') element.status = stored.fileId === null ? 'pending' : 'saved';
  return element as unknown as BoardElement; // made of a Stored, which has all that an element needs
}

/** What an element does not have as it is stored. */
const MADE_ANEW: ReadonlySet<string> = new Set(['position', 'size', 'points']);

/** How the elements of a type are made. */
interface Form {
  /** With all their keys and without values, to be copied: see `standards` in properties.ts. */
  readonly blank: object;
  readonly copied: readonly string[];
}

const forms = new Map<unknown, Form>();

function formOf({ type, points }: Stored): Form {
  const known = forms.get(type);
  if (known) return known;
  const copied = Object.keys(typeOf(type)?.standards ?? {}).filter((key) => !MADE_ANEW.has(key));
  const keys = ['id', 'type', 'x', 'y', 'width', 'height', 'version', 'versionNonce', 'boundElements', ...copied];
  if (points) keys.push('points', 'lastCommittedPoint');
  if (type === 'image') keys.push('status');
  const blank = { ...Object.fromEntries(keys.map((key) => [key, undefined])), updated: 1, isDeleted: false };
  const form = { blank, copied };
  forms.set(type, form);
  return form;
}

function boundOf(stored: Stored): { id: string; type: unknown }[] {
  const bound: { id: string; type: unknown }[] = [];
  for (const key in stored) if (key.startsWith(BOUND)) bound.push({ id: key.slice(BOUND.length), type: stored[key] });
  return bound.sort(byId);
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

/** Of what readers make: values, lists and objects of values. */
function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}

function pairs(flat: readonly number[]): [number, number][] {
  const made: [number, number][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) made.push([flat[at] ?? 0, flat[at + 1] ?? 0]);
  return made;
}

function sizeOf({ size, points }: Stored): readonly [width: number, height: number] {
  if (Array.isArray(size)) return size as [number, number]; // read so by its table
  const flat = points as number[];
  const bounds = [flat[0], flat[0], flat[1], flat[1]];
  let [left, right, top, bottom] = bounds as [number, number, number, number]; // there is one point at least
  for (let at = 2; at + 1 < flat.length; at += 2) {
    const [x = 0, y = 0] = [flat[at], flat[at + 1]];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [right - left, bottom - top];
}
