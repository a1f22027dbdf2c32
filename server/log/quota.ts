import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import type Database from 'libsql';

// Whether a write failed because nobody may write more: a quota that is used up is a full disk, and SQLite calls it a broken one.
// Invariant: what it writes to find out is gone when it returns.

/** Bytes that are written to find out. SQLite's write was of a page or two. */
const ASKED_BYTES = 64 * 1024;
const FILE_NAME = 'inkroom.quota';

const SQLITE_IOERR_WRITE = 778;
/** By their numbers: libuv has no name for the first. */
const NO_ROOM: ReadonlySet<unknown> = new Set([-constants.errno.EDQUOT, -constants.errno.ENOSPC]);

/** SQLite threw `error` for a write to `database`. It knows a full disk by ENOSPC only, and tells nobody what the system said. */
export function isOverQuota(database: Database.Database, error: unknown): boolean {
  if ((error as { rawCode?: unknown } | undefined)?.rawCode !== SQLITE_IOERR_WRITE) return false;
  const [, , file] = database.prepare('pragma database_list').raw().get([]) as [number, string, string];
  const path = join(dirname(file), FILE_NAME);
  try {
    write(path);
    return false; // the disk is broken, or the next write would have been the same
  } catch (cause) {
    return cause instanceof Error && 'errno' in cause && NO_ROOM.has(cause.errno);
  } finally {
    rmSync(path, { force: true });
  }
}

function write(path: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, Buffer.alloc(ASKED_BYTES));
  } finally {
    closeSync(file);
  }
}
