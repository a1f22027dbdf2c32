import { equalityDeep } from 'lib0/function';
import * as Y from 'yjs';
import { isStandard, type Stored } from './stored.ts';
import { TextAlignment, textChange } from './text-alignment.ts';

// Elements into the shared data, inside of the caller's transaction.
// Invariant: what did not change is not written; what grew is appended to.

/** Keys that `a` and `b` do not have the same under. */
export function differingKeys(a: Stored, b: Stored): string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].filter((key) => a[key] !== b[key] && !equalityDeep(a[key], b[key]));
}

/** A map for an element that is not shared yet. */
export function createElement(stored: Stored): Y.Map<unknown> {
  const map = new Y.Map<unknown>();
  for (const [key, value] of Object.entries(stored)) {
    if (!isStandard(stored, key, value)) map.set(key, sharedValue(stored, key));
  }
  return map;
}

/**
 * Writes `keys` of an element that was `before` and is `after`. `text` says where letters of others stand that are not shown here;
 * undefined when there are none.
 */
export function updateElement(
  map: Y.Map<unknown>,
  keys: readonly string[],
  { before, after, text }: { before: Stored; after: Stored; text: TextAlignment | undefined },
): void {
  for (const key of keys) {
    const value = after[key];
    const shared = map.get(key);
    if (value === undefined) map.delete(key);
    else if (key === 'originalText' && shared instanceof Y.Text) writeText(shared, { before, after, text });
    else if (shared instanceof Y.Array && grew(shared, before[key], value)) shared.push(value.slice(shared.length));
    else map.set(key, sharedValue(after, key));
  }
}

function writeText(
  shared: Y.Text,
  { before, after, text }: { before: Stored; after: Stored; text: TextAlignment | undefined },
): void {
  const from = String(before.originalText);
  (text ?? new TextAlignment(from.length)).local(textChange(from, String(after.originalText)), shared);
}

/** Whether `shared` is still what it was, and `after` is that and more. */
function grew(shared: Y.Array<unknown>, before: unknown, after: unknown): after is unknown[] {
  if (!Array.isArray(before) || !Array.isArray(after) || shared.length !== before.length) return false;
  return before.every((item, at) => item === after[at]) && equalityDeep(shared.toArray(), before);
}

/** Whether the points of an element are other points now, and not the old ones and some more. */
export function isRedrawn(before: Stored, after: Stored): boolean {
  const [old, points] = [before.points, after.points];
  return Array.isArray(old) && Array.isArray(points) && old.some((item, at) => item !== points[at]);
}

function sharedValue(stored: Stored, key: string): unknown {
  const value = stored[key];
  if (key === 'originalText') return new Y.Text(String(value));
  const isStroke = stored.type === 'freedraw' && (key === 'points' || key === 'pressures');
  return isStroke ? Y.Array.from(value as number[]) : value; // a Stored has numbers there
}
