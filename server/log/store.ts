import type Database from 'libsql';
import { DebrisTable, NO_RECORDS, type Reading } from './debris-table.ts';
import { DocumentTable, type Entry, infoOf } from './document-table.ts';
import type { DocumentInfo, Snapshot } from './log.ts';
import { decodeBatch } from './record.ts';
import { type NewRecord, type Place, RecordTable, ROWS_PER_INSERT } from './record-table.ts';
import { logErrorOf, nameOf } from './schema.ts';
import { SnapshotTable } from './snapshot-table.ts';

// What the log thread does with the tables: one synchronous method per step, each a single transaction and each bounded, so that
// batches get their turn between the steps of a big load or replace.
// Invariant: what is in memory changes only after the commit that makes it true.

/** One step of a load: pieces of the snapshot in order; stretches of the tail, each in order, the newest stretch first. */
export interface LoadStep {
  /** To be given to `readOn`; 0 when this was the last step. */
  readonly load: number;
  readonly pieces: Uint8Array[];
  readonly tail: Uint8Array[];
}

export interface LoadStart extends LoadStep {
  readonly sequence: number;
  /** Undefined where there is no snapshot. */
  readonly snapshot: { stateVector: Uint8Array; deletions: Uint8Array } | undefined;
}

interface Load extends Reading {
  readonly owner: { id: number; name: string; snapshot: number; merged: number };
  readonly pieces: number;
  piece: number;
  /** The next record to read; undefined when the tail is read. */
  place: Place | undefined;
  over: boolean;
}

interface Replacement {
  readonly document: number;
  readonly name: string;
  readonly upTo: number;
  readonly snapshot: number;
  /** Id of the debris that the snapshot is until it is complete. */
  readonly debris: number;
  pieces: number;
}

/** Bytes and records read in one step of a load: 1 ms, and a document that fits is loaded in one. */
const STEP = { bytes: 256 * 1024, rows: 256 };
/** Pages in the write-ahead log (4 KiB each) after which they are copied into the database: 1 MiB, a stall of some 3 ms. */
const CHECKPOINT_PAGES = 256;
const PAGE_BYTES = 4096;

export class Store {
  readonly #database: Database.Database;
  readonly #now: () => number;
  readonly #documents: DocumentTable;
  readonly #records: RecordTable;
  readonly #snapshots: SnapshotTable;
  readonly #debris: DebrisTable;
  readonly #begin;
  readonly #commit;
  readonly #loads = new Map<number, Load>();
  readonly #replacements = new Map<number, Replacement>();
  #handles = 0;
  /** Pages written since the last checkpoint, estimated from above: SQLite does not tell. */
  #pages = 0;

  /** `database` comes from `openDatabase` and is owned. `now`: milliseconds since the epoch. Throws LogError `failed`. */
  constructor(database: Database.Database, now: () => number) {
    this.#database = database;
    this.#now = now;
    this.#begin = database.prepare('begin immediate');
    this.#commit = database.prepare('commit');
    this.#documents = new DocumentTable(database);
    this.#records = new RecordTable(database);
    this.#snapshots = new SnapshotTable(database);
    this.#debris = new DebrisTable(database, this.#records, this.#snapshots);
  }

  /** Commits a batch (record.ts) and returns the sequence number of each of its records. Throws LogError `full`, `failed`. */
  append(batch: Buffer): number[] {
    const at = this.#now();
    const drafts = decodeBatch(batch);
    const entries = this.#attempt(() => drafts.map((draft) => this.#documents.find(draft.document)));
    const write = () => {
      const records: NewRecord[] = drafts.map(({ document, record }, index) => {
        let entry = entries[index];
        if (!entry) {
          entry = this.#documents.insert(document, at);
          entries[index] = entry;
        }
        return { document: entry.id, sequence: entry.sequence + 1, previous: entry.head, record };
      });
      this.#records.insert(records, at);
    };
    const known = entries.every((entry) => entry !== undefined);
    // A single statement is a transaction already: that saves a tenth.
    if (known && drafts.length <= ROWS_PER_INSERT) this.#attempt(write);
    else this.#transaction(write);

    const first = this.#records.next;
    this.#records.advance(drafts.length);
    this.#pages += 2 + Math.ceil(batch.length / PAGE_BYTES);
    return (entries as Entry[]).map((entry, index) => {
      if (entry.sequence === 0) this.#documents.adopt(entry);
      this.#documents.advance(entry, first + index, at);
      return entry.sequence;
    });
  }

