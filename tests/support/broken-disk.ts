import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// A disk whose fsync fails from one moment on: the system's own call, through a library that is loaded before it, where there is a
// C compiler. Elsewhere SQLite's statements throw what it throws then; the test says which of the two it was.
// Invariant: nothing fails before `breakDown`.

export interface BrokenDisk {
  readonly kind: 'fsync of the system' | 'statements that throw';
  readonly env: Readonly<Record<string, string>>;
  /** The server to start; undefined for the built one. */
  readonly entry: string | undefined;
  breakDown(): void;
  mend(): void;
  close(): void;
}

const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int broken(void) { const char *flag = getenv("BROKEN_DISK"); return flag && access(flag, F_OK) == 0; }
static int call(const char *name, int file) {
  if (broken()) { errno = EIO; return -1; }
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
}
int fsync(int file) { return call("fsync", file); }
int fdatasync(int file) { return call("fdatasync", file); }
`;

const THROWING = `
import { existsSync } from 'node:fs';
import * as sound from './schema-sound.js';
export * from './schema-sound.js';
export function openDatabase(directory) {
  const database = sound.openDatabase(directory);
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    const statement = prepare(sql);
    const run = statement.run.bind(statement);
    statement.run = (...values) => {
      if (existsSync(process.env.BROKEN_DISK)) throw Object.assign(new Error('disk I/O error'), { rawCode: 1034 });
      return run(...values);
    };
    return statement;
  };
  return database;
}
`;

export function brokenDisk(): BrokenDisk {
  const folder = mkdtempSync(join(tmpdir(), 'inkroom-broken-'));
  const flag = join(folder, 'broken');
  const rest = {
    breakDown: () => writeFileSync(flag, ''),
    mend: () => rmSync(flag),
    close: () => rmSync(folder, { recursive: true }),
  };
  const library = join(folder, 'shim.so');
  try {
    writeFileSync(join(folder, 'shim.c'), SHIM);
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, join(folder, 'shim.c'), '-ldl'], { stdio: 'pipe' });
    const env = { LD_PRELOAD: library, BROKEN_DISK: flag };
    return { kind: 'fsync of the system', env, entry: undefined, ...rest };
  } catch (error) {
    console.warn(`No library could be compiled, so SQLite's statements throw: ${(error as Error).message}`);
  }
  const source = fileURLToPath(new URL('../..', import.meta.url));
  cpSync(join(source, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(source, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(source, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const log = join(folder, 'dist/server/log');
  renameSync(join(log, 'schema.js'), join(log, 'schema-sound.js'));
  writeFileSync(join(log, 'schema.js'), THROWING);
  const entry = join(folder, 'dist/server/main.js');
  return { kind: 'statements that throw', env: { BROKEN_DISK: flag }, entry, ...rest };
}
