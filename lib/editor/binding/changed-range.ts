import type { Fragment, Node } from '@tiptap/pm/model';

// Which words of a block have changed.
// Invariant: neither end is inside of an inline element or between the halves of a character.

export interface Range {
  from: number;
  beforeEnd: number;
  afterEnd: number;
}

/** The one letter or inline element per place; an element's further places hold nothing. */
type Unit = string | Node | undefined;

function unitsOf(content: Fragment): Unit[] {
  const units: Unit[] = [];
  content.forEach((node) => {
    if (node.isText) for (let at = 0; at < node.nodeSize; at++) units.push((node.text ?? '')[at]);
    else {
      units.push(node);
      for (let at = 1; at < node.nodeSize; at++) units.push(undefined);
    }
  });
  return units;
}

/** What differs when marks are left aside. `edited`: where the edit began, if that is known: "aaa" that became "aaaa" does not say it. */
export function changedRange(before: Fragment, after: Fragment, edited: number | undefined): Range {
  const [a, b] = [unitsOf(before), unitsOf(after)];
  const shorter = Math.min(a.length, b.length);
  let from = 0;
  while (from < shorter && sameUnit(a[from], b[from])) from += 1;
  if (edited !== undefined && edited >= 0 && edited < from) from = edited;
  while (from > 0 && !isBoundary(a, b, from)) from -= 1;
  let end = 0;
  while (end < shorter - from && sameUnit(a[a.length - 1 - end], b[b.length - 1 - end])) end += 1;
  while (end > 0 && !(isBetween(a, a.length - end) && isBetween(b, b.length - end))) end -= 1;
  return { from, beforeEnd: a.length - end, afterEnd: b.length - end };
}

function sameUnit(a: Unit, b: Unit): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return a.mark([]).eq(b.mark([]));
}

function isBoundary(a: Unit[], b: Unit[], at: number): boolean {
  return isBetween(a, at) && isBetween(b, at);
}

/** Not inside of an element, nor between the halves of a character: Yjs would put a replacement character for each. */
function isBetween(units: Unit[], at: number): boolean {
  if (at >= units.length) return true;
  const unit = units[at];
  if (unit === undefined) return false;
  return !(typeof unit === 'string' && unit >= '\udc00' && unit <= '\udfff');
}