  /** Begins to read what is there now. Throws LogError `damaged`, `failed`; so does `readOn`. */
  read(document: string): LoadStart {
    const entry = this.#find(document);
    if (!entry) return { sequence: 0, snapshot: undefined, load: 0, pieces: [], tail: [] };
    const { id, name, snapshot, merged, head, sequence } = entry;
    const owner = { id, name, snapshot, merged };
    const found = snapshot === 0 ? undefined : this.#attempt(() => this.#snapshots.read(owner), nameOf(name));
    const place = sequence === merged ? undefined : { id: head, sequence };
    const load: Load = { owner, pieces: found?.pieces ?? 0, piece: 0, place, over: false };
    const handle = ++this.#handles;
    this.#loads.set(handle, load);
    return { sequence, snapshot: found, ...this.#readStep(handle, load) };
  }

  readOn(handle: number): LoadStep {
    const load = this.#loads.get(handle);
    if (!load) throw new RangeError(`no load ${handle}`);
    return this.#readStep(handle, load);
  }

  #readStep(handle: number, load: Load): LoadStep {
    const pieces: Uint8Array[] = [];
    const tail: Uint8Array[] = [];
    try {
      this.#attempt(() => {
        let bytes = 0;
        if (load.place) {
          const stretch = this.#records.read(load.owner, load.place, load.owner.merged, STEP);
          tail.push(stretch.bytes);
          bytes += stretch.bytes.length;
          load.place = stretch.next.sequence > load.owner.merged ? stretch.next : undefined;
        }
        while (load.piece < load.pieces && bytes < STEP.bytes) {
          const piece = this.#snapshots.readPiece(load.owner, load.piece++);
          pieces.push(piece);
          bytes += piece.length;
        }
      }, nameOf(load.owner.name));
    } catch (error) {
      this.#endLoad(handle, load);
      throw error;
    }
    const more = load.place !== undefined || load.piece < load.pieces;
    if (!more) this.#endLoad(handle, load);
    return { load: more ? handle : 0, pieces, tail };
  }

  #endLoad(handle: number, load: Load): void {
    load.over = true;
    this.#loads.delete(handle);
  }

  /** Returns a handle for `writePiece` and `replace`, or 0 when there is nothing to replace. Throws LogError `full`, `failed`; so do they. */
  beginReplace(document: string, upTo: number): number {
    const entry = this.#find(document);
    if (!entry || !replaceable(entry, upTo)) return 0;
    const replacement = this.#transaction(() => {
      const snapshot = this.#snapshots.create();
      const debris = this.#debris.insert({ snapshot, ...NO_RECORDS });
      return { document: entry.id, name: document, upTo, snapshot, debris, pieces: 0 };
    });
    const handle = ++this.#handles;
    this.#replacements.set(handle, replacement);
    return handle;
  }

  writePiece(handle: number, bytes: Uint8Array): void {
    const replacement = this.#replacement(handle);
    try {
      this.#attempt(() => this.#snapshots.writePiece(replacement.snapshot, replacement.pieces, bytes));
    } catch (error) {
      this.#giveUp(handle, replacement);
      throw error;
    }
    replacement.pieces++;
    this.#pages += 2 + Math.ceil(bytes.length / PAGE_BYTES);
  }

  /** The moment of replacing. Returns false, having changed nothing, when another snapshot or a deletion came first. */
  replace(handle: number, { stateVector, deletions }: Omit<Snapshot, 'update'>): boolean {
    const replacement = this.#replacement(handle);
    const { document, name, upTo, snapshot, pieces } = replacement;
    try {
      const entry = this.#find(name);
      if (entry?.id !== document || !replaceable(entry, upTo)) {
        this.#giveUp(handle, replacement);
        return false;
      }
      const { head, merged } = entry;
      const debris = { snapshot: entry.snapshot, document, head, newest: upTo, oldest: merged };
      const id = this.#transaction(() => {
        this.#snapshots.complete(snapshot, { pieces, stateVector, deletions }, document, upTo);
        this.#documents.write(entry, snapshot, upTo); // before any record goes: the row must not lag behind what is missing
        this.#debris.delete(replacement.debris);
        return this.#debris.insert(debris);
      });
      entry.snapshot = snapshot;
      entry.merged = upTo;
      this.#documents.settled([entry]);
      this.#debris.release(id, debris, this.#loadsOf(document));
    } catch (error) {
      this.#giveUp(handle, replacement);
      throw error;
    }
    this.#replacements.delete(handle);
    return true;
  }

  #replacement(handle: number): Replacement {
    const replacement = this.#replacements.get(handle);
    if (!replacement) throw new RangeError(`no replacement ${handle}`);
    return replacement;
  }

  #giveUp(handle: number, { snapshot, debris }: Replacement): void {
    this.#replacements.delete(handle);
    this.#debris.release(debris, { snapshot, ...NO_RECORDS }, []);
  }

  /** Throws LogError `full`, `failed`. */
  delete(document: string): void {
    const entry = this.#find(document);
    if (!entry) return;
    const { id, head, snapshot, sequence, merged } = entry;
    const debris = { snapshot, document: id, head, newest: sequence, oldest: merged };
    const written = this.#transaction(() => {
      this.#documents.delete(entry);
      return this.#debris.insert(debris);
    });
    this.#documents.forget(entry);
    this.#debris.release(written, debris, this.#loadsOf(id));
  }

  info(document: string): DocumentInfo | undefined {
    const entry = this.#find(document);
    return entry && infoOf(entry);
  }

  /** Throws LogError `full`, `failed`. */
  list(limit: number, offset: number): DocumentInfo[] {
    this.#writeLagging(Number.POSITIVE_INFINITY);
    return this.#attempt(() => this.#documents.page(limit, offset), 'the list of documents');
  }

  /** Whether `work` has something to do. */
  get workWaits(): boolean {
    return this.#pages >= CHECKPOINT_PAGES || this.#documents.isBehind(this.#records.next) || this.#debris.waiting;
  }

  /**
   * One bounded step of what nobody waits for. A full disk leaves it for later: the room it would make is not worth more
   * than the edits. Throws LogError `failed`: an fsync of the database that fails must end the process as one of the log does.
   */
  work(): void {
    try {
      if (this.#pages >= CHECKPOINT_PAGES) this.#checkpoint('passive');
      else if (this.#documents.isBehind(this.#records.next)) this.#writeLagging();
      else if (this.#debris.waiting) this.#sweep();
    } catch (error) {
      if (logErrorOf(error).code !== 'full') throw error;
      this.#debris.postpone(true);
    }
  }

  #sweep(): void {
    try {
      const done = this.#transaction(() => this.#debris.sweep(), 'debris');
      done();
      this.#pages += 64;
    } catch (error) {
      if (logErrorOf(error).code !== 'damaged') throw error;
      this.#debris.postpone(false); // it takes room and does no other harm
    }
  }

  #writeLagging(most?: number): void {
    if (!this.#documents.anyLagging) return;
    const written = this.#transaction(() => this.#documents.writeSome(this.#records.next, most));
    this.#documents.settled(written);
    this.#pages += written.length;
  }

  #checkpoint(kind: 'passive' | 'truncate'): void {
    this.#pages = 0;
    this.#attempt(() => this.#database.prepare(`pragma wal_checkpoint(${kind})`).raw().get([]));
  }

  /** Leaves one file, with nothing to be recovered. Throws LogError `full`, `failed`; what was committed is safe all the same. */
  close(): void {
    try {
      this.#writeLagging(Number.POSITIVE_INFINITY);
      this.#checkpoint('truncate');
    } finally {
      this.#database.close();
    }
  }

  #find(document: string): Entry | undefined {
    return this.#attempt(() => this.#documents.find(document), nameOf(document));
  }

  #loadsOf(document: number): Load[] {
    return [...this.#loads.values()].filter((load) => load.owner.id === document);
  }

  /** Runs `work` in a transaction; nothing has happened when it throws. */
  #transaction<T>(work: () => T, reading?: string): T {
    return this.#attempt(() => {
      try {
        this.#begin.run([]);
        const result = work();
        this.#commit.run([]);
        return result;
      } catch (error) {
        if (this.#database.inTransaction) this.#database.exec('rollback'); // SQLite may have rolled back itself
        throw error;
      }
    }, reading);
  }

  #attempt<T>(work: () => T, reading?: string): T {
    try {
      return work();
    } catch (error) {
      throw logErrorOf(error, reading);
    }
  }
}

function replaceable(entry: Entry, upTo: number): boolean {
  return entry.merged < upTo && upTo <= entry.sequence;
}
