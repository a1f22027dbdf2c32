import * as Y from 'yjs';
import { concat } from '../../lib/protocol/bytes.ts';
import { Coverage } from '../../lib/protocol/coverage.ts';
import { checkUpdate } from '../../lib/protocol/update.ts';

// How far stored bytes that match their checksums are a document.
// Invariant: what it calls sound can be opened by Yjs, with nothing pending, and by a room.

export interface Prefix {
  /** The snapshot is sound; true where there is none. */
  readonly snapshot: boolean;
  /** How many of the updates, from the first, are sound. */
  readonly updates: number;
  /** Why it ends there; undefined when everything is sound. */
  readonly why: string | undefined;
}

export interface Suspect {
  readonly snapshot:
    | { readonly bytes: readonly Uint8Array[]; readonly stateVector: Uint8Array; readonly deletions: Uint8Array }
    | undefined;
  readonly updates: readonly Uint8Array[];
}

export function soundPrefix({ snapshot, updates }: Suspect): Prefix {
  const doc = new Y.Doc();
  let coverage = new Coverage();
  let sound = 0;
  try {
    if (snapshot) {
      apply(doc, concat(snapshot.bytes));
      coverage = Coverage.from(snapshot.stateVector, snapshot.deletions);
    }
  } catch (error) {
    return { snapshot: false, updates: 0, why: `The snapshot cannot be opened: ${reason(error)}` };
  }
  for (const update of updates) {
    try {
      const checked = checkUpdate(update, coverage);
      apply(doc, update);
      coverage.add(checked);
    } catch (error) {
      return {
        snapshot: true,
        updates: sound,
        why: `Update ${sound + 1} after the snapshot cannot be applied: ${reason(error)}`,
      };
    }
    sound++;
  }
  return { snapshot: true, updates: sound, why: undefined };
}

function apply(doc: Y.Doc, update: Uint8Array): void {
  Y.applyUpdate(doc, update);
  if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error('it refers to content that is not there');
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
