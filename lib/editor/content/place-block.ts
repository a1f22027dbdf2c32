import type { Node, NodeType, ResolvedPos } from '@tiptap/pm/model';
import { NodeSelection, Selection, TextSelection, type Transaction } from '@tiptap/pm/state';

// Where a block comes that takes no caret: an image, a formula, an embedded page.
// Invariant: one can always go on writing behind it.

/**
 * Puts `block` in the place of the paragraph around `position`, and the caret behind it. False, and nothing changed, when such a block has no
 * place there.
 */
export function replaceTextblock(tr: Transaction, position: number, block: Node): boolean {
  const place = tr.doc.resolve(position);
  if (place.depth === 0 || !place.parent.isTextblock) return false;
  if (!place.node(-1).canReplaceWith(place.index(-1), place.indexAfter(-1), block.type)) return false;
  const start = place.before();
  tr.replaceWith(start, place.after(), block);
  caretBehind(tr, start + block.nodeSize);
  return true;
}

/** Puts `block` at the caret: in the place of an empty paragraph, else behind what has the caret. */
export function placeBlock(tr: Transaction, block: Node): boolean {
  const { $to, empty } = tr.selection;
  if (empty && $to.parent.isTextblock && $to.parent.content.size === 0) {
    return replaceTextblock(tr, $to.pos, block);
  }
  const position = blockPlace($to, block.type);
  if (position === undefined) return false;
  tr.insert(position, block);
  caretBehind(tr, position + block.nodeSize);
  return true;
}

/** Where a block of `type` may be put: at `place`, or behind the innermost of what is around it. */
export function blockPlace(place: ResolvedPos, type: NodeType): number | undefined {
  for (let depth = place.depth; depth >= 0; depth--) {
    const index = place.indexAfter(depth);
    if (!place.node(depth).canReplaceWith(index, index, type)) continue;
    return depth === place.depth ? place.pos : place.after(depth + 1);
  }
  return undefined;
}

function caretBehind(tr: Transaction, position: number): void {
  const { nodeAfter } = tr.doc.resolve(position);
  if (nodeAfter?.isTextblock) {
    tr.setSelection(TextSelection.create(tr.doc, position + 1));
  } else if (nodeAfter) {
    tr.setSelection(Selection.near(tr.doc.resolve(position)));
  } else {
    const paragraph = tr.doc.type.schema.nodes.paragraph?.create();
    if (paragraph) tr.insert(position, paragraph).setSelection(TextSelection.create(tr.doc, position + 1));
  }
  tr.scrollIntoView();
}

/** The node that is selected as a whole, when it is one of `types`. */
export function selectedNode<Type extends string>(
  selection: Selection,
  types: readonly Type[],
): { type: Type; node: Node } | undefined {
  if (!(selection instanceof NodeSelection)) return undefined;
  const type = types.find((name) => name === selection.node.type.name);
  return type === undefined ? undefined : { type, node: selection.node };
}
