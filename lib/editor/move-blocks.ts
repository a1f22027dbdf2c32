import type { NodeType, Node as ProseMirrorNode } from '@tiptap/pm/model';
import { type EditorState, NodeSelection, Selection, TextSelection, type Transaction } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { type Blocks, blocksOf, fitAt, isList, nodesOf } from './blocks.ts';
import { othersAreIn } from './carets.ts';
import { closeUndoStep } from './undo-step.ts';

// Moving, doubling and deleting blocks.
// A shared text knows no moving: what is moved is deleted at one place and made anew at the other, and what somebody else writes into the
// old one at that moment has to be brought along (binding/carry.ts), which other bindings do not do. Hence two rules. Of two neighbours that
// change places, the one is made anew in which nobody else writes;
// if that leaves a choice, the one that was not asked to move. And a move is two transactions, first the deletion, then the insertion: from
// one, the binding would see two blocks whose texts have changed, and mix their letters.
// Invariant: each command is one step of undo; my caret or selection stays in the words where it was.

export type Direction = 'up' | 'down';

/** False, and nothing done, where there is no way to go. */
export function moveBlocks(view: EditorView, direction: Direction): boolean {
  const { state } = view;
  const blocks = blocksOf(state.selection);
  if (!blocks) return false;
  const neighbour = neighbourOf(state.doc, blocks, direction);
  if (!neighbour) return moveOutOfList(view, blocks, direction);
  const mineIsFree = !othersAreIn(state, blocks.from, blocks.to);
  const move = mineIsFree && othersAreIn(state, neighbour.from, neighbour.to) ? blocks : neighbour;
  const beside = move === blocks ? neighbour : blocks;
  return moveTo(view, move, (direction === 'up') === (move === blocks) ? beside.from : beside.to);
}

/** Moves `blocks` to `position`, between two blocks of the text as it is now. */
export function moveTo(view: EditorView, blocks: Blocks, position: number): boolean {
  const { doc } = view.state;
  const { from, to } = blocks;
  if (position >= from && position <= to) return false;
  const list = listOf(view.state, blocks);
  const nodes = nodesOf(doc, blocks);
  const fitted = fitAt(doc, position, nodes, list);
  if (!fitted) return false;
  const kept = selectionIn(view.state.selection, blocks);

  closeUndoStep(view.state);
  const removal = remove(view.state.tr, blocks);
  const at = removal.mapping.map(position, -1);
  // The place may have been in a list that is gone with its last item.
  const again = fitAt(removal.doc, at, nodes, list);
  if (!again) return false;
  view.dispatch(removal);
  const insertion = view.state.tr.insert(at, [...again.nodes]);
  if (kept) insertion.setSelection(kept(insertion.doc, at + again.deeper));
  view.dispatch(insertion.scrollIntoView());
  return true;
}

/** Puts a copy behind the blocks, and the caret into it. */
export function duplicateBlocks(view: EditorView): boolean {
  const { state } = view;
  const blocks = blocksOf(state.selection);
  if (!blocks) return false;
  closeUndoStep(state);
  const tr = state.tr.insert(blocks.to, [...nodesOf(state.doc, blocks)]);
  const kept = selectionIn(state.selection, blocks);
  if (kept) tr.setSelection(kept(tr.doc, blocks.to));
  view.dispatch(tr.scrollIntoView());
  return true;
}

export function deleteBlocks(view: EditorView): boolean {
  const { state } = view;
  const blocks = blocksOf(state.selection);
  if (!blocks) return false;
  closeUndoStep(state);
  const tr = remove(state.tr, blocks);
  const at = Math.min(tr.mapping.map(blocks.from, -1), tr.doc.content.size);
  view.dispatch(tr.setSelection(Selection.near(tr.doc.resolve(at))).scrollIntoView());
  return true;
}

/** Puts the caret, or the selection of a block without text, into the block; a selection in it stays. */
export function selectBlock(view: EditorView, { from, to }: Blocks): void {
  const { doc, selection, tr } = view.state;
  if (selection.from >= from && selection.to <= to) return;
  const node = doc.nodeAt(from);
  const only = node !== null && !node.isTextblock && node.isAtom && NodeSelection.isSelectable(node);
  view.dispatch(tr.setSelection(only ? NodeSelection.create(doc, from) : Selection.near(doc.resolve(from + 1))));
}

