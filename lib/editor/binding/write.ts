import type { Node } from '@tiptap/pm/model';
import * as Y from 'yjs';
import { writeAttributes } from './attributes.ts';
import { makeElement } from './make.ts';
import { pairsOf } from './pairs.ts';
import type { BlockChange } from './row.ts';
import { nodeOf, type Shown } from './shown.ts';
import { noteEnd, noteMade, type Remaking } from './successors.ts';
import { writeWords } from './words.ts';

// The editor's text into the shared one.
// Invariant: afterwards `shown` has, for each element that can be seen, the node that the editor has; and only what differs was written.

export interface Writing {
  readonly shown: Shown;
  /** The first position in the editor's text that was edited, if that is known. */
  readonly edited: number | undefined;
}

/** The whole text, into `root`; `only`: all that has changed, if that is known. Tells which blocks of words ended, and which were made. */
export function writeText(
  root: Y.XmlFragment,
  text: Node,
  { only, ...writing }: Writing & { only?: BlockChange | undefined },
): Remaking {
  const remaking: Remaking = { ended: [], made: [], grown: [] };
  if (only) writeBlock(only.element, { ...only, start: only.start + 1 }, { ...writing, remaking });
  else writeBlocks(root, text, 0, { ...writing, remaking });
  return remaking;
}

interface Rewriting extends Writing {
  readonly remaking: Remaking;
}

/** `start`: where the content of `after` begins in the editor's text. */
function writeBlocks(parent: Y.XmlFragment, after: Node, start: number, writing: Rewriting): void {
  const { shown, remaking } = writing;
  const old = parent.toArray().flatMap((child, index) => {
    const node = nodeOf(shown, child);
    return node && child instanceof Y.XmlElement ? [{ element: child, node, index }] : [];
  });
  const pairs = pairsOf(
    old.map(({ node }) => node),
    after.children,
  );
  // From the end to the beginning: the places in front stay what they are.
  let end = after.content.size + start;
  let oldEnd = old.length;
  let added: Node[] = [];
  const settle = (from: number) => {
    for (const { element, index } of old.slice(from, oldEnd).reverse()) {
      noteEnd(remaking, element, { shown, behind: added.length === 0 ? old[from - 1]?.element : undefined });
      forget(element, shown);
      parent.delete(index, 1);
    }
    if (added.length > 0) {
      const place = from === 0 ? (old[0]?.index ?? 0) : (old[from - 1]?.index ?? 0) + 1;
      const made = added.map((node) => makeElement(node, shown));
      parent.insert(place, made);
      for (const element of made.reverse()) noteMade(remaking, element, shown);
    }
    added = [];
  };
  for (let at = pairs.length - 1; at >= 0; at--) {
    const node = after.child(at);
    end -= node.nodeSize;
    const place = pairs[at] ?? -1;
    const pair = old[place];
    if (!pair) {
      added.unshift(node);
      continue;
    }
    if (place + 1 < oldEnd || added.length > 0) settle(place + 1);
    oldEnd = place;
    if (pair.node !== node) writeBlock(pair.element, { before: pair.node, after: node, start: end + 1 }, writing);
  }
  settle(0);
}

function writeBlock(
  block: Y.XmlElement,
  { before, after, start }: { before: Node; after: Node; start: number },
  writing: Rewriting,
): void {
  const { shown, edited, remaking } = writing;
  writeAttributes(block, before, after);
  if (after.inlineContent) {
    const at = edited === undefined ? undefined : edited - start;
    remaking.grown.push({ element: block, before, node: after });
    writeWords({ block, before: before.content, after: after.content, edited: at, shown });
  } else if (before.content !== after.content) {
    writeBlocks(block, after, start, writing);
  }
  shown.set(block, after);
}

/** What is deleted is not shown any more, nor is what is below it. */
function forget(element: Y.XmlElement, shown: Shown): void {
  shown.delete(element);
  for (const child of element.toArray()) if (child instanceof Y.XmlElement) forget(child, shown);
}
