// How keys go through emoji that stand in rows under headings. Invariant: rows may be of any length, and none is empty; a key that leaves the
// rows above or below leads nowhere.

/** Emoji that stand side by side. */
export const COLUMNS = 8;

/** Rows that Page Up and Page Down pass over: what one sees of them. */
const PAGE = 6;

/** How long each row is, of groups with so many emoji each. */
export function rowsOf(counts: readonly number[]): number[] {
  return counts.flatMap((count) =>
    Array.from({ length: Math.ceil(count / COLUMNS) }, (_, row) => Math.min(COLUMNS, count - row * COLUMNS)),
  );
}

/** Where a key leads from the emoji at `at`, counted through all rows; undefined for a key of the field's own. */
export function stepInRows(key: string, at: number, rows: readonly number[]): number | undefined {
  const all = rows.reduce((sum, length) => sum + length, 0);
  if (all === 0) return undefined;
  switch (key) {
    case 'ArrowRight':
      return Math.min(at + 1, all - 1);
    case 'ArrowLeft':
      return Math.max(at - 1, 0);
    case 'ArrowDown':
      return down(at, 1, rows);
    case 'ArrowUp':
      return down(at, -1, rows);
    case 'PageDown':
      return down(at, PAGE, rows);
    case 'PageUp':
      return down(at, -PAGE, rows);
    default:
      return undefined;
  }
}

function down(at: number, by: number, rows: readonly number[]): number {
  let row = 0;
  let start = 0;
  while (row < rows.length - 1 && start + (rows[row] ?? 0) <= at) start += rows[row++] ?? 0;
  const column = at - start;
  const target = Math.max(0, Math.min(row + by, rows.length - 1));
  const first = rows.slice(0, target).reduce((sum, length) => sum + length, 0);
  return target === row ? at : first + Math.min(column, (rows[target] ?? 1) - 1);
}
