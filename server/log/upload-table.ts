import type Database from 'libsql';
import type { Upload, UploadType } from '../../lib/protocol/upload.ts';
import type { DocumentTable } from './document-table.ts';
import { attempt, nameOf } from './sqlite-errors.ts';
import type { Transactions } from './transactions.ts';
import type { Changed, StoredUpload, UploadBounds, UploadTotals } from './upload-index.ts';

// The tables behind UploadIndex, which says what each method does.
// Invariant: each method is one transaction. A use names its document by its id, so that a new document of an old name inherits nothing.

export const UPLOAD_TABLES = `
  create table upload (
    hash text primary key,
    type text not null,
    bytes integer not null,
    width integer not null,          -- pixels
    height integer not null
  ) strict, without rowid;
  create table upload_use (
    hash text not null,
    document integer not null,
    absent integer not null,         -- since when the document does not mention it, in milliseconds since the epoch; 0 while it does
    primary key (document, hash)
  ) strict, without rowid;
  create index upload_use_by_hash on upload_use (hash);
  create table upload_scan (
    head integer not null            -- documents were looked through up to the one whose newest record has this id
  ) strict;
  insert into upload_scan values (0);
`;

const COLUMNS = 'hash, type, bytes, width, height';
type Row = [string, UploadType, number, number, number];

export interface UploadTableOptions {
  readonly database: Database.Database;
  readonly transactions: Transactions;
  readonly documents: DocumentTable;
  /** Writes the rows of documents that lag behind. */
  readonly settleDocuments: () => void;
}

/** How messages call what is in them. A bad page of these tables concerns no document. */
const WHAT = 'the uploads';

/** Every method throws LogError `damaged`, `full`, `failed`. */
export class UploadTable {
  readonly #options: UploadTableOptions;
  readonly #statements;

