import { Fragment, type NodeType, type Node as ProseMirrorNode, type ResolvedPos } from '@tiptap/pm/model';
import { NodeSelection, type Selection } from '@tiptap/pm/state';

// What a person calls a block: what a handle takes hold of, and what moves as one.
// Invariant: a block is a paragraph or what stands in its place, or an item of a list with all that is in it. A list, a column, a row of a
// table are none: they are moved by what they consist of, or with what they belong to. The first line of a quote, a callout or a toggle
// stands for the whole.

/** Blocks that stand side by side in one parent: from before the first to behind the last. */
export interface Blocks {
  readonly from: number;
  readonly to: number;
}

export function isList(node: ProseMirrorNode): boolean {
  return node.type.isInGroup('list');
}

function isTable(node: ProseMirrorNode): boolean {
  return node.type.spec.tableRole === 'table';
}

/** What their first line stands for. */
const LED = ['blockquote', 'callout', 'toggle'];

/** The depth of the innermost block around `$pos`, or undefined. */
function blockDepth($pos: ResolvedPos): number | undefined {
  let found: number | undefined;
  for (let depth = 1; depth <= $pos.depth; depth++) {
    const node = $pos.node(depth);
    if (isBlock(node, $pos.node(depth - 1), $pos.index(depth - 1))) found = depth;
    if (isTable(node)) break; // what is in its cells goes with it
  }
  return found;
}

function isBlock(node: ProseMirrorNode, parent: ProseMirrorNode, index: number): boolean {
  if (isList(parent)) return true;
  if (index === 0 && LED.includes(parent.type.name)) return false;
  const inItem = !parent.isTextblock && parent.type.name.endsWith('Item');
  return node.type.isInGroup('block') && !isList(node) && !inItem;
}

/** The block at a position of the text: around it, or, between two blocks, behind it. */
export function blockAt(doc: ProseMirrorNode, position: number): Blocks | undefined {
  const $pos = doc.resolve(position);
  const { nodeAfter, nodeBefore, parent, depth } = $pos;
  if (nodeAfter?.isBlock && nodeAfter.isLeaf && isBlock(nodeAfter, parent, $pos.index())) {
    return { from: position, to: position + nodeAfter.nodeSize };
  }
  const around = blockDepth($pos);
  if (around !== undefined) return { from: $pos.before(around), to: $pos.after(around) };
  if (depth > 0) return undefined;
  if (nodeAfter) return innermost(doc, position, nodeAfter);
  return nodeBefore ? innermost(doc, position - nodeBefore.nodeSize, nodeBefore) : undefined;
}

/** `node` itself, or the first item of a list. */
function innermost(doc: ProseMirrorNode, from: number, node: ProseMirrorNode): Blocks | undefined {
  return isBlock(node, doc, 0) ? { from, to: from + node.nodeSize } : blockAt(doc, from + 1);
}

/** The blocks that a selection touches. */
export function blocksOf(selection: Selection): Blocks | undefined {
  if (selection instanceof NodeSelection && isBlock(selection.node, selection.$from.parent, selection.$from.index())) {
    return { from: selection.from, to: selection.to };
  }
  const { $from, $to } = selection;
  const [first, last] = [blockDepth($from), blockDepth($to)];
  if (first === undefined || last === undefined) return undefined;
  if (first === last && $from.before(first) === $to.before(last))
    return { from: $from.before(first), to: $to.after(last) };
  // Of several, those that stand side by side: items of one list, or children of what holds both ends.
  for (let depth = $from.sharedDepth($to.pos); depth >= 0; depth--) {
    const parent = $from.node(depth);
    const children = isList(parent) || depth === 0 || parent.maybeChild(0)?.type.isInGroup('block') === true;
    if (!children || parent.type.name.endsWith('Item') || depth >= $from.depth) continue;
    return { from: $from.before(depth + 1), to: $to.depth > depth ? $to.after(depth + 1) : $to.pos };
  }
  return undefined;
}

export function nodesOf(doc: ProseMirrorNode, { from, to }: Blocks): readonly ProseMirrorNode[] {
  return doc.slice(from, to).content.content;
}

/** How nodes can stand at a place, and how much deeper their content is there than it was. */
export interface Fitted {
  readonly nodes: readonly ProseMirrorNode[];
  readonly deeper: number;
}

/**
 * `nodes` as they can stand at `position`: items in a list of their own where there is none (`list`: the kind that they come from), a
 * paragraph as an item where there is one. Undefined when they cannot stand there.
 */
export function fitAt(
  doc: ProseMirrorNode,
  position: number,
  nodes: readonly ProseMirrorNode[],
  list: NodeType,
): Fitted | undefined {
  const $pos = doc.resolve(position);
  const { parent } = $pos;
  const fits = (some: readonly ProseMirrorNode[]) =>
    parent.canReplace($pos.index(), $pos.index(), Fragment.from([...some]));
  const item = isList(parent) ? parent.type.contentMatch.defaultType : undefined;
  if (!item) {
    const wrapped = fits(nodes)
      ? nodes
      : list.validContent(Fragment.from([...nodes]))
        ? [list.create(null, [...nodes])]
        : undefined;
    if (!wrapped || !fits(wrapped)) return undefined;
    return { nodes: wrapped, deeper: wrapped === nodes ? 0 : 1 };
  }
  if (fits(nodes)) return { nodes, deeper: 0 };
  const [first] = nodes;
  const areItems = first !== undefined && list.validContent(Fragment.from(first));
  const items = nodes.map((node) => {
    const content = areItems ? node.content : Fragment.from(node);
    return item.validContent(content) ? item.create(null, content) : undefined;
  });
  if (!items.every((one) => one !== undefined)) return undefined;
  return fits(items) ? { nodes: items, deeper: areItems ? 0 : 1 } : undefined;
}
