import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { type Command, NodeSelection, TextSelection } from '@tiptap/pm/state';
import { closeUndoStep } from './undo-step.ts';

// What keys do at the edge of a block.
// Invariant: nothing that takes work to make again, such as a drawing, is deleted by a key that was meant for the line beside it.

/** Blocks without text of their own, which are selected before they are deleted. A divider is not: it holds nothing. */
const PRECIOUS = ['image', 'embed', 'board', 'blockMath', 'tableOfContents'];
/** Blocks that keep Enter for themselves: above one that is the first of the document nothing could be written. */
const CLOSED = ['table', 'callout', 'toggle', 'columns'];
/** What they hold side by side: each of it is at their upper edge. */
const ROWS = ['tableRow', 'columns'];

/** From the very start or end of a line: the block that cannot be written in beside it is selected. */
function selectBeside(side: 'before' | 'after'): Command {
  return ({ selection, tr }, dispatch) => {
    const { $from, empty } = selection;
    const { parent } = $from;
    if (!empty || !parent.isTextblock || parent.content.size === 0) return false; // an empty line goes itself
    if ($from.parentOffset !== (side === 'before' ? 0 : parent.content.size)) return false;
    const border = side === 'before' ? $from.before() : $from.after();
    const { nodeBefore, nodeAfter } = tr.doc.resolve(border);
    const block: Node | null = side === 'before' ? nodeBefore : nodeAfter;
    if (!block || !PRECIOUS.includes(block.type.name)) return false;
    const start = side === 'before' ? border - block.nodeSize : border;
    dispatch?.(tr.setSelection(NodeSelection.create(tr.doc, start)).scrollIntoView());
    return true;
  };
}

/** At the start of a heading, Backspace takes the heading away first, and not the line above it. */
const endHeading: Command = ({ selection, tr, schema }, dispatch) => {
  const { $from, empty } = selection;
  const { paragraph, heading } = schema.nodes;
  if (!empty || !paragraph || $from.parent.type !== heading || $from.parentOffset > 0) return false;
  dispatch?.(tr.setBlockType($from.pos, $from.pos, paragraph).scrollIntoView());
  return true;
};

/** From the uppermost line of a closed block that is the first of the document: a new line above it. */
const lineAbove: Command = (state, dispatch, view) => {
  const { selection, tr, schema } = state;
  const { $head, empty } = selection;
  const first = tr.doc.firstChild;
  const paragraph = schema.nodes.paragraph?.create();
  if (!(selection instanceof TextSelection) || !empty || !paragraph || !first || !CLOSED.includes(first.type.name)) {
    return false;
  }
  for (let depth = 0; depth < $head.depth; depth++) {
    if ($head.index(depth) > 0 && !ROWS.includes($head.node(depth).type.name)) return false;
  }
  if (view?.endOfTextblock('up') !== true) return false;
  closeUndoStep(state);
  tr.insert(0, paragraph);
  dispatch?.(tr.setSelection(TextSelection.create(tr.doc, 1)).scrollIntoView());
  return true;
};

export const BlockEdges = Extension.create({
  name: 'blockEdges',
  priority: 140, // behind the containers' own keys, before TipTap's

  addKeyboardShortcuts() {
    const run = (command: Command) => () => command(this.editor.state, this.editor.view.dispatch, this.editor.view);
    return {
      Backspace: () => run(selectBeside('before'))() || run(endHeading)(),
      Delete: run(selectBeside('after')),
      ArrowUp: run(lineAbove),
    };
  },
});
