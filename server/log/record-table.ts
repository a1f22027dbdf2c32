import type Database from 'libsql';
import type { StoreBounds } from './bounds.ts';
import { checksum } from './record.ts';
import { damaged, nameOf } from './sqlite-errors.ts';

// The rows of records, in the order of writing, each pointing back to the one before it of the same document.
// Invariant: ids only grow, and sequence numbers along a chain go down by one: a record that is missing is noticed.

/** One row to be written. */
export interface NewRecord {
  readonly document: number;
  readonly sequence: number;
  /** Id of the document's record before, 0 for none. */
  readonly previous: number;
  readonly record: Uint8Array;
}

/** A place in a document's chain: the record with this id must have this sequence number. */
export interface Place {
  readonly id: number;
  readonly sequence: number;
}

const COLUMNS = 7;

// From a record back, newest first, until `sequence` ?3, more than ?4 bytes or ?5 rows.
const CHAIN = `
  with recursive chain (id, previous, sequence, size) as (
    select id, previous, sequence, length(updates) from record where id = ?1 and document = ?2
    union all
    select record.id, record.previous, record.sequence, chain.size + length(record.updates)
      from chain cross join record on record.id = chain.previous
      where record.document = ?2 and chain.sequence > ?3 and chain.size < ?4
    limit ?5)`;

/** sequence, previous, at, checksum, updates */
type Row = [number, number, number, number, Uint8Array];

export class RecordTable {
  readonly #database: Database.Database;
  readonly #rowsPerInsert: number;
  readonly #inserts: (Database.Statement | undefined)[] = [];
  readonly #read;
  readonly #follow;
  readonly #delete;
  #next: number;

  /** Comes after DocumentTable, which mends what it takes the next id from. */
  constructor(database: Database.Database, { rowsPerInsert }: StoreBounds) {
    this.#database = database;
    this.#rowsPerInsert = rowsPerInsert;
    this.#read = database
      .prepare(`${CHAIN} select record.sequence, record.previous, record.at, record.checksum, record.updates
        from chain cross join record on record.id = chain.id`)
      .raw();
    this.#follow = database.prepare(`${CHAIN} select id, previous, sequence from chain`).raw();
    this.#delete = database.prepare('delete from record where id = ?');
    // Each of these remembers an id whose record may be gone: one that is smaller would pass for older.
    const newest = database.prepare(`
      select max(written, coalesce((select max(id) from record), 0), coalesce((select max(head) from document), 0),
          (select head from upload_scan))
        from progress`);
    const [last] = newest.raw().get([]) as [number];
    this.#next = last + 1;
  }

  /** Id of the next record. */
  get next(): number {
    return this.#next;
  }

  /** Writes rows with ids from `next` on: in one statement, and so in a transaction of its own, when they are few. */
  insert(records: readonly NewRecord[], at: number): void {
    const most = this.#rowsPerInsert;
    let id = this.#next;
    for (let from = 0; from < records.length; from += most) {
      const some = records.length <= most ? records : records.slice(from, from + most);
      const values: unknown[] = [];
      for (const { document, sequence, previous, record } of some) {
        values.push(id++, document, sequence, previous, at, checksum(record, document, sequence, previous, at), record);
      }
      this.#insertOf(some.length).run(values);
    }
  }

  /** `count` rows have been committed. */
  advance(count: number): void {
    this.#next += count;
  }

  /**
   * Reads from `place` back to the record after `end`, at most `rows` rows and little more than `bytes`: their bytes, oldest
   * first, in one piece, and where to go on. Throws LogError `damaged`.
   */
  read(owner: { id: number; name: string }, place: Place, end: number, most: { bytes: number; rows: number }) {
    const rows = this.#read.all([place.id, owner.id, end + 1, most.bytes, most.rows]) as Row[];
    if (rows.length === 0) throw damaged(nameOf(owner.name));
    let { id, sequence } = place;
    let size = 0;
    for (const [found, previous, at, sum, record] of rows) {
      const right = found === sequence && sum === checksum(record, owner.id, sequence, previous, at);
      if (!right) throw damaged(nameOf(owner.name));
      size += record.length;
      id = previous;
      sequence--;
    }
    const bytes = Buffer.allocUnsafeSlow(size); // not from the pool: its buffer is given away
    let at = size;
    for (const [, , , , record] of rows) {
      at -= record.length;
      bytes.set(record, at);
    }
    return { bytes, next: { id, sequence } };
  }

  /**
   * Deletes the records of `document` with sequences up to `newest` and after `oldest` among the next `most` from `head`
   * back, inside the caller's transaction. Returns where to go on, 0 when none are left.
   */
  deleteSome(document: number, head: number, newest: number, oldest: number, most: number): number {
    const rows = this.#follow.all([head, document, oldest + 1, Number.MAX_SAFE_INTEGER, most]) as number[][];
    let next = 0;
    for (const [id, previous = 0, sequence = 0] of rows) {
      if (sequence <= newest) this.#delete.run([id]);
      next = sequence > oldest + 1 ? previous : 0;
    }
    return next;
  }

  /** Deletes a record that nothing points to any more. On a page that is damaged it stays, takes room and does no other harm. */
  forget(id: number): void {
    try {
      this.#delete.run([id]);
    } catch {
      // see above: there is nothing to be done about that page
    }
  }

  #insertOf(rows: number): Database.Statement {
    const known = this.#inserts[rows];
    if (known) return known;
    const row = `(${Array(COLUMNS).fill('?').join()})`;
    const statement = this.#database.prepare(`insert into record values ${Array(rows).fill(row).join()}`);
    this.#inserts[rows] = statement;
    return statement;
  }
}