  constructor(options: UploadTableOptions) {
    const { database } = options;
    const rows = (sql: string) => database.prepare(sql).raw();
    this.#options = options;
    this.#statements = {
      // What was written before there was any upload mentions none.
      skipOld: database.prepare(`
        update upload_scan set head = coalesce((select max(head) from document), 0)
          where not exists (select 1 from upload)`),
      insert: database.prepare('insert into upload values (?, ?, ?, ?, ?) on conflict do nothing'),
      use: database.prepare(
        'insert into upload_use values (?, ?, ?) on conflict do update set absent = excluded.absent where absent > 0',
      ),
      useKnown: database.prepare(
        'insert into upload_use select hash, ?, 0 from upload where hash = ? on conflict do update set absent = 0',
      ),
      uses: rows('select hash, absent from upload_use where document = ?'),
      setAbsent: database.prepare('update upload_use set absent = ? where document = ? and hash = ?'),
      forgetUses: database.prepare('delete from upload_use where document = ?'),
      // Not of a document that has changed since it was looked through: it may mention the upload again.
      endUses: database.prepare(`
        delete from upload_use where absent > 0 and absent < ?
          and document not in (select id from document where head > (select head from upload_scan))`),
      find: rows(`select ${COLUMNS} from upload where hash = ?`),
      count: rows('select count(*), coalesce(sum(bytes), 0) from upload'),
      countOf: rows(`
        select count(*), coalesce(sum(bytes), 0) from upload_use join upload using (hash) where document = ?`),
      after: rows(`select ${COLUMNS} from upload where hash > ? order by hash limit ?`),
      usesOf: rows(`
        select cast(name as blob), absent from upload_use join document on document.id = document where hash = ?`),
      changed: rows(`
        select cast(name as blob), head from document
          where head > (select head from upload_scan) order by head limit ?`),
      scanned: database.prepare('update upload_scan set head = ?'),
      unused: rows('select hash from upload where hash not in (select hash from upload_use) limit ?'),
      isUsed: rows('select 1 from upload_use where hash = ?'),
      forget: database.prepare('delete from upload where hash = ?1 and ?1 not in (select hash from upload_use)'),
    };
  }

  addUpload(
    document: string,
    { hash, type, bytes, width, height }: Upload,
    bounds: UploadBounds,
    absent: number,
  ): 'added' | 'gone' | 'over' {
    const id = this.#idOf(document);
    if (id === undefined) return 'gone';
    const known = this.#usesOf(id).some((use) => use.hash === hash);
    const { count, bytes: used } = this.countUploads(document);
    if (!known && (count >= bounds.count || used + bytes > bounds.bytes)) return 'over';
    const { skipOld, insert, use } = this.#statements;
    this.#options.transactions.run(() => {
      skipOld.run([]);
      insert.run([hash, type, bytes, width, height]);
      use.run([hash, id, absent]);
    }, WHAT);
    return 'added';
  }

  findUpload(hash: string): Upload | undefined {
    const row = attempt(() => this.#statements.find.get([hash]), WHAT) as Row | undefined;
    return row && uploadOf(row);
  }

  countUploads(document?: string): UploadTotals {
    const id = document === undefined ? undefined : (this.#idOf(document) ?? 0);
    const { count, countOf } = this.#statements;
    const row = attempt(() => (id === undefined ? count.get([]) : countOf.get([id])), WHAT);
    const [number, bytes] = row as [number, number];
    return { count: number, bytes };
  }

  listUploads(after: string, limit: number): StoredUpload[] {
    const rows = attempt(() => this.#statements.after.all([after, limit]), WHAT) as Row[];
    return rows.map((row) => {
      const uses = attempt(() => this.#statements.usesOf.all([row[0]]), WHAT) as [Uint8Array, number][];
      return { ...uploadOf(row), uses: uses.map(([name, absent]) => ({ document: textOf(name), absent })) };
    });
  }

  changedDocuments(limit: number): Changed[] {
    this.#options.settleDocuments();
    const rows = attempt(() => this.#statements.changed.all([limit]), WHAT) as [Uint8Array, number][];
    return rows.map(([name, head]) => ({ name: textOf(name), head }));
  }

  noteMentions({ name, head }: Changed, hashes: readonly string[] | undefined, now: number): void {
    const id = this.#idOf(name);
    const mentioned = hashes && new Set(hashes);
    const { useKnown, setAbsent, scanned } = this.#statements;
    const uses = id === undefined ? [] : this.#usesOf(id);
    this.#options.transactions.run(() => {
      for (const { hash, absent } of uses) {
        const isMentioned = mentioned?.has(hash) ?? true;
        if (isMentioned !== (absent === 0)) setAbsent.run([isMentioned ? 0 : now, id as number, hash]);
      }
      if (id !== undefined) for (const hash of mentioned ?? []) useKnown.run([id, hash]);
      scanned.run([head]);
    }, WHAT);
  }

  unusedUploads(absentBefore: number, limit: number): string[] {
    const { endUses, unused } = this.#statements;
    this.#options.settleDocuments();
    this.#options.transactions.write(() => endUses.run([absentBefore]), WHAT);
    return (attempt(() => unused.all([limit]), WHAT) as [string][]).map(([hash]) => hash);
  }

  isUnused(hash: string): boolean {
    return attempt(() => this.#statements.isUsed.get([hash]), WHAT) === undefined;
  }

  forgetUpload(hash: string): void {
    this.#options.transactions.write(() => this.#statements.forget.run([hash]), WHAT);
  }

  /** Of a document that is being deleted, inside the caller's transaction. */
  forgetUses(document: number): void {
    this.#statements.forgetUses.run([document]);
  }

  /** A document is older than it was, or all come from a backup: all are looked through anew. By itself, or inside the caller's transaction. */
  lookAgain(): void {
    this.#statements.scanned.run([0]);
  }

  #usesOf(document: number): { hash: string; absent: number }[] {
    const rows = attempt(() => this.#statements.uses.all([document]), WHAT) as [string, number][];
    return rows.map(([hash, absent]) => ({ hash, absent }));
  }

  #idOf(document: string): number | undefined {
    return attempt(() => this.#options.documents.find(document), nameOf(document))?.id;
  }
}

function uploadOf([hash, type, bytes, width, height]: Row): Upload {
  return { hash, type, bytes, width, height };
}

/** Names are read as bytes: libsql cuts a text at its first NUL. */
function textOf(name: Uint8Array): string {
  return Buffer.from(name).toString();
}
