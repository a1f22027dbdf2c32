import * as Y from 'yjs';
import { documentKind } from '../../lib/convert/new-document.ts';
import type { Snapshot } from '../log/log.ts';
import { DocumentError, type Summary } from './documents.ts';
import { comesBack } from './reload.ts';

// A document opened from its stored bytes, and merged into one snapshot.
// Invariant: what `compact` returns loads, whole: the log may forget what it was made of.

/** A stored document with its snapshot in one piece; empty when there is none. */
export interface Pages {
  readonly snapshot: Uint8Array;
  readonly updates: readonly Uint8Array[];
}

/** Throws DocumentError when anything refers to what is not there, and whatever Yjs throws for bytes that are no update. */
export function openDocument({ snapshot, updates }: Pages): Y.Doc {
  const doc = new Y.Doc({ gc: true });
  // One transaction: garbage is collected once, at its end.
  doc.transact(() => {
    if (snapshot.length > 0) Y.applyUpdate(doc, snapshot);
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  if (doc.store.pendingStructs || doc.store.pendingDs) {
    doc.destroy();
    throw new DocumentError('The document refers to content that is not there.');
  }
  return doc;
}

export function compact(pages: Pages): Snapshot {
  const doc = openDocument(pages);
  const update = Y.encodeStateAsUpdate(doc);
  const stateVector = Y.encodeStateVector(doc);
  const deletions = deletionsOf(doc, stateVector);
  const isSure = comesBack(doc);
  doc.destroy();
  if (!isSure) prove(update, stateVector, deletions);
  return { update, stateVector, deletions };
}

/** Measured against its own state vector, a document lacks no struct; the delete set is always written whole. */
function deletionsOf(doc: Y.Doc, stateVector: Uint8Array): Uint8Array {
  return Y.encodeStateAsUpdate(doc, stateVector);
}

/**
 * Throws DocumentError unless `update` loads into the same document. Equal state vectors and nothing pending mean that every
 * struct arrived with all that it refers to; equal delete sets, that the same ones count. Yjs derives all that can be read
 * of a document from these two, and both are encoded in one order only, so comparing bytes is enough.
 */
function prove(update: Uint8Array, stateVector: Uint8Array, deletions: Uint8Array): void {
  const copy = openDocument({ snapshot: update, updates: [] });
  const same = equal(Y.encodeStateVector(copy), stateVector) && equal(deletionsOf(copy, stateVector), deletions);
  copy.destroy();
  if (!same) throw new DocumentError('The merged document does not load as what was merged.');
}

export function summary(pages: Pages): Summary {
  const doc = openDocument(pages);
  const title = doc.getMap('meta').get('title');
  const kind = documentKind(doc);
  doc.destroy();
  return { title: typeof title === 'string' ? title : '', kind };
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
