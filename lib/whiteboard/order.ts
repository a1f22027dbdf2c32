import { keyBetween } from './order-key.ts';

// The order of elements, the same for everybody who has the same data.
// Invariant: equal or missing keys are mended in what is shown, never by writing.

export interface Placed {
  readonly id: string;
  /** A valid key; undefined when there is none. */
  readonly index: string | undefined;
}

/** By key, then by id; what has no key comes last. */
export function compareOrder(a: Placed, b: Placed): number {
  if (a.index === b.index) return a.id < b.id ? -1 : 1;
  if (a.index === undefined) return 1;
  if (b.index === undefined) return -1;
  return a.index < b.index ? -1 : 1;
}

/** Keys that rise from each to the next, for elements in order: their own wherever that rises already. */
export function risingKeys(sorted: readonly Placed[]): string[] {
  const keys: string[] = [];
  let low: string | undefined;
  while (keys.length < sorted.length) {
    const next = firstAbove(sorted, keys.length, low);
    const high = sorted[next]?.index;
    for (const key of keysBetween(low, high, next - keys.length)) keys.push(key);
    if (high !== undefined) keys.push(high);
    low = keys.at(-1);
  }
  return keys;
}

/** The first element from `from` on whose own key is above `low`. */
function firstAbove(sorted: readonly Placed[], from: number, low: string | undefined): number {
  for (let at = from; at < sorted.length; at++) {
    const index = sorted[at]?.index;
    if (index !== undefined && (low === undefined || index > low)) return at;
  }
  return sorted.length;
}

/** Halved again and again, so that they stay short however many there are. */
function keysBetween(low: string | undefined, high: string | undefined, count: number): string[] {
  if (count === 0) return [];
  if (high === undefined) {
    const keys = [keyBetween(low, undefined)];
    while (keys.length < count) keys.push(keyBetween(keys.at(-1), undefined));
    return keys;
  }
  const middle = keyBetween(low, high);
  const below = count >> 1;
  return [...keysBetween(low, middle, below), middle, ...keysBetween(middle, high, count - below - 1)];
}
