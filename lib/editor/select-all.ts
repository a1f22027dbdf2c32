import { Extension } from '@tiptap/core';
import type { ResolvedPos } from '@tiptap/pm/model';
import { type Command, TextSelection } from '@tiptap/pm/state';

// Ctrl+A in stages: the code or the cell with the caret first, then the document.

export const SelectAll = Extension.create({
  name: 'selectAll',
  priority: 140, // before TipTap's own

  addKeyboardShortcuts() {
    return { 'Mod-a': () => selectAround(this.editor.state, this.editor.view.dispatch) };
  },
});

/** Not where all of it is selected already, or there is nothing in it. */
const selectAround: Command = ({ selection, tr }, dispatch) => {
  const { $from, $to } = selection;
  if (!(selection instanceof TextSelection)) return false;
  const depth = depthOfStage($from);
  if (depth === undefined || depth > $from.sharedDepth($to.pos)) return false;
  const all = TextSelection.between(tr.doc.resolve($from.start(depth)), tr.doc.resolve($from.end(depth)));
  if (all.empty || all.eq(selection)) return false;
  dispatch?.(tr.setSelection(all));
  return true;
};

function depthOfStage($from: ResolvedPos): number | undefined {
  for (let depth = $from.depth; depth > 0; depth--) {
    const { code, tableRole } = $from.node(depth).type.spec;
    if (code || tableRole === 'cell' || tableRole === 'header_cell') return depth;
  }
  return undefined;
}
