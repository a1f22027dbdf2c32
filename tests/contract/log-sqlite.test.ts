import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openSqliteLog } from '#built/server/log/sqlite';
import type { Snapshot } from '../../server/log/log.ts';

// What concerns the SQLite log as a thread and as a file: who may open it, and how it ends (LOG rules).

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'inkroom-sqlite-'));
  file = join(directory, 'inkroom.db');
});

afterEach(() => rmSync(directory, { recursive: true }));

const update = new Uint8Array([1, 2, 3]);

function rows(table: string): number {
  const database = new Database(file);
  const [count] = database.prepare(`select count(*) from ${table}`).raw().get([]) as [number];
  database.close();
  return count;
}

test('[LOG-4] a batch is one row per document', async () => {
  const log = await openSqliteLog({ directory });
  for (let batch = 0; batch < 3; batch++) {
    const appends: Promise<number>[] = [];
    for (let i = 0; i < 60; i++) appends.push(log.append(`document ${i % 4}`, [update]));
    await Promise.all(appends);
  }
  await log.close();
  expect(rows('record')).toBe(12);
});

test('[LOG-24] who writes alone waits for nothing; soon after a commit 6 ms are waited, together', async () => {
  const log = await openSqliteLog({ directory });
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  try {
    expect(log.ready()).toBeUndefined();
    expect(await log.append('a', [update])).toBe(1);
    let turns = 0;
    const wait = () => void log.ready()?.then(() => turns++);
    wait();
    await vi.advanceTimersByTimeAsync(4);
    wait();
    expect(turns).toBe(0);
    await vi.advanceTimersByTimeAsync(2);
    expect(turns).toBe(2);
    expect(await Promise.all([log.append('a', [update]), log.append('a', [update])])).toEqual([2, 2]);
    await vi.advanceTimersByTimeAsync(26);
    expect(log.ready()).toBeUndefined();
    await log.append('a', [update]);
    const last = log.ready();
    const closing = log.close();
    await last; // nobody is left waiting
    await closing;
  } finally {
    vi.useRealTimers();
  }
});

test('[LOG-16] closing leaves one file', async () => {
  const log = await openSqliteLog({ directory });
  await log.append('a', [update]);
  await log.close();
  expect(readdirSync(directory)).toEqual(['inkroom.db']);
});

test('[LOG-22] a second process is told that the directory is in use, and the first goes on', async () => {
  const log = await openSqliteLog({ directory });
  const built = createRequire(import.meta.url).resolve('#built/server/log/sqlite');
  const script = `
    const { openSqliteLog } = await import(${JSON.stringify(built)});
    const log = await openSqliteLog({ directory: ${JSON.stringify(directory)} }).catch((error) => console.log(error.message));
    if (log) { console.log('opened'); await log.close(); }`;
  const second = join(directory, 'second.mjs');
  writeFileSync(second, script);
  const open = () => execFileSync(process.execPath, [second], { encoding: 'utf8' }).trim();
  expect(open()).toBe(`The data directory ${directory} is in use by another Inkroom process.`);
  expect(await log.append('a', [update])).toBe(1);
  await log.close();
  expect(open()).toBe('opened');
});

test('[LOG-23] a database of a newer Inkroom, of another application, or none at all, is not opened', async () => {
  await (await openSqliteLog({ directory })).close();
  const newer = new Database(file);
  newer.exec('pragma user_version = 99');
  newer.close();
  await expect(openSqliteLog({ directory })).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining('written by a newer Inkroom (schema 99'),
  });

  rmSync(file);
  const other = new Database(file);
  other.exec('create table recipes (name)');
  other.close();
  await expect(openSqliteLog({ directory })).rejects.toMatchObject({
    message: expect.stringContaining('not a database'),
  });

  writeFileSync(file, 'not SQLite at all, but long enough to have a header of a hundred bytes'.repeat(9));
  await expect(openSqliteLog({ directory })).rejects.toMatchObject({
    message: expect.stringContaining('cannot be opened'),
  });
});

test('[LOG-20] once it has failed, the log refuses everything and leaves nobody waiting', async () => {
  const log = await openSqliteLog({ directory });
  await log.append('a', [update]);
  // Bytes that SQLite cannot bind: an error that no store expects, as a bug or a broken disk would be.
  const broken = { update, stateVector: {}, deletions: update } as Snapshot;
  const failing = log.replace('a', broken, 1);
  const waiting = log.load('a').then(() => log.append('a', [update]));
  await expect(failing).rejects.toMatchObject({ code: 'failed' });
  await waiting.catch((error) => expect(error).toMatchObject({ code: 'failed' }));
  await expect(log.append('a', [update])).rejects.toMatchObject({ code: 'failed' });
  await expect(log.load('a')).rejects.toMatchObject({ code: 'failed' });
  await log.close();
  const next = await openSqliteLog({ directory });
  expect((await next.load('a')).sequence).toBeGreaterThan(0);
  await next.close();
});
