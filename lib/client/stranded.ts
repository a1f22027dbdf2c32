import * as Y from 'yjs';
import type { KeptEdit } from './offline.ts';

// Kept edits that have no place in their document: one was damaged, or builds on an edit that is nowhere, as the storage had no room for that one, or a
// server restored from a backup has lost it.

/** Whether it was not damaged, as far as that shows. */
export function decodes(update: Uint8Array): boolean {
  try {
    Y.decodeUpdate(update);
    return true;
  } catch {
    return false;
  }
}

/** Whether all that `update` says is in the document. Of one that does not decode: no. */
export function isIn(doc: Y.Doc, update: Uint8Array): boolean {
  if (!decodes(update)) return false;
  const { structs, ds } = Y.decodeUpdate(update);
  const has = (client: number, end: number) => end <= Y.getState(doc.store, client);
  if (structs.some(({ id, length }) => !has(id.client, id.clock + length))) return false;
  return [...ds.clients].every(([client, ranges]) => ranges.every(({ clock, len }) => has(client, clock + len)));
}

/**
 * For a document that has all that there is: returns those of `edits` that have no place in it, and takes them out of what waits there. The others are
 * in it afterwards, as of `origin`.
 */
export function setAside(doc: Y.Doc, edits: readonly KeptEdit[], origin: unknown): KeptEdit[] {
  let stranded = edits.filter(({ update }) => !isIn(doc, update));
  // Yjs lets some wait that lack nothing themselves: one by one they come in, in whatever order they build on each other.
  for (let before = Number.POSITIVE_INFINITY; stranded.length > 0 && stranded.length < before; ) {
    before = stranded.length;
    stranded = stranded.filter(({ update }) => !comesIn(doc, update, origin));
  }
  return stranded;
}

/** Whether it is in the document now, where nothing waits afterwards. */
function comesIn(doc: Y.Doc, update: Uint8Array, origin: unknown): boolean {
  forgetWaiting(doc);
  if (!decodes(update)) return false;
  Y.applyUpdate(doc, update, origin);
  const isWhole = doc.store.pendingStructs === null && doc.store.pendingDs === null;
  forgetWaiting(doc);
  return isWhole;
}

function forgetWaiting({ store }: Y.Doc): void {
  store.pendingStructs = null;
  store.pendingDs = null;
}
