import { Fragment, type Node, type NodeType } from '@tiptap/pm/model';
import { Selection, type Transaction } from '@tiptap/pm/state';
import * as Y from 'yjs';
import { keepCaret } from '../keep-caret.ts';
import { startOf } from './places.ts';
import { nodeOf, type Shown } from './shown.ts';
import { eachPart, type Successor } from './successors.ts';

// What I typed into a block that somebody else made anew meanwhile, and my caret: they go to the block that continues it.
// Invariant: what is carried are letters of my own client, still there when the block ended, which whoever ended it did not know. Each letter has one
// author, so it is carried by one, once: nobody has to agree with anybody.

/** A block that ended under me. */
export interface Ended {
  readonly element: Y.XmlElement;
  readonly node: Node;
  /** What I had put into it, in rising order. */
  readonly mine: readonly Part[];
}

interface Part {
  readonly from: number;
  readonly to: number;
  /** Of the first of these letters; or of an element, which is one thing whatever its size. */
  readonly clock: number;
  readonly isText: boolean;
}

/** Elements whose letters were carried: two editors may show the same text. */
const carried = new WeakSet<Y.XmlElement>();

/** The blocks of words that a transaction deleted, as they were before. Read before the editor forgets what was shown of them. */
export function endedBlocks(transaction: Y.Transaction, shown: Shown): Ended[] {
  const ended: Ended[] = [];
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentType)) return;
    const element = struct.content.type;
    const node = element instanceof Y.XmlElement ? nodeOf(shown, element) : undefined;
    if (!node?.isTextblock) return;
    const block = element as Y.XmlElement;
    ended.push({ element: block, node, mine: myParts(block, transaction, shown) });
  });
  return ended;
}

function myParts(block: Y.XmlElement, { deleteSet, beforeState, doc }: Y.Transaction, shown: Shown): Part[] {
  const parts: Part[] = [];
  let at = 0;
  eachPart(block, ({ id, content, deleted }, inText) => {
    const isNew = id.clock >= (beforeState.get(id.client) ?? 0);
    if (isNew || (deleted && !Y.isDeleted(deleteSet, id))) return; // was not there before
    const from = at;
    at += inText ? lengthOf(content) : sizeOf(content, shown);
    if (at > from && id.client === doc.clientID) parts.push({ from, to: at, clock: id.clock, isText: inText });
  });
  return parts;
}

/** What of my parts whoever ended the block did not know, in rising order. */
function missingParts({ element, mine }: Ended, last: number): Part[] {
  if (carried.has(element)) return [];
  return mine.flatMap((part) => {
    if (last < part.clock) return [part];
    // Of several letters in one part the first may be known.
    const from = part.from + last + 1 - part.clock;
    return part.isText && from < part.to ? [{ ...part, from }] : [];
  });
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

/** A block that ended, and where it goes on. */
export interface Continued {
  readonly block: Ended;
  readonly successor: Successor;
}

export interface Carrying {
  readonly continued: readonly Continued[];
  readonly caret: Caret | undefined;
  readonly root: Y.XmlFragment;
  readonly shown: Shown;
}

/** Puts it all into `tr`, which begins at the text in which the successors are shown. */
export function carry(tr: Transaction, { continued, caret, root, shown }: Carrying): Transaction {
  for (const { block, successor } of continued) {
    const start = startOf(successor.element, { root, shown });
    const now = nodeOf(shown, successor.element);
    if (start === undefined || !now?.inlineContent) continue;
    const missing = missingParts(block, successor.known.get(root.doc?.clientID ?? -1) ?? -1);
    carried.add(block.element);
    const place = (offset: number) => tr.mapping.map(start + placeIn(now, { node: block.node, missing, offset }));
    let mine = caret?.block === block ? place(caret.offset) : undefined;
    for (const { from, to } of missing) {
      const content = fitting(block.node.content.cut(from, to), now.type);
      if (content.size === 0) continue;
      tr.insert(place(from), content);
      mine = mine && tr.mapping.maps.at(-1)?.map(mine, caret && to <= caret.offset ? 1 : -1);
    }
    if (mine !== undefined) tr.setSelection(Selection.near(tr.doc.resolve(mine)));
  }
  return tr;
}

interface Place {
  readonly node: Node;
  readonly missing: readonly Part[];
  readonly offset: number;
}

/** Where in the successor the words are that stood around `offset`. It may have been edited since, and may hold other words too. */
function placeIn(now: Node, { node, missing, offset }: Place): number {
  let at = offset;
  let rest = node.content;
  for (const { from, to } of missing.toReversed()) {
    at -= Math.max(0, Math.min(to, offset) - from);
    rest = rest.cut(0, from).append(rest.cut(to));
  }
  const [before, after] = [wordsOf(rest), wordsOf(now.content)];
  if (before === '') return after.length;
  const whole = after.lastIndexOf(before);
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
