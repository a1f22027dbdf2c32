import * as Y from 'yjs';
import { documentTitle } from '../../lib/convert/new-document.ts';
import { concat } from '../../lib/protocol/bytes.ts';
import type { Snapshot, StoredDocument } from '../log/log.ts';
import { DocumentError } from './documents.ts';

// What document threads do, as pure functions from bytes to bytes.
// Invariant: what is returned holds everything that was given; where that cannot be shown, DocumentError is thrown instead.

/** Updates merged at once: Y.mergeUpdates over 20,000 typed updates takes 15 s, in hundreds 80 ms. */
const MERGED_AT_ONCE = 100;

/** A stored document with its snapshot in one piece. */
export type Whole = Pick<StoredDocument, 'updates'> & { readonly snapshot: Uint8Array | undefined };

export const work = {
  compact(whole: Whole): Snapshot {
    const doc = open(whole);
    const stateVector = Y.encodeStateVector(doc);
    const update = Y.encodeStateAsUpdate(doc);
    const deletions = deletionsOf(doc, stateVector);
    doc.destroy();
    // The same clocks and the same deletions from bytes of Yjs's own encoder: the content between them is what was encoded.
    const proof = open({ snapshot: update, updates: [] });
    const same = equal(Y.encodeStateVector(proof), stateVector) && equal(deletionsOf(proof, stateVector), deletions);
    proof.destroy();
    if (!same) throw new DocumentError('a merged document did not load as what it was made of');
    return { update, stateVector, deletions };
  },

  merge(whole: Whole): Uint8Array {
    return merged(whole);
  },

  diff(whole: Whole, stateVector: Uint8Array): Uint8Array {
    return Y.diffUpdate(merged(whole), stateVector);
  },

  summary(whole: Whole): { title: string } {
    const doc = open(whole);
    const title = documentTitle(doc);
    doc.destroy();
    return { title };
  },
};

/** A live document; nothing may be left pending, or something is missing. */
function open({ snapshot, updates }: Whole): Y.Doc {
  const doc = new Y.Doc({ gc: true });
  doc.transact(() => {
    if (snapshot) Y.applyUpdate(doc, snapshot);
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  if (doc.store.pendingStructs || doc.store.pendingDs) throw new DocumentError('a stored document has gaps');
  return doc;
}

function deletionsOf(doc: Y.Doc, stateVector: Uint8Array): Uint8Array {
  return Y.encodeStateAsUpdate(doc, stateVector);
}

function merged({ snapshot, updates }: Whole): Uint8Array {
  let left = updates;
  while (left.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < left.length; at += MERGED_AT_ONCE) {
      next.push(Y.mergeUpdates(left.slice(at, at + MERGED_AT_ONCE)));
    }
    left = next;
  }
  const [tail] = left;
  if (!snapshot) return tail ?? Y.encodeStateAsUpdate(new Y.Doc());
  return tail ? Y.mergeUpdates([snapshot, tail]) : snapshot;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** A stored document on its way to a thread: one buffer, copied once, given away. */
export interface Parcel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Length of the snapshot, 0 for none, then of each update. */
  readonly lengths: readonly number[];
}

export function pack({ snapshot, updates }: StoredDocument): Parcel {
  const length = snapshot.reduce((sum, piece) => sum + piece.length, 0);
  return { bytes: concat([...snapshot, ...updates]), lengths: [length, ...updates.map((update) => update.length)] };
}

export function unpack({ bytes, lengths }: Parcel): Whole {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  const [snapshot, ...updates] = parts;
  return { snapshot: snapshot && snapshot.length > 0 ? snapshot : undefined, updates };
}
