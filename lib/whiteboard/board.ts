import type * as Y from 'yjs';
import type { BoardElement } from './element.ts';
import { orderOf } from './known.ts';
import { compareOrder, risingKeys } from './order.ts';
import { decode, readStored } from './stored.ts';

// Where the boards of a document lie in it, and what one of them shows.
// Invariant: reading writes nothing.

/** The elements of the board `name`: id of an element to a map of its properties. */
export function boardElements(doc: Y.Doc, name: string): Y.Map<unknown> {
  return doc.getMap(`board:${name}`);
}

/** The pictures of the board `name`: hash of a file to where it lies. */
export function boardFiles(doc: Y.Doc, name: string): Y.Map<unknown> {
  return doc.getMap(`board-files:${name}`);
}

/** The element that `map` stores under `id`; undefined when it is none that may be shown, whoever wrote it. */
export function readElement(id: string, map: unknown): BoardElement | undefined {
  const stored = readStored(map);
  return stored && decode(id, stored, { version: 1, versionNonce: 0 });
}

/** All elements that may be shown, in their order, for a picture or a file. */
export function toScene(elements: Y.Map<unknown>): BoardElement[] {
  const placed = [...elements].flatMap(([id, map]) => {
    const stored = readStored(map);
    return stored ? [{ id, index: orderOf(stored), stored }] : [];
  });
  placed.sort(compareOrder);
  const keys = risingKeys(placed);
  return placed.map(({ id, stored }, at) =>
    decode(id, { ...stored, index: keys[at] }, { version: 1, versionNonce: 0 }),
  );
}