/** A paragraph behind the block that has the caret, and the caret in it; in an empty one, just that. */
export function writeBehind(view: EditorView): void {
  const { state } = view;
  const blocks = blocksOf(state.selection);
  if (!blocks) return;
  const node = state.doc.nodeAt(blocks.from);
  if (node?.isTextblock && node.content.size === 0) return;
  const $to = state.doc.resolve(blocks.to);
  const paragraph = state.schema.nodes.paragraph;
  const made = isList($to.parent) ? $to.parent.type.contentMatch.defaultType?.createAndFill() : paragraph?.create();
  if (!made) return;
  closeUndoStep(state);
  const tr = state.tr.insert(blocks.to, made);
  view.dispatch(tr.setSelection(Selection.near(tr.doc.resolve(blocks.to + 1))).scrollIntoView());
}

function neighbourOf(doc: ProseMirrorNode, { from, to }: Blocks, direction: Direction): Blocks | undefined {
  const node = direction === 'up' ? doc.resolve(from).nodeBefore : doc.resolve(to).nodeAfter;
  if (!node) return undefined;
  return direction === 'up' ? { from: from - node.nodeSize, to: from } : { from: to, to: to + node.nodeSize };
}

/** The first or last item of a list goes past what stands before or behind the list; the only one takes its list along. */
function moveOutOfList(view: EditorView, blocks: Blocks, direction: Direction): boolean {
  const { doc } = view.state;
  const $from = doc.resolve(blocks.from);
  if (!isList($from.parent)) return false;
  const list = { from: $from.before(), to: $from.after() };
  const outer = doc.resolve(list.from).parent;
  if (outer.type.name.endsWith('Item')) return false; // Shift-Tab takes an item out of its parent
  const neighbour = neighbourOf(doc, list, direction);
  if (!neighbour) return false;
  if ($from.parent.content.size > blocks.to - blocks.from) {
    return moveTo(view, blocks, direction === 'up' ? neighbour.from : neighbour.to);
  }
  return moveTo(view, neighbour, direction === 'up' ? list.to : list.from);
}

/** Deletes blocks; a list that has lost its last item goes too, and what cannot be empty keeps an empty paragraph. */
function remove(tr: Transaction, { from, to }: Blocks): Transaction {
  const $from = tr.doc.resolve(from);
  const { parent } = $from;
  if (parent.canReplace($from.index(), tr.doc.resolve(to).index())) return tr.delete(from, to);
  if (isList(parent) && $from.depth > 0) return remove(tr, { from: $from.before(), to: $from.after() });
  const filler = parent.type.contentMatch.defaultType?.createAndFill();
  return filler ? tr.replaceWith(from, to, filler) : tr;
}

/** The kind of list that items of these blocks make. */
function listOf(state: EditorState, { from }: Blocks): NodeType {
  const { parent } = state.doc.resolve(from);
  const plain = state.schema.nodes.bulletList;
  if (isList(parent) || !plain) return parent.type;
  return plain;
}

/** A selection inside of `blocks`, to be made again where they begin then. */
function selectionIn(
  selection: Selection,
  { from, to }: Blocks,
): ((doc: ProseMirrorNode, start: number) => Selection) | undefined {
  if (selection.from < from || selection.to > to) return undefined;
  const [anchor, head] = [selection.anchor - from, selection.head - from];
  if (selection instanceof NodeSelection) {
    return (doc, start) => {
      const node = doc.nodeAt(start + anchor);
      return node && NodeSelection.isSelectable(node)
        ? NodeSelection.create(doc, start + anchor)
        : Selection.near(doc.resolve(start + anchor));
    };
  }
  return (doc, start) => {
    const end = doc.content.size;
    return TextSelection.between(doc.resolve(Math.min(start + anchor, end)), doc.resolve(Math.min(start + head, end)));
  };
}

/** Where blocks that are dropped on `target` go: `position` is beside it, or beside what holds it when they cannot stand there. */
export function dropPlace(
  state: EditorState,
  dragged: Blocks,
  target: Blocks,
  side: 'before' | 'after',
): { position: number; beside: Blocks } | undefined {
  const nodes = nodesOf(state.doc, dragged);
  const list = listOf(state, dragged);
  let beside: Blocks = target;
  for (;;) {
    const position = side === 'before' ? beside.from : beside.to;
    if (position >= dragged.from && position <= dragged.to) return undefined;
    if (fitAt(state.doc, position, nodes, list)) return { position, beside };
    const $pos = state.doc.resolve(position);
    if ($pos.depth === 0) return undefined;
    beside = { from: $pos.before(), to: $pos.after() };
  }
}
