import { EMPTY_STATE_VECTOR, EMPTY_UPDATE } from '../../lib/protocol/bytes.ts';
import type { StoreBounds } from './bounds.ts';
import type { Reading } from './debris-table.ts';
import type { Entry } from './document-table.ts';
import type { StoredDocument } from './log.ts';
import { decodeRecords } from './record.ts';
import type { Place, RecordTable } from './record-table.ts';
import type { SnapshotTable } from './snapshot-table.ts';
import { attempt, nameOf } from './sqlite-errors.ts';

// Documents that are being read, step by step, with batches in between.
// Invariant: a load sees the document as it was at its first step: what it still has to read is not deleted before it is over.

/** One step of a load: pieces of the snapshot in order; stretches of the tail, each in order, the newest stretch first. */
export interface LoadStep {
  /** To be given to `next`; 0 when this was the last step. */
  readonly load: number;
  readonly pieces: Uint8Array[];
  readonly tail: Uint8Array[];
}

export interface LoadStart extends LoadStep {
  readonly sequence: number;
  /** Undefined where there is no snapshot. */
  readonly snapshot: { stateVector: Uint8Array; deletions: Uint8Array } | undefined;
}

/** What the steps of a load brought, `first` and then `later`, is a document. */
export function documentOf(first: LoadStart, later: readonly LoadStep[]): StoredDocument {
  const steps = [first, ...later];
  const updates: Uint8Array[] = [];
  for (const stretch of steps.flatMap(({ tail }) => tail).reverse()) decodeRecords(stretch, updates);
  return {
    snapshot: steps.flatMap(({ pieces }) => pieces),
    stateVector: first.snapshot?.stateVector ?? EMPTY_STATE_VECTOR,
    deletions: first.snapshot?.deletions ?? EMPTY_UPDATE,
    updates,
    sequence: first.sequence,
  };
}

interface Load extends Reading {
  readonly owner: { id: number; name: string; snapshot: number; merged: number };
  readonly pieces: number;
  piece: number;
  /** The next record to read; undefined when the tail is read. */
  place: Place | undefined;
  over: boolean;
}

export class Loads {
  readonly #records: RecordTable;
  readonly #snapshots: SnapshotTable;
  readonly #step: { readonly bytes: number; readonly rows: number };
  readonly #loads = new Map<number, Load>();
  #handles = 0;

  constructor(records: RecordTable, snapshots: SnapshotTable, { bytesPerRead, recordsPerRead }: StoreBounds) {
    this.#records = records;
    this.#snapshots = snapshots;
    this.#step = { bytes: bytesPerRead, rows: recordsPerRead };
  }

  /** Throws LogError `damaged`, `failed`; so does `next`. */
  start({ id, name, snapshot, merged, head, sequence }: Entry): LoadStart {
    const owner = { id, name, snapshot, merged };
    const found = snapshot === 0 ? undefined : attempt(() => this.#snapshots.read(owner), nameOf(name));
    const place = sequence === merged ? undefined : { id: head, sequence };
    const load: Load = { owner, pieces: found?.pieces ?? 0, piece: 0, place, over: false };
    const handle = ++this.#handles;
    this.#loads.set(handle, load);
    return { sequence, snapshot: found, ...this.next(handle) };
  }

  next(handle: number): LoadStep {
    const load = this.#loads.get(handle);
    if (!load) throw new RangeError(`no load ${handle}`);
    try {
      const step = attempt(() => this.#readSome(load), nameOf(load.owner.name));
      const more = load.place !== undefined || load.piece < load.pieces;
      if (!more) this.#end(handle, load);
      return { load: more ? handle : 0, ...step };
    } catch (error) {
      this.#end(handle, load);
      throw error;
    }
  }

  /** Who reads `document` now. */
  of(document: number): Reading[] {
    return [...this.#loads.values()].filter((load) => load.owner.id === document);
  }

  #readSome(load: Load): { pieces: Uint8Array[]; tail: Uint8Array[] } {
    const { owner } = load;
    const pieces: Uint8Array[] = [];
    const tail: Uint8Array[] = [];
    let bytes = 0;
    if (load.place) {
      const stretch = this.#records.read(owner, load.place, owner.merged, this.#step);
      tail.push(stretch.bytes);
      bytes += stretch.bytes.length;
      load.place = stretch.next.sequence > owner.merged ? stretch.next : undefined;
    }
    while (load.piece < load.pieces && bytes < this.#step.bytes) {
      const piece = this.#snapshots.readPiece(owner, load.piece++);
      pieces.push(piece);
      bytes += piece.length;
    }
    return { pieces, tail };
  }

  #end(handle: number, load: Load): void {
    load.over = true;
    this.#loads.delete(handle);
  }
}
