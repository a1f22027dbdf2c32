import { safeUrl } from '../convert/safe-url.ts';

// Readers of single values that anybody may have written.
// Invariant: a reader answers with a value that Excalidraw can show, made anew and bounded, or with undefined; it never throws.

export type Read = (value: unknown) => unknown;

/** Pixels: Excalidraw itself calls what is larger an error. */
const MAX_COORDINATE = 1e6;
/** Points of one line: some five minutes of drawing without lifting the pen. More are not shown. */
export const MAX_POINTS = 20_000;
/** UTF-16 units of a text: some 20 pages. More are not shown. */
export const MAX_TEXT = 50_000;
/** Groups within groups. */
const MAX_GROUPS = 50;
/** Bends of an arrow with right angles. */
const MAX_SEGMENTS = 1_000;
const MAX_ID = 100;

export function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_ID && /^[^\s\p{C}]+$/u.test(value) && value !== '__proto__';
}

export const id: Read = (value) => (isId(value) ? value : undefined);

export const boolean: Read = (value) => (typeof value === 'boolean' ? value : undefined);

export function number(low: number, high: number): (value: unknown) => number | undefined {
  return (value) => (typeof value === 'number' && value >= low && value <= high ? value : undefined); // NaN is neither
}

export function integer(low: number, high: number): Read {
  const read = number(low, high);
  return (value) => (Number.isInteger(value) ? read(value) : undefined);
}

export const coordinate = number(-MAX_COORDINATE, MAX_COORDINATE);

export function oneOf(...allowed: readonly unknown[]): Read {
  return (value) => (allowed.includes(value) ? value : undefined);
}

export function nullOr(read: Read): Read {
  return (value) => (value === null ? null : read(value));
}

/** Longer ones are cut. */
export function text(length: number): Read {
  return (value) => (typeof value === 'string' ? value.slice(0, length) : undefined);
}

/** What can be no address and no function that loads one. */
export const color: Read = (value) =>
  typeof value === 'string' && /^(?:#[\da-f]{3,8}|[a-z]{3,30}|(?:rgb|hsl)a?\([\d\s.,%/deg+-]{1,60}\))$/i.test(value)
    ? value
    : undefined;

export const link: Read = (value) => safeUrl(value, 'link');

export const fileId: Read = (value) => (typeof value === 'string' && /^[\w-]{1,128}$/.test(value) ? value : undefined);

export function pair(read: (value: unknown) => number | undefined): (value: unknown) => [number, number] | undefined {
  return (value) => {
    if (!Array.isArray(value) || value.length !== 2) return undefined;
    const a = read(value[0]);
    const b = read(value[1]);
    return a === undefined || b === undefined ? undefined : [a, b];
  };
}

/** All of `items`, or undefined when one is not valid. */
function list(value: unknown, length: number, read: Read): unknown[] | undefined {
  if (!Array.isArray(value) || value.length > length) return undefined;
  const items = value.map(read);
  return items.includes(undefined) ? undefined : items;
}

export const groupIds: Read = (value) => list(value, MAX_GROUPS, id);

/** Flat: x and y of each point in turn. At least one point. */
export const points: Read = (value) => {
  if (!Array.isArray(value)) return undefined;
  const cut = value.slice(0, Math.min(value.length - (value.length % 2), MAX_POINTS * 2));
  return cut.length >= 2 && cut.every((item) => coordinate(item) !== undefined) ? cut : undefined;
};

export const pressures: Read = (value) =>
  list(Array.isArray(value) ? value.slice(0, MAX_POINTS) : value, MAX_POINTS, number(0, 1));

/** An object of exactly these properties; `optional` ones may be missing or null, and are left out then. */
export function object(required: Readonly<Record<string, Read>>, optional: Readonly<Record<string, Read>> = {}): Read {
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const given = value as Readonly<Record<string, unknown>>;
    const made: Record<string, unknown> = {};
    for (const [key, read] of Object.entries(required)) {
      made[key] = read(given[key]);
      if (made[key] === undefined) return undefined;
    }
    for (const [key, read] of Object.entries(optional)) {
      const item = read(given[key]);
      if (item !== undefined) made[key] = item;
    }
    return made;
  };
}

export const binding: Read = object(
  { elementId: id, focus: coordinate, gap: coordinate },
  { fixedPoint: pair(number(-10, 10)) }, // a share of the shape: 0 and 1 are its edges
);

const segment = object({ start: pair(coordinate), end: pair(coordinate), index: integer(0, MAX_POINTS) });

export const fixedSegments: Read = (value) => list(value, MAX_SEGMENTS, segment);

export const crop: Read = object({
  x: coordinate,
  y: coordinate,
  width: coordinate,
  height: coordinate,
  naturalWidth: coordinate,
  naturalHeight: coordinate,
});
