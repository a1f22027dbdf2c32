import { Extension, isMacOS } from '@tiptap/core';
import { type Command, NodeSelection, Selection } from '@tiptap/pm/state';

// The keys for the start and the end of the document, where a block is selected as a whole: Chromium does not move then, and the next letter would
// replace the block.

function to(place: typeof Selection.atStart): Command {
  return ({ selection, doc, tr }, dispatch) => {
    if (!(selection instanceof NodeSelection)) return false;
    dispatch?.(tr.setSelection(place(doc)).scrollIntoView());
    return true;
  };
}

export const LeaveBlock = Extension.create({
  name: 'leaveBlock',

  addKeyboardShortcuts() {
    const run = (command: Command) => () => command(this.editor.state, this.editor.view.dispatch);
    const [start, end] = isMacOS() ? ['Mod-ArrowUp', 'Mod-ArrowDown'] : ['Mod-Home', 'Mod-End'];
    return { [start]: run(to(Selection.atStart)), [end]: run(to(Selection.atEnd)) };
  },
});
