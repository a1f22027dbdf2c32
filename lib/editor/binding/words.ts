import type { Fragment, Node } from '@tiptap/pm/model';
import * as Y from 'yjs';
import { writeAttributes } from './attributes.ts';
import { changedRange, type Range } from './changed-range.ts';
import { makeWords } from './make.ts';
import { formatChange, formatsOf } from './marks.ts';
import { type Piece, piecesOf, type Shown } from './shown.ts';

// The words of one block, written into its shared texts.
// Invariant: only letters that differ are deleted and inserted, and only marks that differ are set: what others write beside them stays.

export interface Words {
  readonly block: Y.XmlElement;
  readonly before: Fragment;
  readonly after: Fragment;
  /** Where the edit began, if that is known: of "aaa" that became "aaaa" the letters do not say it. */
  readonly edited: number | undefined;
  readonly shown: Shown;
}

export function writeWords(words: Words): void {
  const { block, shown, before, after } = words;
  const range = changedRange(before, after, words.edited);
  writeFormats(words, range);
  const cut = after.cut(range.from, range.afterEnd);
  const one = onlyElement(block, range, shown);
  const next = cut.childCount === 1 ? cut.firstChild : null;
  if (one && next && next.type === one.node.type && next.isLeaf) {
    writeAttributes(one.element, one.node, next);
    shown.set(one.element, next);
    return;
  }
  if (range.beforeEnd > range.from) deleteWords(block, range, shown);
  if (cut.size > 0) insertWords(block, { at: range.from, content: cut, shown });
  adoptElements(block, after, shown, before);
}

/** Marks of the words that stay. */
function writeFormats({ block, before, after, shown }: Words, { from, beforeEnd, afterEnd }: Range): void {
  const moved = afterEnd - beforeEnd;
  const changes: { from: number; to: number; formats: Record<string, unknown> }[] = [];
  eachRun(before, (run, start) => {
    for (const [low, high, shift] of [
      [0, from, 0],
      [beforeEnd, before.size, moved],
    ] as const) {
      const [runFrom, runTo] = [Math.max(start, low), Math.min(start + run.nodeSize, high)];
      let at = runFrom;
      while (at < runTo) {
        const { node, end } = runAt(after, at + shift);
        const to = Math.min(runTo, end - shift);
        const formats = node && formatChange(run.marks, node.marks);
        if (formats) changes.push({ from: at, to, formats });
        at = to;
      }
    }
  });
  if (changes.length === 0) return;
  const pieces = piecesOf(block, shown);
  for (const change of changes) {
    for (const piece of pieces) {
      const [start, end] = [Math.max(change.from, piece.from), Math.min(change.to, piece.to)];
      if (piece.kind !== 'text' || start >= end) continue;
      piece.text.format(piece.at + start - piece.from, end - start, change.formats);
    }
  }
}

function eachRun(content: Fragment, see: (run: Node, start: number) => void): void {
  content.forEach((node, start) => {
    if (node.isText) see(node, start);
  });
}

function runAt(content: Fragment, at: number): { node: Node | undefined; end: number } {
  let start = 0;
  for (const node of content.content) {
    const end = start + node.nodeSize;
    if (at < end) return { node: node.isText ? node : undefined, end };
    start = end;
  }
  return { node: undefined, end: Number.POSITIVE_INFINITY };
}

function onlyElement(
  block: Y.XmlElement,
  { from, beforeEnd }: Range,
  shown: Shown,
): (Piece & { kind: 'element' }) | undefined {
  if (beforeEnd === from) return undefined;
  const piece = piecesOf(block, shown).find((each) => each.from === from && each.to === beforeEnd);
  return piece?.kind === 'element' ? piece : undefined;
}

