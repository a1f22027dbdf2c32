import type { Node } from '@tiptap/pm/model';
import * as Y from 'yjs';
import { nodeOf, type Shown } from './shown.ts';

// Which block goes on where another one ended.
// A shared element has its name and its place for good: a paragraph that becomes a heading or an item of a list is deleted and made anew, and
// with it goes what somebody else types into it at that moment. So whoever makes it anew writes on the new block which one it continues, and
// how much of that was known here; who typed more brings it along (carry.ts).
// Invariant: a block names only such as were deleted in the same edit. Other editors know nothing of the name, and ignore it.

/** An attribute of the block that goes on. No node of the editor has one of this name. */
const CONTINUES = 'continues';

/** Clients that may have written in a block whose end is told: each is some bytes. Of a block with more nothing is told. */
const MAX_CLIENTS = 200;

/** Blocks that one may go on from: a heading that was tried in several sizes and kinds. */
const MAX_PREDECESSORS = 8;

/** A block that ended, and for each client that wrote in it the last of its letters that was known where it ended: client, clock, by turns. */
type Predecessor = readonly [client: number, clock: number, ...known: number[]];

interface Block {
  readonly element: Y.XmlElement;
  readonly node: Node;
}

/** What one edit did to the blocks of words, in the order of the text from its end. */
export interface Remaking {
  readonly ended: Block[];
  readonly made: Block[];
  readonly grown: (Block & { readonly before: Node })[];
}

/** `element` and what is below it is about to be deleted. */
export function noteEnd({ ended }: Remaking, element: Y.XmlElement, shown: Shown): void {
  collect(element, shown, ended);
}

export function noteMade({ made }: Remaking, element: Y.XmlElement, shown: Shown): void {
  collect(element, shown, made);
}

function collect(element: Y.XmlElement, shown: Shown, into: Block[]): void {
  const node = nodeOf(shown, element);
  if (!node) return;
  if (node.isTextblock) into.push({ element, node });
  else for (const child of element.toArray().reverse()) if (child instanceof Y.XmlElement) collect(child, shown, into);
}

/** Writes into the blocks that an edit made, or put words at the end of, which ones they continue. */
export function writeSuccessors({ ended, made, grown }: Remaking): void {
  if (ended.length === 0) return;
  const all = ended.length === made.length;
  let next = 0;
  for (const [at, { element, node }] of ended.entries()) {
    const place = all ? at : made.findIndex((block, index) => index >= next && goesOn(node, block.node));
    const successor = made[place] ?? grown.find((block) => isJoined(node, block));
    if (place >= 0) next = place + 1;
    if (successor) writePredecessor(successor.element, element);
  }
}

function goesOn(before: Node, after: Node): boolean {
  return before.content.size > 0 && before.textContent === after.textContent;
}

/** Whether the end of a block came to the end of another one: the two were joined, or what was between them was deleted. */
function isJoined({ textContent }: Node, { before, node }: { before: Node; node: Node }): boolean {
  return sameEnd(textContent, node.textContent) > sameEnd(before.textContent, node.textContent);
}

function sameEnd(a: string, b: string): number {
  let end = 0;
  while (end < a.length && end < b.length && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return end;
}

function writePredecessor(element: Y.XmlElement, ended: Y.XmlElement): void {
  const id = ended._item?.id;
  const known = lettersKnown(ended);
  if (!id || known.size > MAX_CLIENTS) return;
  const earlier = predecessorsOf(element.getAttribute(CONTINUES));
  const before = predecessorsOf(readEvenIfDeleted(ended));
  const list = [[id.client, id.clock, ...[...known].flat()], ...before, ...earlier];
  element.setAttribute(CONTINUES, list.slice(0, MAX_PREDECESSORS) as never);
}

/** The attribute of an element that is deleted, maybe: its own `getAttribute` knows nothing then. */
function readEvenIfDeleted(element: Y.XmlElement): unknown {
  const content = element._map.get(CONTINUES)?.content;
  return content instanceof Y.ContentAny ? content.arr.at(-1) : undefined;
}

function lettersKnown(block: Y.XmlElement): Map<number, number> {
  const known = new Map<number, number>();
  eachPart(block, ({ id, length }) => {
    known.set(id.client, Math.max(known.get(id.client) ?? 0, id.clock + length - 1));
  });
  return known;
}

/** All that was ever written into a block, in its order: texts and elements, and what is in the texts. */
export function eachPart(block: Y.XmlElement, see: (part: Y.Item, inText: boolean) => void): void {
  for (let part = block._start; part; part = part.right) {
    see(part, false);
    if (!(part.content instanceof Y.ContentType) || !(part.content.type instanceof Y.XmlText)) continue;
    for (let letter = part.content.type._start; letter; letter = letter.right) see(letter, true);
  }
}

/** A block that goes on, and of the one that it continues the last letter of each client that it holds. */
export interface Successor {
  readonly element: Y.XmlElement;
  readonly known: ReadonlyMap<number, number>;
}

/** Those which a transaction brought, by the id of the element that ended. */
export class Successors {
  readonly #found = new Map<string, Successor>();

  constructor({ doc, beforeState, afterState }: Y.Transaction) {
    for (const [client, end] of afterState) {
      const begin = beforeState.get(client) ?? 0;
      const structs = doc.store.clients.get(client);
      if (!structs || begin >= end) continue;
      for (let at = Y.findIndexSS(structs as Y.Item[], begin); at < structs.length; at++) this.#read(structs[at]);
    }
  }

  of({ _item }: Y.XmlElement): Successor | undefined {
    return _item ? this.#found.get(`${_item.id.client} ${_item.id.clock}`) : undefined;
  }

  #read(struct: unknown): void {
    if (!(struct instanceof Y.Item) || struct.deleted || struct.parentSub !== CONTINUES) return;
    const element = struct.parent;
    if (!(element instanceof Y.XmlElement) || !(struct.content instanceof Y.ContentAny)) return;
    for (const [client, clock, ...known] of predecessorsOf(struct.content.arr.at(-1))) {
      const pairs = known.flatMap((value, at) => (at % 2 === 0 ? [[value, known[at + 1] ?? 0] as const] : []));
      this.#found.set(`${client} ${clock}`, { element, known: new Map(pairs) });
    }
  }
}

/** Whatever the attribute holds: anybody may have written it. */
function predecessorsOf(value: unknown): Predecessor[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, MAX_PREDECESSORS)
    .filter(
      (one): one is Predecessor =>
        Array.isArray(one) && one.length >= 2 && one.length <= 2 + 2 * MAX_CLIENTS && one.every(Number.isSafeInteger),
    );
}
