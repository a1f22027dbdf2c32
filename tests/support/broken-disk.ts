import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// A disk whose fsync fails, or does not return, or on which a quota is used up, from one moment on: the system's own calls, through a library that is loaded before
// it, where there is a C compiler. Elsewhere SQLite's statements throw what they throw then; the test says which of the two it was.
// Invariant: nothing fails before `breakDown` or `exhaust`.

export interface BrokenDisk {
  readonly kind: 'calls of the system' | 'statements that throw';
  readonly env: Readonly<Record<string, string>>;
  /** The server to start; undefined for the built one. */
  readonly entry: string | undefined;
  breakDown(): void;
  mend(): void;
  /** No fsync returns. */
  hang(): void;
  goOn(): void;
  /** Nobody may write a byte more. */
  exhaust(): void;
  giveMore(): void;
  close(): void;
}

const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
static int is(const char *name) { const char *flag = getenv(name); return flag && access(flag, F_OK) == 0; }
static int broken(void) { return is("BROKEN_DISK"); }
static int used_up(int file) {
  struct stat found;
  if (fstat(file, &found) != 0 || !S_ISREG(found.st_mode) || !is("USED_QUOTA")) return 0;
  errno = EDQUOT;
  return 1;
}
static int call(const char *name, int file) {
  while (is("HUNG_DISK")) usleep(1000);
  if (broken()) { errno = EIO; return -1; }
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
}
int fsync(int file) { return call("fsync", file); }
int fdatasync(int file) { return call("fdatasync", file); }
ssize_t write(int file, const void *bytes, size_t size) {
  if (used_up(file)) return -1;
  return ((ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write"))(file, bytes, size);
}
ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) {
  if (used_up(file)) return -1;
  return ((ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite"))(file, bytes, size, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) {
  if (used_up(file)) return -1;
  return ((ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64"))(file, bytes, size, at);
}
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
      while (existsSync(process.env.HUNG_DISK)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      if (existsSync(process.env.BROKEN_DISK)) throw Object.assign(new Error('disk I/O error'), { rawCode: 1034 });
      if (existsSync(process.env.USED_QUOTA)) throw Object.assign(new Error('database or disk is full'), { rawCode: 13 });
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
  const used = join(folder, 'used');
  const hung = join(folder, 'hung');
  const variables = { BROKEN_DISK: flag, USED_QUOTA: used, HUNG_DISK: hung };
  const rest = {
    breakDown: () => writeFileSync(flag, ''),
    mend: () => rmSync(flag),
    hang: () => writeFileSync(hung, ''),
    goOn: () => rmSync(hung),
    exhaust: () => writeFileSync(used, ''),
    giveMore: () => rmSync(used),
    close: () => rmSync(folder, { recursive: true }),
  };
  const library = join(folder, 'shim.so');
  try {
    writeFileSync(join(folder, 'shim.c'), SHIM);
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, join(folder, 'shim.c'), '-ldl'], { stdio: 'pipe' });
    const env = { LD_PRELOAD: library, ...variables };
    return { kind: 'calls of the system', env, entry: undefined, ...rest };
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
  return { kind: 'statements that throw', env: variables, entry, ...rest };
}
