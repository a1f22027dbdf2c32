// A document of 0.2 MB whose last edits some people have not seen: they lost their connection a while ago, each at a moment of its own.
// Invariant: the last edit of all is a mark that nobody who returns has, so that finding it in a frame tells that they are up to date.

import * as Y from 'yjs';
import { largeDocument } from './documents.mjs';
import { TEXT, typingRun } from './inputs.mjs';

const AUTHOR = 3_000_000;
const MARKER_AUTHOR = 3_000_001;
const KEYS_IN_ONE = 100; // updates on the way in: the store takes what was typed in a few seconds at once
export const KEYS = 1_000;
export const MARK = 'the last word of all';

/**
 * @typedef {object} Returning
 * @property {Uint8Array[]} updates how it was written, in order
 * @property {Uint8Array} update the same as one
 * @property {Y.Doc} doc
 * @property {(keys: number) => Y.Doc} held what somebody has who saw the first `keys` of the last KEYS edits
 */

/** @returns {Promise<Returning>} */
export async function returningDocument() {
  const base = await largeDocument(0.2);
  const run = typingRun({ client: AUTHOR, length: KEYS, seed: 1 });
  const mark = new Y.Doc();
  mark.clientID = MARKER_AUTHOR;
  mark.getText(TEXT).insert(0, MARK);
  const typed = [];
  for (let i = 0; i < KEYS; i += KEYS_IN_ONE) typed.push(Y.mergeUpdates(run.updates.slice(i, i + KEYS_IN_ONE)));
  const updates = [...base.parts, ...typed, Y.encodeStateAsUpdate(mark)];
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return {
    updates,
    update: Y.encodeStateAsUpdate(doc),
    doc,
    held(keys) {
      const earlier = base.doc();
      earlier.transact(() => {
        for (const update of run.updates.slice(0, keys)) Y.applyUpdate(earlier, update);
      });
      return earlier;
    },
  };
}

/** The rooms that hold this document, for everything that opens many of them. */
export const ROOMS = Array.from({ length: 200 }, (_, i) => `open-${i}`);
