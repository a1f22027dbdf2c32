import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table';
import type { Schema } from '@tiptap/pm/model';
import { tableEditingKey } from '@tiptap/pm/tables';
import { alignmentAttribute } from './alignment.ts';
import { colorAttribute } from './color.ts';
import { repairOwnEditsOnly } from './table-repair.ts';

// Tables.
// Invariant: whatever numbers a shared document holds, the table that is made of them is of a size that can be laid out. A cell that claims
// to be a million columns wide would stop every reader's browser.

/** Columns that a cell may span, and rows: more than anyone can read, and few enough to lay out. */
const MAX_COLUMNS = 60;
const MAX_ROWS = 500;
/** Pixels of a column. */
const MIN_WIDTH = 32;
const MAX_WIDTH = 2_000;
/** Pixels of a column that has no width of its own. */
const CELL_WIDTH = 64;

type Attributes = Record<string, unknown>;

function span(value: unknown, most: number): number {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? Math.min(number, most) : 1;
}

function widths(value: unknown, columns: number): number[] | null {
  if (!Array.isArray(value) || value.length !== columns) return null;
  const known = value.map((width: unknown) =>
    typeof width === 'number' && width > 0 ? Math.round(Math.min(Math.max(width, MIN_WIDTH), MAX_WIDTH)) : 0,
  );
  return known.some((width) => width > 0) ? known : null;
}

/** The attributes of a cell with numbers that can be laid out; the same object when they can be already. */
export function boundCell(attrs: Attributes): Attributes {
  const colspan = span(attrs.colspan, MAX_COLUMNS);
  const rowspan = span(attrs.rowspan, MAX_ROWS);
  const colwidth = widths(attrs.colwidth, colspan);
  const same =
    colspan === attrs.colspan &&
    rowspan === attrs.rowspan &&
    JSON.stringify(colwidth) === JSON.stringify(attrs.colwidth);
  return same ? attrs : { ...attrs, colspan, rowspan, colwidth };
}

/** Lets a schema make cells of bounded size only, whatever they are made from. */
function boundCells(schema: Schema): void {
  for (const type of Object.values(schema.nodes)) {
    if (!['cell', 'header_cell'].includes(type.spec.tableRole)) continue;
    const made = type as unknown as { computeAttrs(attrs: Attributes | null): Attributes };
    const compute = made.computeAttrs.bind(type);
    made.computeAttrs = (attrs) => boundCell(compute(attrs));
  }
}

function cellAttributes(parent: Attributes | undefined) {
  return {
    ...parent,
    colspan: {
      default: 1,
      parseHTML: (cell: HTMLElement) => span(cell.getAttribute('colspan'), MAX_COLUMNS),
      renderHTML: (attrs: Attributes) => some('colspan', span(attrs.colspan, MAX_COLUMNS)),
    },
    rowspan: {
      default: 1,
      parseHTML: (cell: HTMLElement) => span(cell.getAttribute('rowspan'), MAX_ROWS),
      renderHTML: (attrs: Attributes) => some('rowspan', span(attrs.rowspan, MAX_ROWS)),
    },
    colwidth: {
      ...(parent?.colwidth as object | undefined),
      renderHTML: (attrs: Attributes) => {
        const known = widths(attrs.colwidth, span(attrs.colspan, MAX_COLUMNS));
        return known ? { colwidth: known.join(',') } : {};
      },
    },
    align: alignmentAttribute('align'),
    background: colorAttribute('background', 'data-background'),
  };
}

/** One is what a cell spans anyway. */
function some(name: string, value: number): Record<string, number> {
  return value > 1 ? { [name]: value } : {};
}

const BoundedTable = Table.extend({
  onBeforeCreate() {
    boundCells(this.editor.schema);
  },

  renderHTML({ node }) {
    const columns = (node.firstChild?.content.content ?? []).flatMap(({ attrs }) => {
      const columns = span(attrs.colspan, MAX_COLUMNS);
      return widths(attrs.colwidth, columns) ?? new Array<number>(columns).fill(0);
    });
    const cols = columns.map((width) => ['col', width > 0 ? { style: `width: ${width}px` } : {}] as const);
    return ['table', ['colgroup', ...cols], ['tbody', 0]];
  },

  addProseMirrorPlugins() {
    const plugins = this.parent?.() ?? [];
    for (const plugin of plugins) if (plugin.spec.key === tableEditingKey) repairOwnEditsOnly(plugin);
    return plugins;
  },
});

export const tableExtensions = [
  BoundedTable.configure({ resizable: true, cellMinWidth: CELL_WIDTH, lastColumnResizable: true }),
  TableRow,
  TableCell.extend({
    addAttributes() {
      return cellAttributes(this.parent?.());
    },
  }),
  TableHeader.extend({
    addAttributes() {
      return cellAttributes(this.parent?.());
    },
  }),
];