function deleteWords(block: Y.XmlElement, { from, beforeEnd }: Range, shown: Shown): void {
  for (const piece of piecesOf(block, shown).reverse()) {
    const [start, end] = [Math.max(from, piece.from), Math.min(beforeEnd, piece.to)];
    if (start >= end) continue;
    if (piece.kind === 'text') piece.text.delete(piece.at + start - piece.from, end - start);
    else {
      shown.delete(piece.element);
      block.delete(piece.index, 1);
    }
  }
}

interface Insertion {
  readonly at: number;
  readonly content: Fragment;
  readonly shown: Shown;
}

function insertWords(block: Y.XmlElement, { at, content, shown }: Insertion): void {
  const pieces = piecesOf(block, shown);
  // The text that ends here goes before the one that begins here: one goes on writing where one wrote.
  const piece = pieces.find(({ kind, from, to }) => kind === 'text' && from <= at && at <= to);
  if (piece?.kind !== 'text') {
    const next = pieces.find(({ from }) => from >= at);
    block.insert(next?.index ?? block.length, makeWords(content, shown));
    return;
  }
  const { text } = piece;
  const leading = runsAtStart(content);
  const start = piece.at + at - piece.from;
  insertRuns(text, start, leading);
  const place = start + sizeOf(leading);
  const rest = content.cut(sizeOf(leading));
  if (rest.size === 0) return;
  const trailing = runsAtEnd(rest);
  const made = makeWords(rest.cut(0, rest.size - sizeOf(trailing)), shown);
  if (place === 0) {
    insertRuns(text, 0, trailing);
    block.insert(piece.index, made);
    return;
  }
  // Behind an element goes what stood behind its place: a text cannot be parted, so its second half is made anew.
  const tail = [...trailing.map(deltaOf), ...tailOf(text, place)];
  if (tail.length > 0) {
    const behind = new Y.XmlText();
    behind.applyDelta(tail);
    made.push(behind);
  }
  if (text.length > place) text.delete(place, text.length - place);
  block.insert(piece.index + 1, made);
}

function insertRuns(text: Y.XmlText, place: number, runs: readonly Node[]): void {
  let at = place;
  for (const run of runs) {
    text.insert(at, run.text ?? '', formatsOf(run.marks));
    at += run.nodeSize;
  }
}

interface Delta {
  insert: unknown;
  attributes?: Record<string, unknown>;
}

function deltaOf(run: Node): Delta {
  return { insert: run.text ?? '', attributes: formatsOf(run.marks) };
}

function tailOf(text: Y.XmlText, place: number): Delta[] {
  let end = 0;
  return (text.toDelta() as Delta[]).flatMap((delta) => {
    const start = end;
    end += typeof delta.insert === 'string' ? delta.insert.length : 1;
    if (end <= place) return [];
    if (start >= place || typeof delta.insert !== 'string') return [delta];
    return [{ ...delta, insert: delta.insert.slice(place - start) }];
  });
}

function runsAtStart(content: Fragment): readonly Node[] {
  const end = content.content.findIndex((node) => !node.isText);
  return end < 0 ? content.content : content.content.slice(0, end);
}

function runsAtEnd(content: Fragment): readonly Node[] {
  return content.content.slice(content.content.findLastIndex((node) => !node.isText) + 1);
}

function sizeOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, { nodeSize }) => sum + nodeSize, 0);
}

/** Inline elements that stayed are shown as the nodes that the editor has now. */
function adoptElements(block: Y.XmlElement, after: Fragment, shown: Shown, before: Fragment): void {
  if (before.content.every((node) => node.isText) && after.content.every((node) => node.isText)) return;
  for (const piece of piecesOf(block, shown)) {
    if (piece.kind !== 'element') continue;
    const node = nodeStartingAt(after, piece.from);
    if (node && node.type === piece.node.type) shown.set(piece.element, node);
  }
}

function nodeStartingAt(content: Fragment, at: number): Node | undefined {
  let start = 0;
  for (const node of content.content) {
    if (start === at) return node;
    start += node.nodeSize;
  }
  return undefined;
}
