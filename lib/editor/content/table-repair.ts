import type { Node as ProseMirrorNode } from '@tiptap/pm/model';
import { type EditorState, type Plugin, Selection, type Transaction } from '@tiptap/pm/state';
import { CellSelection, fixTables, TableMap } from '@tiptap/pm/tables';
import { ySyncPluginKey } from '@tiptap/y-tiptap';

// Tables that two people have made uneven: one added a row while the other added a column.
// Invariant: an uneven table is shown as it is, and made even by whoever next edits in it or selects its cells, with the same edit. Two who do
// that at once may each add the same cells: such empty cells beyond the width of most rows go again, so that a table does not grow by repairs.

/** prosemirror-tables repairs whenever the document changes, whoever changed it: all readers would answer one person's edit. */
export function repairOwnEditsOnly(tables: Plugin): Plugin {
  const { appendTransaction } = tables.spec;
  tables.spec.appendTransaction = function (transactions, _before, state) {
    const repair = touchedByMe(transactions, state);
    // Its other task is to straighten selections; given no difference of documents, it repairs nothing.
    return (repair && repairTables(state, repair)) ?? appendTransaction?.call(this, transactions, state, state) ?? null;
  };
  return tables;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where I have edited, or selected cells. */
function touchedByMe(transactions: readonly Transaction[], state: EditorState): Range | undefined {
  const mine = transactions.filter((transaction) => {
    const meta = transaction.getMeta(ySyncPluginKey) as { isChangeOrigin?: boolean } | undefined;
    return meta?.isChangeOrigin !== true;
  });
  let range: Range | undefined;
  const touch = (from: number, to: number) => {
    range = { from: Math.min(from, range?.from ?? from), to: Math.max(to, range?.to ?? to) };
  };
  for (const transaction of mine) {
    const later = transactions.slice(transactions.indexOf(transaction) + 1);
    const now = (position: number, side: 1 | -1) => later.reduce((at, { mapping }) => mapping.map(at, side), position);
    transaction.mapping.maps.forEach((map, step) => {
      const rest = transaction.mapping.slice(step + 1);
      map.forEach((_from, _to, from, to) => {
        touch(now(rest.map(from, -1), -1), now(rest.map(to, 1), 1));
      });
    });
  }
  const { selection } = state;
  const selected = mine.some(({ selectionSet }) => selectionSet) && selection instanceof CellSelection;
  if (selected) touch(selection.$anchorCell.pos, selection.$anchorCell.pos);
  return range;
}

function repairTables(state: EditorState, { from, to }: Range): Transaction | undefined {
  const uneven: { table: ProseMirrorNode; position: number }[] = [];
  state.doc.nodesBetween(from, Math.min(to, state.doc.content.size), (node, position) => {
    if (node.type.spec.tableRole === 'table' && TableMap.get(node).problems) uneven.push({ table: node, position });
    return !node.isTextblock;
  });
  if (uneven.length === 0) return undefined;
  const { tr } = state;
  // From the end, so that the positions before stay right.
  for (const { table, position } of uneven.reverse()) trim(tr, table, position);
  const trimmed = state.apply(tr);
  // What is still uneven gets the cells that it lacks: prosemirror-tables knows how.
  const filled = fixTables(trimmed);
  for (const step of filled?.steps ?? []) tr.step(step);
  if (state.selection instanceof CellSelection) tr.setSelection(Selection.near(tr.selection.$from));
  return tr;
}

/** Takes the empty cells away that stand beyond the width of most rows. */
function trim(tr: Transaction, table: ProseMirrorNode, position: number): void {
  const map = TableMap.get(table);
  const widths = Array.from(
    { length: map.height },
    (_, row) => map.map.slice(row * map.width, (row + 1) * map.width).filter((cell) => cell !== 0).length,
  );
  const usual = mostCommon(widths);
  const surplus = widths.flatMap((width, row) => {
    const cells = table.child(row).content.content.slice(usual - width);
    return width > usual ? [{ row, cells }] : [];
  });
  if (surplus.some(({ cells }) => cells.some((cell) => !isBlank(cell)))) return;
  for (const { row, cells } of surplus.reverse()) {
    let end = position + 1;
    for (let above = 0; above <= row; above++) end += table.child(above).nodeSize;
    const size = cells.reduce((sum, cell) => sum + cell.nodeSize, 0);
    tr.delete(end - 1 - size, end - 1);
  }
}

function isBlank(cell: ProseMirrorNode): boolean {
  const { colspan, rowspan } = cell.attrs;
  return colspan === 1 && rowspan === 1 && cell.textContent === '' && cell.childCount === 1 && !cell.child(0).isAtom;
}

/** Of equally common widths the larger. */
function mostCommon(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  const [first] = [...counts].sort(([a, times], [b, more]) => more - times || b - a);
  return first?.[0] ?? 0;
}
