import type Database from 'libsql';
import { STORE_BOUNDS, type StoreBounds } from './bounds.ts';
import { DebrisTable, NO_RECORDS } from './debris-table.ts';
import { DocumentTable, type Entry, infoOf } from './document-table.ts';
import { type LoadStart, type LoadStep, Loads } from './loads.ts';
import type { DocumentInfo, Snapshot } from './log.ts';
import { decodeBatch, encodeRecord } from './record.ts';
import { type NewRecord, RecordTable } from './record-table.ts';
import { Replacements } from './replacements.ts';
import { type Salvaged, salvage } from './salvage.ts';
import { SnapshotTable } from './snapshot-table.ts';
import { attempt, logErrorOf, nameOf } from './sqlite-errors.ts';
import { Transactions } from './transactions.ts';
import { UploadTable } from './upload-table.ts';

// What the log thread does with the tables: one synchronous method per step, each a single transaction and each bounded, so that
// batches get their turn between the steps of a big load or replace.
// Invariant: what is in memory changes only after the commit that makes it true.

/** So many times the pages of a checkpoint, and it is made even if more rows lag behind than can be written meanwhile. */
const CHECKPOINT_AT_LAST = 4;
const PAGE_BYTES = 4096;
/** Pages that a step of deleting writes, about. */
const SWEPT_PAGES = 64;

export class Store {
  readonly #database: Database.Database;
  readonly #now: () => number;
  readonly #bounds: StoreBounds;
  readonly #transactions: Transactions;
  readonly #documents: DocumentTable;
  readonly #records: RecordTable;
  readonly #snapshots: SnapshotTable;
  readonly #debris: DebrisTable;
  readonly #loads: Loads;
  readonly #replacements: Replacements;
  readonly uploads: UploadTable;
  /** Pages written since the last checkpoint, estimated from above: SQLite does not tell. */
  #pages = 0;
  /** The disk was full when there was work to do: it waits until something could be written again. */
  #noRoom = false;

  /** `database` comes from `openDatabase` and is owned. `now`: milliseconds since the epoch. Throws what SQLite throws. */
  constructor(database: Database.Database, now: () => number, bounds = STORE_BOUNDS) {
    this.#database = database;
    this.#now = now;
    this.#bounds = bounds;
    const transactions = new Transactions(database);
    const documents = new DocumentTable(database, bounds);
    const records = new RecordTable(database, bounds);
    const snapshots = new SnapshotTable(database);
    const debris = new DebrisTable(database, records, snapshots, bounds);
    const loads = new Loads(records, snapshots, bounds);
    const readingsOf = (document: number) => loads.of(document);
    this.#transactions = transactions;
    this.#documents = documents;
    this.#records = records;
    this.#snapshots = snapshots;
    this.#debris = debris;
    this.#loads = loads;
    this.#replacements = new Replacements({ documents, snapshots, debris, transactions, readingsOf });
    const settleDocuments = () => this.#writeLagging(Number.POSITIVE_INFINITY);
    this.uploads = new UploadTable({ database, transactions, documents, settleDocuments });
  }

