import { Node } from '@tiptap/core';
import { TextSelection } from '@tiptap/pm/state';
import { dissolveColumn, positionAround, rangeToWrap, unwrap } from '../containers.ts';

// Two or three columns side by side.
// Invariant: what I do leaves two columns or none. Two people can take one away each at the same time: the one that is left over is shown
// across the whole width, and is dissolved by whoever next takes one away. Nobody's editor repairs it unasked.

export const COLUMN_COUNTS = [2, 3] as const;

export type ColumnCount = (typeof COLUMN_COUNTS)[number];

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    columns: {
      /** The selected blocks become the first of `count` columns; columns around the caret become so many. */
      setColumns: (count: ColumnCount) => ReturnType;
      /** Leaves the blocks of all columns where they stood. */
      unsetColumns: () => ReturnType;
    };
  }
}

/** One column. Isolating: deleting at its edge does not reach into its neighbour. */
export const Column = Node.create({
  name: 'column',
  content: 'block+',
  isolating: true,
  selectable: false,
  parseHTML: () => [{ tag: 'div[data-column]' }],
  renderHTML: () => ['div', { class: 'column', 'data-column': '' }, 0],
});

export const Columns = Node.create({
  name: 'columns',
  group: 'block',
  content: 'column+',
  isolating: true,
  parseHTML: () => [{ tag: 'div[data-columns]' }],
  renderHTML: () => ['div', { class: 'columns', 'data-columns': '' }, 0],

  addCommands() {
    return {
      setColumns:
        (count) =>
        ({ tr, state, dispatch }) => {
          const column = state.schema.nodes.column;
          if (!column) return false;
          const there = positionAround(tr.selection.$from, this.name);
          const range = there === undefined ? rangeToWrap(tr.selection) : null;
          if (there === undefined && (!range || positionAround(range.$from, 'table') !== undefined)) return false;
          if (!dispatch) return true;
          if (range) tr.wrap(range, [{ type: this.type }, { type: column }]);
          const start = there ?? range?.start ?? 0;
          const before = tr.selection;
          for (let row = tr.doc.nodeAt(start); row && row.childCount < count; row = tr.doc.nodeAt(start)) {
            tr.insert(start + row.nodeSize - 1, column.createAndFill() ?? []);
          }
          for (let row = tr.doc.nodeAt(start); row && row.childCount > count; row = tr.doc.nodeAt(start)) {
            dissolveColumn(tr, start + row.nodeSize - 1 - (row.lastChild?.nodeSize ?? 0));
          }
          if (range && before instanceof TextSelection) tr.setSelection(TextSelection.create(tr.doc, before.head));
          tr.scrollIntoView();
          return true;
        },
      unsetColumns:
        () =>
        ({ tr, dispatch }) => {
          const start = positionAround(tr.selection.$from, this.name);
          if (start === undefined || !dispatch) return start !== undefined;
          for (let row = tr.doc.nodeAt(start); row && row.childCount > 1; row = tr.doc.nodeAt(start)) {
            tr.join(start + 1 + (row.firstChild?.nodeSize ?? 0));
          }
          unwrap(tr, start, 2);
          return true;
        },
    };
  },
});
