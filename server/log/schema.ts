import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'libsql';
import { LogError } from './log.ts';
import { UPLOAD_TABLES } from './upload-table.ts';

// The SQLite file: where it is, what is in it, and how it is opened.
// Invariant: exactly one connection, ever. libsql 0.5 bundles SQLite 3.45, whose WAL-reset bug needs two; and a second
// descriptor of the file in this process would drop the lock when it closes (POSIX). Even a backup must go through this one.

export const FILE_NAME = 'inkroom.db';

/** `PRAGMA application_id`: "Inkr". */
const APPLICATION = 0x496e6b72;
const VERSION = 2;
/** The last without tables of uploads. */
const BEFORE_UPLOADS = 1;

// The log proper is `record`: one row per document and batch, in the order of writing, whatever the document, each naming the
// row of the same document before it. So a commit touches the last page of one table and no index: with 30 documents in a
// batch it costs 0.2 ms of CPU, against 0.5 with an index by document and 0.6 clustered by document; with 500 documents 1.4 ms
// against 5.3 and 12.6 (docs/decisions/0006). The price is paid by a load, which walks back from row to row, 2 us each.
//
// `document.sequence`, `head` and `updated_at` are written behind (document-table.ts). An id is not used again while anything points to it.
const TABLES = `
  create table document (
    id integer primary key autoincrement,
    name text not null unique,
    created_at integer not null,     -- milliseconds since the epoch
    updated_at integer not null,
    sequence integer not null,       -- of the newest record
    head integer not null,           -- id of the newest record; orders documents by their last change
    snapshot integer not null,       -- id of the snapshot, 0 for none
    merged integer not null          -- sequence up to which records are in the snapshot
  ) strict;
  create index document_by_change on document (head);
  create table record (
    id integer primary key,
    document integer not null,
    sequence integer not null,
    previous integer not null,       -- id of the record before it of the same document, 0 for none
    at integer not null,             -- milliseconds since the epoch
    checksum integer not null,
    updates blob not null
  ) strict;
  create table snapshot (
    id integer primary key autoincrement,
    pieces integer not null,         -- 0 until all are there
    checksum integer not null,
    state_vector blob not null,
    deletions blob not null
  ) strict;
  create table piece (
    id integer primary key,          -- snapshot * 2^20 + number
    checksum integer not null,
    bytes blob not null
  ) strict;
  create table debris (              -- what nobody reads any more and is being deleted bit by bit
    id integer primary key autoincrement,
    snapshot integer not null,       -- 0 for none
    document integer not null,
    head integer not null,           -- records are found from here back; 0 for none
    newest integer not null,         -- sequences of the records to delete: after \`oldest\`, up to \`newest\`
    oldest integer not null
  ) strict;
  create table progress (
    written integer not null         -- rows of documents know every record up to this id
  ) strict;
  insert into progress values (0);
  ${UPLOAD_TABLES}
  pragma application_id = ${APPLICATION};
  pragma user_version = ${VERSION};
`;

/** Creates the directory and the file where there are none. Throws LogError `failed`. */
export function openDatabase(directory: string): Database.Database {
  try {
    createDirectory(resolve(directory));
    return prepareDatabase(directory);
  } catch (error) {
    if (error instanceof LogError) throw error;
    const busy = (error as { code?: unknown }).code === 'SQLITE_BUSY';
    const text = busy
      ? `The data directory ${directory} is in use by another Inkroom process.`
      : `The data directory ${directory} cannot be opened: ${error instanceof Error ? error.message : error}`;
    throw new LogError('failed', text, { cause: error });
  }
}

function prepareDatabase(directory: string): Database.Database {
  const database = new Database(join(directory, FILE_NAME));
  const pragma = (name: string) => (database.prepare(`pragma ${name}`).raw().get([]) as unknown[])[0];
  const set = (name: string, value: string, wanted: unknown) => {
    database.exec(`pragma ${name} = ${value}`);
    const found = pragma(name);
    if (found !== wanted) throw new LogError('failed', `SQLite has ${name} = ${found} where ${wanted} is needed.`);
  };

  set('locking_mode', 'exclusive', 'exclusive'); // no shared memory file, and a second process is locked out
  const version = pragma('user_version') as number; // the first read: takes the lock, or throws SQLITE_BUSY
  if (version > VERSION) {
    throw new LogError(
      'failed',
      `The data directory ${directory} was written by a newer Inkroom (schema ${version}, this one knows ${VERSION}).`,
    );
  }
  const empty = version === 0 && pragma('schema_version') === 0;
  if (!empty && pragma('application_id') !== APPLICATION) {
    throw new LogError('failed', `${join(directory, FILE_NAME)} is not a database of Inkroom's.`);
  }
  set('journal_mode', 'wal', 'wal');
  set('synchronous', 'full', 2);
  set('wal_autocheckpoint', '0', 0); // store.ts checkpoints: an automatic one would swallow its errors
  if (empty) database.exec(`begin immediate; ${TABLES} commit`);
  if (version === BEFORE_UPLOADS)
    database.exec(`begin immediate; ${UPLOAD_TABLES} pragma user_version = ${VERSION}; commit`);
  return database;
}

/** SQLite syncs the directory that it creates files in; the directories created here are ours to sync, into their parents. */
function createDirectory(directory: string): void {
  const first = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (first === undefined || process.platform === 'win32') return; // Windows cannot sync a directory
  const top = dirname(first);
  for (let at = directory; at !== top; at = dirname(at)) {
    const parent = openSync(dirname(at), 'r');
    try {
      fsyncSync(parent);
    } finally {
      closeSync(parent);
    }
  }
}
