import type Database from 'libsql';
import type { StoreBounds } from './bounds.ts';
import type { RecordTable } from './record-table.ts';
import type { SnapshotTable } from './snapshot-table.ts';

// What nobody may read any more: replaced snapshots, merged records, pieces of a snapshot that was never completed. Each is
// written down in the transaction that makes it debris, so that a crash leaves a list and not a riddle.
// Invariant: nothing is deleted while a load that began before it became debris is still reading.

export interface Debris {
  /** Id of a snapshot, 0 for none. */
  readonly snapshot: number;
  /** Records of `document` after `oldest` up to `newest`, found from record `head` back; 0 for none. */
  readonly document: number;
  readonly head: number;
  readonly newest: number;
  readonly oldest: number;
}

export const NO_RECORDS = { document: 0, head: 0, newest: 0, oldest: 0 } as const;

/** Something that is being read. */
export interface Reading {
  readonly over: boolean;
}

interface Item extends Debris {
  readonly id: number;
  head: number;
  readonly readings: readonly Reading[];
}

export class DebrisTable {
  readonly #records: RecordTable;
  readonly #snapshots: SnapshotTable;
  readonly #bounds: StoreBounds;
  /** Oldest first: debris of one document must go in the order in which it came about, each a stretch of one chain. */
  readonly #queue: Item[] = [];
  readonly #insert;
  readonly #advance;
  readonly #delete;

  /** Takes up what the last process left behind. */
  constructor(database: Database.Database, records: RecordTable, snapshots: SnapshotTable, bounds: StoreBounds) {
    this.#records = records;
    this.#snapshots = snapshots;
    this.#bounds = bounds;
    this.#insert = database.prepare('insert into debris values (null, ?, ?, ?, ?, ?) returning id').raw();
    this.#advance = database.prepare('update debris set head = ? where id = ?');
    this.#delete = database.prepare('delete from debris where id = ?');
    const rows = database.prepare('select * from debris order by id').raw().all() as number[][];
    for (const [id = 0, snapshot = 0, document = 0, head = 0, newest = 0, oldest = 0] of rows) {
      this.#queue.push({ id, snapshot, document, head, newest, oldest, readings: [] });
    }
  }

  /** Writes debris down, inside the caller's transaction, and returns its id. It stays until `release`. */
  insert({ snapshot, document, head, newest, oldest }: Debris): number {
    const [id] = this.#insert.get([snapshot, document, head, newest, oldest]) as [number];
    return id;
  }

  /** It was no debris after all, inside the caller's transaction. */
  delete(id: number): void {
    this.#delete.run([id]);
  }

  /** From now on `sweep` may delete it, once `readings` are over. */
  release(id: number, debris: Debris, readings: readonly Reading[]): void {
    this.#queue.push({ ...debris, id, readings });
  }

  /** Whether `sweep` would find something to do. */
  get waiting(): boolean {
    const first = this.#queue[0];
    return first?.readings.every((reading) => reading.over) ?? false;
  }

  /** Deletes a bounded part of the oldest debris, inside the caller's transaction; returns what is to be done after its commit. */
  sweep(): () => void {
    const item = this.#queue[0];
    if (!item) return () => undefined;
    const { id, snapshot, document, head, newest, oldest } = item;
    const { recordsPerSweep, piecesPerSweep } = this.#bounds;
    const next = head === 0 ? 0 : this.#records.deleteSome(document, head, newest, oldest, recordsPerSweep);
    if (head !== 0) this.#advance.run([next, id]);
    const left = next !== 0 || (snapshot !== 0 && this.#snapshots.deleteSome(snapshot, piecesPerSweep));
    if (!left) this.#delete.run([id]);
    return () => {
      item.head = next;
      if (!left) this.#queue.shift();
    };
  }

  /** Leaves the oldest debris to the next start. */
  skip(): void {
    this.#queue.shift();
  }
}
