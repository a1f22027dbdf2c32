import { type DebrisTable, NO_RECORDS, type Reading } from './debris-table.ts';
import type { DocumentTable, Entry } from './document-table.ts';
import type { Snapshot } from './log.ts';
import type { SnapshotTable } from './snapshot-table.ts';
import { attempt, nameOf } from './sqlite-errors.ts';
import type { Transactions } from './transactions.ts';

// Snapshots that are being written, piece by piece, with batches in between, to replace records.
// Invariant: until the one transaction of `finish`, the pieces are debris that nobody knows of; after it, the old ones are.

interface Replacement {
  readonly document: number;
  readonly name: string;
  readonly upTo: number;
  readonly snapshot: number;
  /** Id of the debris that the snapshot is until it is complete. */
  readonly debris: number;
  pieces: number;
}

export interface ReplacementTables {
  readonly documents: DocumentTable;
  readonly snapshots: SnapshotTable;
  readonly debris: DebrisTable;
  readonly transactions: Transactions;
  /** Who reads a document now. */
  readonly readingsOf: (document: number) => readonly Reading[];
}

/** Every method throws LogError `full`, `failed`; an error gives the replacement up. */
export class Replacements {
  readonly #tables: ReplacementTables;
  readonly #replacements = new Map<number, Replacement>();
  #handles = 0;

  constructor(tables: ReplacementTables) {
    this.#tables = tables;
  }

  /** Returns a handle, or 0 when there is nothing to replace. */
  begin(entry: Entry, upTo: number): number {
    if (!replaceable(entry, upTo)) return 0;
    const { snapshots, debris, transactions } = this.#tables;
    const replacement = transactions.run(() => {
      const snapshot = snapshots.create();
      const id = debris.insert({ snapshot, ...NO_RECORDS });
      return { document: entry.id, name: entry.name, upTo, snapshot, debris: id, pieces: 0 };
    });
    const handle = ++this.#handles;
    this.#replacements.set(handle, replacement);
    return handle;
  }

  write(handle: number, bytes: Uint8Array): void {
    this.#orGiveUp(handle, (replacement) => {
      const { snapshots, transactions } = this.#tables;
      transactions.write(() => snapshots.writePiece(replacement.snapshot, replacement.pieces, bytes));
      replacement.pieces++;
    });
  }

  /** The moment of replacing. Returns false, having changed nothing, when another snapshot or a deletion came first. */
  finish(handle: number, { stateVector, deletions }: Omit<Snapshot, 'update'>): boolean {
    return this.#orGiveUp(handle, (replacement) => {
      const { documents, snapshots, debris, transactions, readingsOf } = this.#tables;
      const { document, name, upTo, snapshot, pieces } = replacement;
      const entry = attempt(() => documents.find(name), nameOf(name));
      if (entry?.id !== document || !replaceable(entry, upTo)) {
        this.#giveUp(handle, replacement);
        return false;
      }
      const old = { snapshot: entry.snapshot, document, head: entry.head, newest: upTo, oldest: entry.merged };
      const id = transactions.run(() => {
        snapshots.complete(snapshot, { pieces, stateVector, deletions }, document, upTo);
        documents.write(entry, snapshot, upTo); // before any record goes: the row must not lag behind what is missing
        debris.delete(replacement.debris);
        return debris.insert(old);
      });
      entry.snapshot = snapshot;
      entry.merged = upTo;
      documents.settled([entry]);
      debris.release(id, old, readingsOf(document));
      this.#replacements.delete(handle);
      return true;
    });
  }

  #orGiveUp<T>(handle: number, work: (replacement: Replacement) => T): T {
    const replacement = this.#replacements.get(handle);
    if (!replacement) throw new RangeError(`no replacement ${handle}`);
    try {
      return work(replacement);
    } catch (error) {
      this.#giveUp(handle, replacement);
      throw error;
    }
  }

  #giveUp(handle: number, { snapshot, debris }: Replacement): void {
    this.#replacements.delete(handle);
    this.#tables.debris.release(debris, { snapshot, ...NO_RECORDS }, []);
  }
}

function replaceable(entry: Entry, upTo: number): boolean {
  return entry.merged < upTo && upTo <= entry.sequence;
}
