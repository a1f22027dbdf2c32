import type { Node } from '@tiptap/pm/model';
import * as Y from 'yjs';
import { nodeOf, type Shown } from './shown.ts';

// Which block goes on where another one ended.
// A shared element has its name and its place for good: a paragraph that becomes a heading or an item of a list, or is moved, is deleted and made anew,
// and with it goes what somebody else types into it at that moment. So whoever makes it anew writes on the new block which one it continues, and
// how much of that was known here; who typed more brings it along (carry.ts).
// Invariant: a block names only such as were deleted in the same edit or the one before. Other editors know nothing of the name, and ignore it.

/** An attribute of the block that goes on. No node of the editor has one of this name. */
const CONTINUES = 'continues';

/** Clients that may have written in a block whose end is told: each is some bytes. Of a block with more nothing is told. */
const MAX_CLIENTS = 200;

/** Blocks that one may go on from: a heading that was tried in several sizes and kinds. */
const MAX_PREDECESSORS = 8;

/** Blocks whose ends are compared with the words of one that ended: an edit joins two or three. */
const MAX_GROWN = 8;

/** A block that ended, and for each client that wrote in it the last of its letters that was known where it ended: client, clock, by turns. */
type Predecessor = readonly [client: number, clock: number, ...known: number[]];

/** A block that is not there any more: its words, and what its successor has to say of it. */
export interface EndedBlock {
  readonly words: string;
  readonly line: readonly Predecessor[];
  /** Of an empty line that was taken away: the block to whose end the caret went. */
  readonly behind?: Block | undefined;
}

interface Block {
  readonly element: Y.XmlElement;
  readonly node: Node;
}

/** What one edit did to the blocks of words, in the order of the text from its end. */
export interface Remaking {
  readonly ended: EndedBlock[];
  readonly made: Block[];
  readonly grown: (Block & { readonly before: Node })[];
}

/** `element` and what is below it is deleted in this transaction. */
export function noteEnd(
  { ended }: Pick<Remaking, 'ended'>,
  element: Y.XmlElement,
  { shown, behind }: { shown: Shown; behind: Y.XmlElement | undefined },
): void {
  const isEmptyLine = nodeOf(shown, element)?.isTextblock === true && nodeOf(shown, element)?.content.size === 0;
  const [last] = isEmptyLine && behind ? wordsIn(behind, shown) : [];
  for (const { node, element: block } of wordsIn(element, shown))
    ended.push({ words: node.textContent, line: lineOf(block), behind: last });
}

export function noteEndOf({ ended }: Pick<Remaking, 'ended'>, { element, node }: Block): void {
  ended.push({ words: node.textContent, line: lineOf(element) });
}

export function noteMade({ made }: Pick<Remaking, 'made'>, element: Y.XmlElement, shown: Shown): void {
  made.push(...wordsIn(element, shown));
}

function wordsIn(element: Y.XmlElement, shown: Shown): Block[] {
  const node = nodeOf(shown, element);
  if (!node) return [];
  if (node.isTextblock) return [{ element, node }];
  return element
    .toArray()
    .reverse()
    .flatMap((child) => (child instanceof Y.XmlElement ? wordsIn(child, shown) : []));
}

/**
 * Writes into the blocks that an edit made, or put words at the end of, which ones they continue. Returns those that nobody continues. `likely`: an edit
 * that deletes and makes as many makes the n-th of the n-th.
 */
export function writeSuccessors({ ended, made, grown }: Remaking, { likely = true } = {}): EndedBlock[] {
  if (ended.length === 0) return [];
  const successorOf = likely && ended.length === made.length ? (_: EndedBlock, at: number) => made[at] : byWords(made);
  const joined = grown.slice(0, MAX_GROWN);
  const lines = new Map<Y.XmlElement, Predecessor[]>();
  const left = ended.filter((block, at) => {
    const { words, line, behind } = block;
    const successor = successorOf(block, at) ?? takeJoined(joined, words) ?? behind;
    if (successor) lines.set(successor.element, (lines.get(successor.element) ?? []).concat(line));
    return !successor;
  });
  for (const [element, line] of lines) {
    const earlier = predecessorsOf(element.getAttribute(CONTINUES));
    if (line.length > 0) element.setAttribute(CONTINUES, [...line, ...earlier].slice(0, MAX_PREDECESSORS) as never);
  }
  return left;
}

/** The next block with the same words, in the order in which they are asked for. */
function byWords(made: readonly Block[]): (block: EndedBlock) => Block | undefined {
  const places = new Map<string, number[]>();
  for (const [at, { node }] of made.entries()) {
    const known = places.get(node.textContent);
    if (known) known.push(at);
    else places.set(node.textContent, [at]);
  }
  let next = 0;
  return ({ words }) => {
    if (words === '') return undefined;
    const known = places.get(words) ?? [];
    while ((known[0] ?? next) < next) known.shift();
    const place = known.shift();
    if (place === undefined) return undefined;
    next = place + 1;
    return made[place];
  };
}

/** The block to whose end the end of one came: the two were joined, or what was between them was deleted. Only one can have come there. */
function takeJoined(grown: Remaking['grown'], words: string): Block | undefined {
  const place = grown.findIndex(
    ({ before, node }) => sameEnd(words, node.textContent) > sameEnd(before.textContent, node.textContent),
  );
  return place < 0 ? undefined : grown.splice(place, 1)[0];
}

function sameEnd(a: string, b: string): number {
  let end = 0;
  while (end < a.length && end < b.length && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return end;
}

/** The block itself, and what it went on from. It may be deleted already, in this transaction. */
function lineOf(block: Y.XmlElement): Predecessor[] {
  const id = block._item?.id;
  const known = lettersKnown(block);
  if (!id || known.size > MAX_CLIENTS) return [];
  const said = block._map.get(CONTINUES)?.content;
  const before = said instanceof Y.ContentAny ? predecessorsOf(said.arr.at(-1)) : [];
  return [[id.client, id.clock, ...[...known].flat()], ...before];
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

/** Those which a transaction brought, by the key of the element that ended. */
export function successorsIn({ doc, beforeState, afterState }: Y.Transaction): ReadonlyMap<string, Successor> {
  const found = new Map<string, Successor>();
  eachNewItem({ doc, beforeState, afterState }, ({ deleted, parentSub, parent, content }) => {
    if (deleted || parentSub !== CONTINUES || !(parent instanceof Y.XmlElement) || !(content instanceof Y.ContentAny))
      return;
    for (const [client, clock, ...known] of predecessorsOf(content.arr.at(-1))) {
      const pairs = known.flatMap((value, at) => (at % 2 === 0 ? [[value, known[at + 1] ?? 0] as const] : []));
      found.set(`${client} ${clock}`, { element: parent, known: new Map(pairs) });
    }
  });
  return found;
}

export function keyOf({ _item }: Y.XmlElement): string {
  return _item ? `${_item.id.client} ${_item.id.clock}` : '';
}

export function eachNewItem(
  { doc, beforeState, afterState }: Pick<Y.Transaction, 'doc' | 'beforeState' | 'afterState'>,
  see: (item: Y.Item) => void,
): void {
  for (const [client, end] of afterState) {
    const begin = beforeState.get(client) ?? 0;
    const structs = doc.store.clients.get(client);
    if (!structs || begin >= end) continue;
    for (let at = Y.findIndexSS(structs as Y.Item[], begin); at < structs.length; at++) {
      const struct = structs[at];
      if (struct instanceof Y.Item) see(struct);
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
