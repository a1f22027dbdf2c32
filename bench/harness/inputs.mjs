// What the load types: for each client a run of single characters and backspaces, as ready-made Yjs updates.
// Invariant: a run depends on nothing but itself, so any order of delivery between clients ends in the same document.

import * as Y from 'yjs';
import { random } from './stats.mjs';

const PROSE =
  'Two people write one document, and nothing they wrote is lost. A cursor moves, a word is tried, taken back and tried again. ';
const BACKSPACES = 0.12; // part of all keys

export const TEXT = 'content';

/** The Yjs client id of the `index`-th load client of a bench. */
export function clientId(index) {
  return 1_000_000 + index;
}

/**
 * `length` keys typed by one client. `marks[i]` tells what update i does: a clock it inserts, or ~clock (negative) it deletes.
 * @returns {{ updates: Uint8Array[], marks: Int32Array }}
 */
export function typingRun({ client, length, seed }) {
  const next = random(seed * 7_919 + client);
  const doc = new Y.Doc();
  doc.clientID = client;
  const text = doc.getText(TEXT);
  const updates = [];
  const marks = new Int32Array(length);
  doc.on('update', (update) => updates.push(update));
  /** Clocks of the characters that are still there. */
  const alive = [];
  let clock = 0;
  for (let i = 0; i < length; i++) {
    if (alive.length > 0 && next() < BACKSPACES) {
      marks[i] = ~alive.pop();
      text.delete(text.length - 1, 1);
    } else {
      alive.push(clock);
      marks[i] = clock++;
      text.insert(text.length, PROSE[i % PROSE.length]);
    }
  }
  doc.destroy();
  return { updates, marks };
}

/** The document in which all the `runs` have arrived. */
export function documentOf(runs) {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const run of runs) for (const update of run.updates) Y.applyUpdate(doc, update);
  });
  return doc;
}

/** Whether two documents hold the same: text, every clock, every deletion. */
export function sameDocument(one, other) {
  return (
    one.getText(TEXT).toString() === other.getText(TEXT).toString() &&
    Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other))
  );
}
