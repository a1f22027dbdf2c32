import type Database from 'libsql';
import type { StoreBounds } from './bounds.ts';
import type { DocumentInfo } from './log.ts';
import { logErrorOf } from './sqlite-errors.ts';

// The rows of documents: which there are, where each one's newest record is, which snapshot it has.
// Invariant: an entry in memory is right; its row on disk may lag behind by the records after `progress`, from which it is
// mended at the next start. Writing the row with every record would double the cost of a keystroke; store.ts has them written
// before a checkpoint, so that a start reads only what SQLite itself still guards with checksums, in its write-ahead log.

/** One document as the log thread knows it. */
export interface Entry {
  readonly id: number;
  readonly name: string;
  readonly createdAt: number;
  updatedAt: number;
  /** Sequence number and id of the newest record. */
  sequence: number;
  head: number;
  /** Id of the snapshot, 0 for none, and the sequence number up to which it replaces the records. */
  snapshot: number;
  merged: number;
  /** Id of the first record that the row on disk does not know of; 0 when it knows all. */
  since: number;
}

const COLUMNS = 'id, cast(name as blob), created_at, updated_at, sequence, head, snapshot, merged';
type Row = [number, Uint8Array, number, number, number, number, number, number];

export class DocumentTable {
  readonly #entries = new Map<string, Entry>();
  /** Those whose rows know all, which may be forgotten: the longest so first. */
  readonly #settled = new Set<Entry>();
  /** In the order of `since`. These must be remembered: nothing else knows what their rows do not. */
  readonly #lagging = new Set<Entry>();
  readonly #cached: number;
  readonly #byName;
  readonly #insert;
  readonly #update;
  readonly #delete;
  readonly #page;
  readonly #after;
  readonly #progress;

