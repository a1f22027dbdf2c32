import * as Y from 'yjs';
import { openDocument, type Pages } from './compact.ts';

// The uploads that a document mentions, whatever kind of document it is: a hash is 64 digits in a row, and stands as such among its bytes, in the
// address of an image as in the data of a whiteboard. What was deleted is not among them.
// Invariant: every hash that is there is found; what is found besides is a hash of nothing.

const HASH_LENGTH = 64;
/** Digits in a row of which all stretches of a hash's length are looked at: beside a hash may stand a byte that looks like one digit more. */
const RUN_LENGTH = HASH_LENGTH + 16;
/** Hashes of one document: more than it may use. */
const MOST_HASHES = 100_000;

export function uploads(pages: Pages): { hashes: string[] } {
  const doc = openDocument(pages);
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return { hashes: hashesIn(Buffer.from(update.buffer, update.byteOffset, update.length).toString('latin1')) };
}

function hashesIn(text: string): string[] {
  const found = new Set<string>();
  for (const [run] of text.matchAll(/[0-9a-f]{64,}/g)) {
    const last = run.length - HASH_LENGTH;
    for (let at = 0; at <= last; at++) {
      if (run.length <= RUN_LENGTH || at === 0 || at === last) found.add(run.slice(at, at + HASH_LENGTH));
    }
    if (found.size > MOST_HASHES) break;
  }
  return [...found];
}
