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
  let last: string | undefined;
  for (const [at, { index }] of sorted.entries()) {
    if (index === undefined || (last !== undefined && index <= last))
      last = keyBetween(last, nextAbove(sorted, at, last));
    else last = index;
    keys.push(last);
  }
  return keys;
}

function nextAbove(sorted: readonly Placed[], from: number, low: string | undefined): string | undefined {
  for (let at = from; at < sorted.length; at++) {
    const index = sorted[at]?.index;
    if (index !== undefined && (low === undefined || index > low)) return index;
  }
  return undefined;
}