  /** Mends the rows that lagged behind when the last process ended. */
  constructor(database: Database.Database, { cachedDocuments }: StoreBounds) {
    this.#cached = cachedDocuments;
    this.#byName = database.prepare(`select ${COLUMNS} from document where name = ?`).raw();
    this.#insert = database
      .prepare('insert into document values (null, ?1, ?2, ?2, 0, 0, 0, 0) returning id') // its record follows at once
      .raw();
    this.#update = database.prepare(
      'update document set updated_at = ?, sequence = ?, head = ?, snapshot = ?, merged = ? where id = ?',
    );
    this.#delete = database.prepare('delete from document where id = ?');
    this.#page = database.prepare(`select ${COLUMNS} from document order by head desc limit ? offset ?`).raw();
    this.#after = database.prepare(`select ${COLUMNS} from document where id > ? order by id limit ?`).raw();
    this.#progress = database.prepare('update progress set written = ?');
    try {
      this.#mend(database);
    } catch (error) {
      if (logErrorOf(error).code !== 'full') throw error;
      this.#mendInMemory(database); // a full disk must not keep anybody from reading
    }
  }

  #mend(database: Database.Database): void {
    // max(id) makes SQLite take the other columns from the row that has it.
    database.exec('begin immediate');
    try {
      database.exec(`
        update document set updated_at = newest.at, sequence = newest.sequence, head = newest.id
          from (select max(id) as id, document, sequence, at from record
                where id > (select written from progress) group by document) as newest
          where document.id = newest.document and document.sequence < newest.sequence;
        update progress set written = max(written,
          coalesce((select max(id) from record), 0), coalesce((select max(head) from document), 0));
        commit`);
    } catch (error) {
      if (database.inTransaction) database.exec('rollback');
      throw error;
    }
  }

  /** The rows go on lagging behind, as they did in the process before. */
  #mendInMemory(database: Database.Database): void {
    const newest = database
      .prepare(`
        select first, id, record.document, sequence, at
          from (select min(id) as first, max(id) as last from record
                where id > (select written from progress) group by document)
          join record on id = last order by first`)
      .raw();
    const byId = database.prepare(`select ${COLUMNS} from document where id = ?`).raw();
    for (const [since, head, id, sequence, at] of newest.all([]) as [number, number, number, number, number][]) {
      const row = byId.get([id]) as Row | undefined;
      const entry = row && entryOf(row);
      if (!entry || entry.sequence >= sequence) continue;
      Object.assign(entry, { since, head, sequence, updatedAt: at });
      this.#entries.set(entry.name, entry);
      this.#lagging.add(entry);
    }
  }

  find(name: string): Entry | undefined {
    const known = this.#entries.get(name);
    if (known) return known;
    const row = this.#byName.get([name]) as Row | undefined;
    return row && this.adopt(entryOf(row));
  }

  /** Inserts a row, inside the caller's transaction; the entry counts once it is adopted. */
  insert(name: string, at: number): Entry {
    const [id] = this.#insert.get([name, at]) as [number];
    return { id, name, createdAt: at, updatedAt: at, sequence: 0, head: 0, snapshot: 0, merged: 0, since: 0 };
  }

  adopt(entry: Entry): Entry {
    this.#entries.set(entry.name, entry);
    this.#settled.add(entry);
    this.#forgetSome(entry);
    return entry;
  }

  /** A record of `entry` has been committed. */
  advance(entry: Entry, record: number, at: number): void {
    entry.sequence++;
    entry.head = record;
    entry.updatedAt = at;
    if (entry.since > 0) return;
    entry.since = record;
    this.#entries.set(entry.name, entry); // those of its batch that were found after it may have had it forgotten
    this.#settled.delete(entry);
    this.#lagging.add(entry);
  }

  /** How many rows lag behind. */
  get lagging(): number {
    return this.#lagging.size;
  }

  /**
   * Writes up to `most` rows, those that lag furthest first, inside the caller's transaction; `settled` follows its commit.
   * `next` is the id that the next record will have.
   */
  writeSome(next: number, most: number): Entry[] {
    const entries: Entry[] = [];
    let written = next - 1;
    for (const entry of this.#lagging) {
      if (entries.length === most) {
        written = entry.since - 1;
        break;
      }
      this.write(entry);
      entries.push(entry);
    }
    this.#progress.run([written]);
    return entries;
  }

  /** Writes one row, inside the caller's transaction. */
  write(entry: Entry, snapshot = entry.snapshot, merged = entry.merged): void {
    this.#update.run([entry.updatedAt, entry.sequence, entry.head, snapshot, merged, entry.id]);
  }

  settled(entries: readonly Entry[]): void {
    for (const entry of entries) {
      entry.since = 0;
      this.#lagging.delete(entry);
      if (this.#entries.has(entry.name)) this.#settled.add(entry);
    }
    this.#forgetSome();
  }

  /** Deletes a row, inside the caller's transaction; `forget` follows its commit. */
  delete(entry: Entry): void {
    this.#delete.run([entry.id]);
  }

  forget(entry: Entry): void {
    this.#entries.delete(entry.name);
    this.#settled.delete(entry);
    this.#lagging.delete(entry);
  }

  /** What lags behind is taken from memory: cheap when the caller has written it first, and right when there was no room to. */
  page(limit: number, offset: number): DocumentInfo[] {
    if (this.#lagging.size === 0) return this.#rows(limit, offset).map(infoOf);
    const lagging = new Map([...this.#lagging].map((entry) => [entry.id, entry]));
    const others = this.#rows(offset + limit + lagging.size, 0).filter(({ id }) => !lagging.has(id));
    const newestFirst = [...lagging.values(), ...others].sort((a, b) => b.head - a.head);
    return newestFirst.slice(offset, offset + limit).map(infoOf);
  }

  /** In the order of ids, those after `id`. */
  after(id: number, limit: number): Entry[] {
    const rows = this.#after.all([id, limit]) as Row[];
    return rows.map(entryOf).map((entry) => this.#entries.get(entry.name) ?? entry); // the row may lag behind
  }

  #rows(limit: number, offset: number): Entry[] {
    return (this.#page.all([limit, offset]) as Row[]).map(entryOf);
  }

  /** Down to as many entries as are kept, or to those that lag behind, and to `needed`. */
  #forgetSome(needed?: Entry): void {
    for (const entry of this.#settled) {
      if (this.#entries.size <= this.#cached) return;
      if (entry === needed) continue;
      this.#settled.delete(entry);
      this.#entries.delete(entry.name);
    }
  }
}

export function infoOf(entry: Entry): DocumentInfo {
  const { name, sequence, createdAt, updatedAt, merged } = entry;
  return { name, sequence, createdAt, updatedAt, unmerged: sequence - merged };
}

/** The name is read as bytes: libsql cuts a text at its first NUL. */
function entryOf([id, name, createdAt, updatedAt, sequence, head, snapshot, merged]: Row): Entry {
  return { id, name: Buffer.from(name).toString(), createdAt, updatedAt, sequence, head, snapshot, merged, since: 0 };
}
