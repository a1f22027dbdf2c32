import { Fragment, type Node, type NodeType } from '@tiptap/pm/model';
import { Selection, type Transaction } from '@tiptap/pm/state';
import * as Y from 'yjs';
import { keepCaret } from '../keep-caret.ts';
import { startOf } from './places.ts';
import { nodeOf, type Shown } from './shown.ts';
import { eachPart, type Successor, Successors } from './successors.ts';

// What I typed into a block that somebody else made anew meanwhile, and my caret: they go to the block that continues it.
// Invariant: what is carried are letters of my own client, still there when the block ended, which whoever ended it did not know. Each letter has one
// author, so it is carried by one, once: nobody has to agree with anybody.

/** A block that ended under me. */
export interface Ended {
  readonly node: Node;
  readonly successor: Successor;
  /** My parts that are missing in the successor, in rising order. */
  readonly mine: readonly Part[];
}

interface Part {
  readonly from: number;
  readonly to: number;
}

/** Elements whose letters were carried: two editors may show the same text. */
const carried = new WeakSet<Y.XmlElement>();

/** Read before the editor forgets what was shown of the blocks that a transaction deleted. */
export function endedBlocks(transaction: Y.Transaction, shown: Shown): Ended[] {
  const ended: Ended[] = [];
  let successors: Successors | undefined;
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentType)) return;
    const element = struct.content.type;
    const node = element instanceof Y.XmlElement ? nodeOf(shown, element) : undefined;
    if (!node?.isTextblock) return;
    successors ??= new Successors(transaction);
    const block = element as Y.XmlElement;
    const successor = successors.of(block);
    if (!successor) return;
    const mine = carried.has(block) ? [] : missingParts(block, { transaction, known: successor.known, shown });
    carried.add(block);
    ended.push({ node, successor, mine });
  });
  return ended;
}

interface Ground {
  readonly transaction: Y.Transaction;
  readonly known: ReadonlyMap<number, number>;
  readonly shown: Shown;
}

function missingParts(block: Y.XmlElement, { transaction, known, shown }: Ground): Part[] {
  const { deleteSet, beforeState, doc } = transaction;
  const last = known.get(doc.clientID) ?? -1;
  const parts: Part[] = [];
  let at = 0;
  eachPart(block, (part, inText) => {
    const { id, content, deleted, length } = part;
    const isNew = id.clock >= (beforeState.get(id.client) ?? 0);
    if (isNew || (deleted && !Y.isDeleted(deleteSet, id))) return; // was not there before
    const size = inText ? lengthOf(content) : sizeOf(content, shown);
    const from = at;
    at += size;
    if (size === 0 || id.client !== doc.clientID || id.clock + length - 1 <= last) return;
    // Of several letters in one struct the first may be known.
    parts.push({ from: inText ? from + Math.max(0, last + 1 - id.clock) : from, to: at });
  });
  return parts;
}

function lengthOf(content: Y.Item['content']): number {
  return content instanceof Y.ContentString ? content.str.length : 0;
}

function sizeOf(content: Y.Item['content'], shown: Shown): number {
  return content instanceof Y.ContentType ? (nodeOf(shown, content.type)?.nodeSize ?? 0) : 0;
}

/** Where in its block a position was, if that is one of those that ended. */
export interface Caret {
  readonly block: Ended;
  readonly offset: number;
}

export function caretIn(ended: readonly Ended[], doc: Node, position: number): Caret | undefined {
  const $position = doc.resolve(position);
  const block = ended.find(({ node }) => node === $position.parent);
  return block && { block, offset: $position.parentOffset };
}

export interface Carrying {
  readonly ended: readonly Ended[];
  readonly caret: Caret | undefined;
  readonly root: Y.XmlFragment;
  readonly shown: Shown;
}

/** Puts it all into `tr`, which begins at the text in which the successors are shown. */
export function carry(tr: Transaction, { ended, caret, root, shown }: Carrying): Transaction {
  for (const block of ended) {
    const { element } = block.successor;
    const start = startOf(element, root, shown);
    const now = nodeOf(shown, element);
    if (start === undefined || !now?.inlineContent) continue;
    const place = (offset: number) => tr.mapping.map(start + placeIn(now, block, offset));
    let mine = caret?.block === block ? place(caret.offset) : undefined;
    for (const { from, to } of block.mine) {
      const content = fitting(block.node.content.cut(from, to), now.type);
      if (content.size === 0) continue;
      tr.insert(place(from), content);
      mine = mine && tr.mapping.maps.at(-1)?.map(mine, caret && to <= caret.offset ? 1 : -1);
    }
    if (mine !== undefined) tr.setSelection(Selection.near(tr.doc.resolve(mine)));
  }
  return tr;
}

/** Where in the successor the words are that stood around `offset`. It may have been edited since, and may hold other words too. */
function placeIn(now: Node, { node, mine }: Ended, offset: number): number {
  let at = offset;
  let rest = node.content;
  for (const { from, to } of mine.toReversed()) {
    at -= Math.max(0, Math.min(to, offset) - from);
    rest = rest.cut(0, from).append(rest.cut(to));
  }
  const [before, after] = [wordsOf(rest), wordsOf(now.content)];
  const whole = before === '' ? -1 : after.lastIndexOf(before);
  return whole < 0 ? keepCaret(before, after, at) : whole + at;
}

/** A character per position. */
function wordsOf(content: Fragment): string {
  let words = '';
  content.forEach((node) => {
    words += node.text ?? '\ufffc'.repeat(node.nodeSize);
  });
  return words;
}

/** What may stand in a block of `type`: code has no marks. */
function fitting(content: Fragment, type: NodeType): Fragment {
  return Fragment.from(
    content.content.flatMap((node) => {
      if (!node.isText && !type.contentMatch.matchType(node.type)) return [];
      return [node.mark(type.allowedMarks(node.marks))];
    }),
  );
}
