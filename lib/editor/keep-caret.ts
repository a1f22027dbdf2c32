// Where a caret belongs after a text was replaced by another one.

/**
 * `at` in `before`, carried over to `after`: text in front of the change stays in front of the caret, text behind it behind. Positions are
 * UTF-16 units.
 */
export function keepCaret(before: string, after: string, at: number): number {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  if (at <= start) return at;
  const behind = before.length - at;
  if (behind <= end) return after.length - behind;
  return after.length - end;
}
