import * as Y from 'yjs';
import { CONTENT, documentTitle, META } from '../convert/new-document.ts';

// Edits that have not reached the server, as words that a person can read, copy and keep.
// Invariant: every block of the text that holds an unsent letter, or lost one, is there whole; what others wrote into it too.

export interface UnsentText {
  /** The document's title, when it was changed. */
  readonly title: string | undefined;
  /** In the order of the document. */
  readonly blocks: readonly string[];
}

/** `updates`: edits that have been applied to `doc`. What does not decode is passed over. */
export function unsentText(doc: Y.Doc, updates: readonly Uint8Array[]): UnsentText {
  const content = doc.getXmlFragment(CONTENT);
  const meta = doc.getMap(META);
  const touched = new Set<unknown>();
  for (const { client, clock } of updates.flatMap(placesOf)) {
    const found = blockOf(doc, content, { client, clock });
    if (found) touched.add(found);
  }
  const blocks = content
    .toArray()
    .filter((block) => touched.has(block))
    .map((block) => textOf(block).trim());
  return {
    title: touched.has(meta) ? documentTitle(doc) : undefined,
    blocks: blocks.filter((text) => text !== ''),
  };
}

interface Place {
  readonly client: number;
  readonly clock: number;
}

/** Of everything that `update` inserts or deletes, the beginning: each struct is of one parent. */
function placesOf(update: Uint8Array): Place[] {
  const { structs, ds } = Y.decodeUpdate(update);
  return [
    ...structs.map(({ id }) => id),
    ...[...ds.clients].flatMap(([client, ranges]) => ranges.map(({ clock }) => ({ client, clock }))),
  ];
}

/** The block of the text, or the document's data, that holds the struct; undefined when that is gone. */
function blockOf(doc: Y.Doc, content: Y.XmlFragment, { client, clock }: Place): unknown {
  if (clock >= Y.getState(doc.store, client)) return undefined; // waits for something that is not here
  let item: Y.Item | Y.GC | null = Y.getItem(doc.store, Y.createID(client, clock));
  while (item instanceof Y.Item) {
    const parent: unknown = item.parent;
    if (parent === content) return item.content instanceof Y.ContentType ? item.content.type : undefined;
    if (!(parent instanceof Y.AbstractType)) return undefined;
    if (!parent._item) return parent; // another root
    item = parent._item;
  }
  return undefined;
}

/** One line per block for text; the cells of a row stand side by side. */
function textOf(node: unknown): string {
  if (node instanceof Y.XmlText) {
    return (node.toDelta() as { insert: unknown }[])
      .map(({ insert }) => (typeof insert === 'string' ? insert : '\n'))
      .join('');
  }
  if (!(node instanceof Y.XmlElement)) return '';
  const parts = node.toArray();
  const inline = parts.every((part) => part instanceof Y.XmlText);
  return parts.map(textOf).join(inline ? '' : node.nodeName === 'tableRow' ? '\t' : '\n');
}
