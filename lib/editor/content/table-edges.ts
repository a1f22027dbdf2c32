import { Extension } from '@tiptap/core';
import type { ResolvedPos } from '@tiptap/pm/model';
import { type EditorState, Plugin, PluginKey, TextSelection, type Transaction } from '@tiptap/pm/state';

// A selection that begins or ends within a table, and goes beyond it.
// Invariant: deleting it empties cells and takes none away. ProseMirror joins what is left across the table's edge, which leaves a row with fewer cells.

interface Table {
  readonly start: number;
  readonly end: number;
}

export const TableEdges = Extension.create({
  name: 'tableEdges',
  priority: 160, // before all that deletes what is selected

  addKeyboardShortcuts() {
    const run = () => {
      const { state, view } = this.editor;
      const tr = deleteAcross(state);
      if (tr) view.dispatch(tr.scrollIntoView());
      return tr !== undefined;
    };
    return { Backspace: run, Delete: run };
  },

  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey('table-edges'),
      props: {
        handleDOMEvents: {
          // As ProseMirror copies, and then as keys delete.
          cut(view, event) {
            const tr = deleteAcross(view.state);
            if (!tr || !event.clipboardData || !view.editable) return false;
            const { dom, text } = view.serializeForClipboard(view.state.selection.content());
            event.preventDefault();
            event.clipboardData.clearData();
            event.clipboardData.setData('text/html', dom.innerHTML);
            event.clipboardData.setData('text/plain', text);
            view.dispatch(tr.scrollIntoView().setMeta('uiEvent', 'cut'));
            return true;
          },
        },
        handleTextInput(view, _from, _to, text) {
          const tr = deleteAcross(view.state);
          if (tr) view.dispatch(tr.insertText(text).scrollIntoView());
          return tr !== undefined;
        },
      },
    }),
  ],
});

/** Undefined where both ends are in one table, or none is in any. */
function deleteAcross({ selection, tr }: EditorState): Transaction | undefined {
  const { $from, $to, empty } = selection;
  if (!(selection instanceof TextSelection) || empty) return undefined;
  const first = tableAround($from);
  const last = tableAround($to);
  if (first?.start === last?.start) return undefined;
  // From the end on, so that what comes before stays where it is.
  if (last) emptyLines(tr, last.start, $to.pos);
  const between = { from: first?.end ?? $from.pos, to: last?.start ?? $to.pos };
  if (between.from < between.to) tr.delete(between.from, between.to);
  if (first) emptyLines(tr, $from.pos, first.end);
  return tr.setSelection(TextSelection.near(tr.doc.resolve($from.pos)));
}

function emptyLines(tr: Transaction, from: number, to: number): void {
  const lines: { from: number; to: number }[] = [];
  tr.doc.nodesBetween(from, to, (node, position) => {
    if (!node.isTextblock) return;
    lines.push({ from: Math.max(from, position + 1), to: Math.min(to, position + 1 + node.content.size) });
  });
  for (const line of lines.reverse()) if (line.from < line.to) tr.delete(line.from, line.to);
}

function tableAround($position: ResolvedPos): Table | undefined {
  for (let depth = 1; depth <= $position.depth; depth++) {
    if ($position.node(depth).type.spec.tableRole === 'table') {
      return { start: $position.before(depth), end: $position.after(depth) };
    }
  }
  return undefined;
}
