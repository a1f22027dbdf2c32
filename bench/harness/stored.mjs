// What a server has on its disk when a case begins: brought in through its own protocol once, and kept in .cache between runs of the bench.
// Invariant: a case works on a copy, and what was stored by other sources or versions of the server is made anew.

import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SERVERS } from './server.mjs';

const CACHE = fileURLToPath(new URL('../.cache/stored/', import.meta.url));
const VERSION = 1; // of what the scenarios store: raise it when that changes

/** Puts a copy of what `make(directory)` stores into `into`. `make` resolves when its server has stopped. */
export async function copyOfStored({ name, key, into, make }) {
  const { adapter } = SERVERS[name];
  const prefix = `${adapter}-${key}-`;
  const kept = `${CACHE}${prefix}${await version(adapter)}`;
  const half = `${kept}.half`;
  await mkdir(CACHE, { recursive: true });
  if (!(await readdir(CACHE)).includes(kept.slice(CACHE.length))) {
    for (const old of await readdir(CACHE)) {
      if (old.startsWith(prefix)) await rm(CACHE + old, { recursive: true });
    }
    await rm(half, { recursive: true, force: true }); // of a run that was given up
    await mkdir(half);
    await make(half);
    await rm(`${half}.output`, { force: true });
    await rename(half, kept); // whole, or not there
  }
  await cp(kept, into, { recursive: true });
  return into;
}

/** Changes when the server does. */
async function version(adapter) {
  const sources = adapter === 'inkroom' ? ['../../dist/.built'] : ['../package-lock.json', `../servers/${adapter}.mjs`];
  const hash = createHash('sha256').update(String(VERSION));
  for (const source of sources) hash.update(await readFile(new URL(source, import.meta.url)));
  return hash.digest('hex').slice(0, 12);
}
