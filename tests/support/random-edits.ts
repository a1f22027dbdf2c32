import { Fragment, type Node, type NodeType, Slice } from '@tiptap/pm/model';
import { TextSelection, type Transaction } from '@tiptap/pm/state';
import { canJoin, canSplit, findWrapping, liftTarget } from '@tiptap/pm/transform';
import { type Bound, schema } from './bound.ts';
import type { Random } from './random.ts';

// What people do to a text, at random places.
// Invariant: an edit leaves a text that the schema allows, or it is not made.

const WORDS = ['a', 'b', 'ab', 'aa', 'x', ' the ', 'é', '😀', '字'];
const MARKS = ['bold', 'italic', 'code', 'link'] as const;

type Edit = (tr: Transaction, random: Random) => unknown;

const node = (name: string): NodeType => schema.nodes[name] as NodeType;

function blocks(doc: Node): { at: number; node: Node }[] {
  const found: { at: number; node: Node }[] = [];
  doc.descendants((each, at) => {
    if (each.isTextblock) found.push({ at, node: each });
  });
  return found;
}

function somewhere({ doc }: Transaction, random: Random): number {
  const block = random.pick(blocks(doc));
  return whole(doc, block.at + 1 + random.between(0, block.node.content.size));
}

/** Not between the halves of a character: nobody's caret stands there. */
function whole(doc: Node, at: number): number {
  const { nodeAfter, textOffset } = doc.resolve(at);
  return textOffset > 0 && /^[\udc00-\udfff]/.test(nodeAfter?.text ?? '') ? at + 1 : at;
}

function range(tr: Transaction, random: Random): [number, number] {
  const from = somewhere(tr, random);
  const $from = tr.doc.resolve(from);
  return [from, whole(tr.doc, Math.min($from.end(), from + random.between(1, 6)))];
}

const EDITS: Record<string, Edit> = {
  type: (tr, random) => tr.insertText(random.pick(WORDS), somewhere(tr, random)),
  typeAgain: (tr, random) => tr.insertText(random.pick(WORDS), somewhere(tr, random)),
  replace: (tr, random) => tr.insertText(random.pick(WORDS), ...range(tr, random)),
  delete: (tr, random) => tr.delete(...range(tr, random)),
  deleteAcross: (tr, random) => {
    const ends = [somewhere(tr, random), somewhere(tr, random)].sort((a, b) => a - b) as [number, number];
    if (ends[1] - ends[0] < 60) tr.setSelection(TextSelection.create(tr.doc, ...ends)).deleteSelection();
  },
  split: (tr, random) => {
    const at = somewhere(tr, random);
    const depth = random.between(1, 2);
    if (canSplit(tr.doc, at, depth)) tr.split(at, depth);
  },
  join: (tr, random) => {
    const { at } = random.pick(blocks(tr.doc));
    const type = tr.doc.resolve(at).nodeBefore?.type;
    if (type === tr.doc.nodeAt(at)?.type && canJoin(tr.doc, at)) tr.join(at);
  },
  changeType: (tr, random) => {
    const { at } = random.pick(blocks(tr.doc));
    const name = random.pick(['paragraph', 'heading', 'codeBlock']);
    tr.setBlockType(at + 1, at + 1, node(name), name === 'heading' ? { level: random.between(1, 4) } : null);
  },
  attribute: (tr, random) => {
    const headings = blocks(tr.doc).filter(({ node }) => node.type.name === 'heading');
    if (headings.length > 0) tr.setNodeAttribute(random.pick(headings).at, 'level', random.between(1, 4));
  },
  wrap: (tr, random) => {
    const $at = tr.doc.resolve(somewhere(tr, random));
    const around = $at.blockRange();
    const wrapping = around && findWrapping(around, node(random.pick(['bulletList', 'blockquote', 'taskList'])));
    if (around && wrapping) tr.wrap(around, wrapping);
  },
  lift: (tr, random) => {
    const around = tr.doc.resolve(somewhere(tr, random)).blockRange();
    const target = around && liftTarget(around);
    if (around && target != null) tr.lift(around, target);
  },
  mark: (tr, random) => {
    const name = random.pick(MARKS);
    const mark = schema.marks[name]?.create(name === 'link' ? { href: 'https://example.org/' } : null);
    if (mark) tr.addMark(...range(tr, random), mark);
  },
  unmark: (tr, random) => tr.removeMark(...range(tr, random), schema.marks[random.pick(MARKS)]),
  break: (tr, random) => {
    const at = somewhere(tr, random);
    const { parent } = tr.doc.resolve(at);
    if (parent.type.contentMatch.matchType(node('hardBreak'))) tr.insert(at, node('hardBreak').create());
  },
  table: (tr, random) => {
    const cell = () => node('tableCell').createAndFill() as Node;
    const row = () => node('tableRow').create(null, [cell(), cell()]);
    tr.insert(boundary(tr, random), node('table').create(null, [row(), row()]));
  },
  remove: (tr, random) => {
    if (tr.doc.childCount < 3) return;
    const at = boundary(tr, random);
    const block = tr.doc.nodeAt(at);
    if (block) tr.delete(at, at + block.nodeSize);
  },
  move: (tr, random) => {
    const at = boundary(tr, random);
    const block = tr.doc.nodeAt(at);
    if (!block || tr.doc.childCount < 2) return;
    tr.delete(at, at + block.nodeSize);
    tr.insert(boundary(tr, random), block);
  },
  paste: (tr, random) => {
    const block = tr.doc.child(random.between(0, tr.doc.childCount - 1));
    if (tr.doc.childCount < 12) tr.replace(boundary(tr, random), undefined, new Slice(Fragment.from(block), 0, 0));
  },
};

/** Between two blocks of the document, or at an end. */
function boundary({ doc }: Transaction, random: Random): number {
  let at = 0;
  const blocks = random.between(0, doc.childCount);
  for (let index = 0; index < blocks; index++) at += doc.child(index).nodeSize;
  return at;
}

/** Makes one edit. Returns its name. */
export function editAtRandom(bound: Bound, random: Random, only?: readonly string[]): string {
  const chance = random.between(0, 19);
  if (!only && chance === 0) {
    bound.undoManager.undo();
    return 'undo';
  }
  if (!only && chance === 1) {
    bound.undoManager.redo();
    return 'redo';
  }
  const name = random.pick(only ?? Object.keys(EDITS));
  bound.edit((tr) => EDITS[name]?.(tr, random));
  if (random.between(0, 5) === 0) bound.undoManager.stopCapturing();
  return name;
}