  /** Commits a batch (record.ts) and returns the sequence number of each of its records. Throws LogError `full`, `failed`. */
  append(batch: Buffer): number[] {
    const at = this.#now();
    const drafts = decodeBatch(batch);
    const entries = attempt(() => drafts.map((draft) => this.#documents.find(draft.document)));
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
    if (known && drafts.length <= this.#bounds.rowsPerInsert) this.#transactions.write(write);
    else this.#transactions.run(write);

    const first = this.#records.next;
    this.#records.advance(drafts.length);
    this.#wrote(batch.length);
    return (entries as Entry[]).map((entry, index) => {
      if (entry.sequence === 0) this.#documents.adopt(entry);
      this.#documents.advance(entry, first + index, at);
      return entry.sequence;
    });
  }

  /** Begins to read what is there now. Throws LogError `damaged`, `failed`; so does `readOn`. */
  read(document: string): LoadStart {
    const entry = this.#find(document);
    return entry ? this.#loads.start(entry) : { sequence: 0, snapshot: undefined, load: 0, pieces: [], tail: [] };
  }

  readOn(load: number): LoadStep {
    return this.#loads.next(load);
  }

  /**
   * Returns a handle for `writePiece` and `replace`, or 0 when there is nothing to replace. Throws LogError `full`, `failed`;
   * so do they, and then the replacement is given up.
   */
  beginReplace(document: string, upTo: number): number {
    const entry = this.#find(document);
    return entry ? this.#replacements.begin(entry, upTo) : 0;
  }

  writePiece(replacement: number, bytes: Uint8Array): void {
    this.#replacements.write(replacement, bytes);
    this.#wrote(bytes.length);
  }

  /** Returns false, having changed nothing, when another snapshot or a deletion came first. */
  replace(replacement: number, rest: Omit<Snapshot, 'update'>): boolean {
    return this.#replacements.finish(replacement, rest);
  }

  /** Throws LogError `full`, `failed`. */
  delete(document: string): void {
    const entry = this.#find(document);
    if (!entry) return;
    const { id, head, snapshot, sequence, merged } = entry;
    const debris = { snapshot, document: id, head, newest: sequence, oldest: merged };
    const written = this.#transactions.run(() => {
      this.#documents.delete(entry);
      this.uploads.forgetUses(id);
      return this.#debris.insert(debris);
    });
    this.#documents.forget(entry);
    this.#debris.release(written, debris, this.#loads.of(id));
  }

  info(document: string): DocumentInfo | undefined {
    const entry = this.#find(document);
    return entry && infoOf(entry);
  }

  /** Throws LogError `failed`. */
  list(limit: number, offset: number): DocumentInfo[] {
    try {
      this.#writeLagging(Number.POSITIVE_INFINITY);
    } catch (error) {
      if (logErrorOf(error).code !== 'full') throw error; // what could not be written is taken from memory
    }
    return attempt(() => this.#documents.page(limit, offset), 'the list of documents');
  }

  /** For a document that is damaged: what can still be read of it. Undefined for one never written. Throws LogError when its row is damaged. */
  salvage(document: string): Salvaged | undefined {
    const entry = this.#find(document);
    return entry && salvage(this.#database, this.#snapshots, entry);
  }

  /**
   * Makes the document end where what is good of it ends: after the first `kept` records of what `salvage` found, and then `rest`, updates of a
   * record that was good in part. Without `snapshot` that goes too. At once and atomically. Throws LogError `full`, `failed`.
   */
  rewind(
    document: string,
    { records, strays }: Salvaged,
    keep: { snapshot: boolean; records: number; rest: Uint8Array[] },
  ): void {
    const entry = this.#find(document);
    if (!entry) return;
    const { id, head, snapshot } = entry;
    const last = records.slice(0, keep.records).at(-1);
    const kept = keep.snapshot ? { snapshot, merged: entry.merged } : { snapshot: 0, merged: 0 };
    const end = {
      ...entry,
      ...kept,
      sequence: last?.sequence ?? kept.merged,
      head: last?.id ?? head,
      updatedAt: last?.at ?? entry.createdAt,
    };
    const record = keep.rest.length > 0 ? encodeRecord(keep.rest) : undefined;
    const at = records[keep.records]?.at ?? end.updatedAt;
    const debris = this.#transactions.run(() => {
      if (record) {
        this.#records.insert([{ document: id, sequence: end.sequence + 1, previous: end.head, record }], at);
        Object.assign(end, { sequence: end.sequence + 1, head: this.#records.next, updatedAt: at });
      }
      this.#documents.write(end);
      this.uploads.lookAgain();
      return keep.snapshot || snapshot === 0 ? 0 : this.#debris.insert({ snapshot, ...NO_RECORDS });
    });
    if (record) this.#records.advance(1);
    Object.assign(entry, end);
    this.#documents.settled([entry]);
    if (debris !== 0) this.#debris.release(debris, { snapshot, ...NO_RECORDS }, []);
    const gone = [...strays, ...records.slice(keep.records).map((given) => given.id)];
    for (const stray of gone) this.#records.forget(stray);
  }

  scan(cursor: number, limit: number): { documents: DocumentInfo[]; cursor: number } {
    const entries = attempt(() => this.#documents.after(cursor, limit), 'the list of documents');
    const last = entries.length < limit ? undefined : entries.at(-1);
    return { documents: entries.map(infoOf), cursor: last?.id ?? 0 };
  }

  /** Writes `bytes` bytes of nothing, which are debris at once. Throws LogError `full`, `failed`. */
  probe(bytes: number): void {
    const { snapshot, debris } = this.#transactions.run(() => {
      const created = this.#snapshots.create();
      this.#snapshots.writeBlank(created, bytes);
      return { snapshot: created, debris: this.#debris.insert({ snapshot: created, ...NO_RECORDS }) };
    });
    this.#debris.release(debris, { snapshot, ...NO_RECORDS }, []);
    this.#wrote(bytes);
  }

  #find(document: string): Entry | undefined {
    return attempt(() => this.#documents.find(document), nameOf(document));
  }

  #wrote(bytes: number): void {
    this.#pages += 2 + Math.ceil(bytes / PAGE_BYTES);
    this.#noRoom = false;
  }

  /** Whether `work` has something to do. */
  get workWaits(): boolean {
    return !this.#noRoom && (this.#pages >= this.#bounds.checkpointPages || this.#debris.waiting);
  }

  /**
   * One bounded step of what nobody waits for; a full disk leaves it for later. Throws LogError `failed`: an fsync of the
   * database that fails must end the process as one of the log does.
   */
  work(): void {
    const { checkpointPages, documentsPerStep } = this.#bounds;
    try {
      if (this.#pages < checkpointPages) {
        this.#sweep();
        return;
      }
      const few = this.#documents.lagging <= documentsPerStep;
      this.#writeLagging(documentsPerStep);
      if (few || this.#pages >= CHECKPOINT_AT_LAST * checkpointPages) this.#checkpoint('passive');
    } catch (error) {
      if (logErrorOf(error).code !== 'full') throw error;
      this.#noRoom = true;
    }
  }

  #sweep(): void {
    try {
      const done = this.#transactions.run(() => this.#debris.sweep(), 'what is to be deleted');
      done();
      this.#pages += SWEPT_PAGES;
    } catch (error) {
      if (logErrorOf(error).code !== 'damaged') throw error;
      this.#debris.skip(); // it takes room and does no other harm
    }
  }

  #writeLagging(most: number): void {
    if (this.#documents.lagging === 0) return;
    const written = this.#transactions.run(() => this.#documents.writeSome(this.#records.next, most));
    this.#documents.settled(written);
    this.#pages += written.length;
  }

  #checkpoint(kind: 'passive' | 'truncate'): void {
    this.#pages = 0;
    this.#transactions.write(() => this.#database.prepare(`pragma wal_checkpoint(${kind})`).raw().get([]));
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
}
