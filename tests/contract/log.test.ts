import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteLog } from '#built/server/log/sqlite';
import { systemClock } from '../../server/clock.ts';
import type { Log, StoredDocument } from '../../server/log/log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { Random, seedOfRun } from '../support/random.ts';

// What every log keeps, whatever it stores things in (LOG rules).

/** One disk, and the logs that are opened on it one after the other. */
interface Disk {
  open(): Promise<Log>;
  /** Changes a bit of what is stored of `document`, in which `marker` occurs. Nothing may have it open. */
  damage(document: string, marker: string): void;
  remove(): void;
}

function sqliteDisk(): Disk {
  const directory = mkdtempSync(join(tmpdir(), 'inkroom-log-'));
  const file = join(directory, 'inkroom.db');
  return {
    open: () => openSqliteLog({ directory }),
    damage(_document, marker) {
      const bytes = readFileSync(file);
      const at = bytes.indexOf(marker);
      expect(at).toBeGreaterThan(0);
      bytes[at + 2] = (bytes[at + 2] ?? 0) ^ 4;
      writeFileSync(file, bytes);
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}

function memoryDisk(): Disk {
  const disk = new Map();
  const options = { clock: systemClock, latency: 0 };
  return {
    open: async () => new MemoryLog(options, disk),
    damage: (document) => new MemoryLog(options, disk).damage(document),
    remove: () => undefined,
  };
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const text = (updates: readonly Uint8Array[]) => updates.map((update) => Buffer.from(update).toString());
const write = (log: Log, document: string, ...updates: string[]) => log.append(document, updates.map(bytes));
const snapshotOf = (update: string | Uint8Array) => ({
  update: typeof update === 'string' ? bytes(update) : update,
  stateVector: bytes('vector'),
  deletions: bytes('deletions'),
});
const whole = (stored: StoredDocument) => Buffer.concat([...stored.snapshot]).toString();

describe.each([
  { kind: 'SQLite', newDisk: sqliteDisk },
  { kind: 'memory', newDisk: memoryDisk },
])('the log in $kind', ({ newDisk }) => {
  let disk: Disk;
  let log: Log;

  beforeEach(async () => {
    disk = newDisk();
    log = await disk.open();
  });

  afterEach(async () => {
    await log.close();
    disk.remove();
  });

  async function reopen(meanwhile: () => void = () => undefined): Promise<void> {
    await log.close();
    meanwhile();
    log = await disk.open();
  }

  test('[LOG-1] what was acknowledged is there after a restart', async () => {
    await write(log, 'a', 'one', 'two');
    await write(log, 'b', 'three');
    await reopen();
    expect(text((await log.load('a')).updates)).toEqual(['one', 'two']);
    expect(text((await log.load('b')).updates)).toEqual(['three']);
  });

  test('[LOG-2] appends resolve in call order', async () => {
    const order: number[] = [];
    const appends: Promise<void>[] = [];
    for (let i = 0; i < 200; i++) {
      appends.push(write(log, `document ${i % 7}`, String(i)).then(() => void order.push(i)));
      if (i % 50 === 49) await appends[i - 40];
    }
    await Promise.all(appends);
    expect(order).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  test('[LOG-3] the records of a document are numbered from 1, without holes, across restarts', async () => {
    expect(await write(log, 'a', 'x')).toBe(1);
    expect(await write(log, 'b', 'x')).toBe(1);
    expect(await write(log, 'a', 'x')).toBe(2);
    await reopen();
    expect(await write(log, 'a', 'x')).toBe(3);
    expect((await log.load('a')).sequence).toBe(3);
  });

  test('[LOG-4] appends of one turn to one document share a record, and its number', async () => {
    const first = [write(log, 'a', 'one'), write(log, 'b', 'two'), write(log, 'a', 'three', 'four')];
    expect(await Promise.all(first)).toEqual([1, 1, 1]);
    expect(await write(log, 'a', 'five')).toBe(2);
    expect(text((await log.load('a')).updates)).toEqual(['one', 'three', 'four', 'five']);
  });

  test('[LOG-4] appends made while a commit is in flight share the next record', async () => {
    const first = write(log, 'a', 'one');
    await new Promise(setImmediate); // the first is on its way now
    const [second, third] = [write(log, 'a', 'two'), write(log, 'a', 'three')];
    expect(await Promise.all([first, second, third])).toEqual([1, 2, 2]);
  });

  test('[LOG-5] updates come back as they were written, of any size, in order', async () => {
    const random = new Random(seedOfRun());
    const sizes = [0, 1, 127, 128, 129, 16_383, 16_384, 300_000, 2_200_000, 5];
    const updates = sizes.map((size) => random.bytes(size));
    await log.append('a', updates);
    for (const update of updates) void log.append('a', [Buffer.from(update)]);
    await reopen();
    const stored = await log.load('a');
    expect(stored.updates.map((update) => update.length)).toEqual([...sizes, ...sizes]);
    for (const [i, update] of stored.updates.entries()) {
      expect(Buffer.compare(update, updates[i % sizes.length] as Uint8Array)).toBe(0);
    }
  });

  test('[LOG-6] a thousand documents written at once do not mix', async () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `document ${i}`);
    for (let round = 0; round < 5; round++) {
      const sequences = await Promise.all(names.map((name) => write(log, name, `${name}: ${round}`)));
      expect(new Set(sequences)).toEqual(new Set([round + 1]));
      if (round === 2) await reopen();
    }
    for (const name of names) {
      const { updates } = await log.load(name);
      expect(text(updates)).toEqual([0, 1, 2, 3, 4].map((round) => `${name}: ${round}`));
    }
  });

  test('[LOG-6] a document with thousands of records, among others, is loaded whole', async () => {
    for (let i = 0; i < 1_500; i++) await Promise.all([write(log, 'a', `a${i}`), write(log, `other ${i % 9}`, 'x')]);
    const stored = await log.load('a');
    expect(text(stored.updates)).toEqual(Array.from({ length: 1_500 }, (_, i) => `a${i}`));
    expect(stored.sequence).toBe(1_500);
  });

  test('[LOG-7] a document never written is empty', async () => {
    const stored = await log.load('nobody');
    expect(stored).toMatchObject({ snapshot: [], updates: [], sequence: 0 });
    expect([...stored.stateVector]).toEqual([0]);
    expect([...stored.deletions]).toEqual([0, 0]);
    expect(await log.info('nobody')).toBeUndefined();
  });

  test('[LOG-8] a snapshot takes the place of the records up to its number, and of the snapshot before', async () => {
    for (const update of ['one', 'two', 'three']) await write(log, 'a', update);
    await write(log, 'b', 'bystander');
    expect(await log.replace('a', snapshotOf('one+two'), 2)).toBe(true);
    for (let restart = 0; restart < 2; restart++) {
      const stored = await log.load('a');
      expect(whole(stored)).toBe('one+two');
      expect(text([stored.stateVector, stored.deletions, ...stored.updates])).toEqual(['vector', 'deletions', 'three']);
      expect(stored.sequence).toBe(3);
      expect((await log.info('a'))?.unmerged).toBe(1);
      expect((await log.scan(0, 10)).documents.map(({ name, unmerged }) => [name, unmerged])).toEqual([
        ['a', 1],
        ['b', 1],
      ]);
      await reopen();
    }
    await write(log, 'a', 'four');
    expect(await log.replace('a', snapshotOf('one+two+three+four'), 4)).toBe(true);
    const stored = await log.load('a');
    expect(whole(stored)).toBe('one+two+three+four');
    expect(stored.updates).toEqual([]);
    expect(await write(log, 'a', 'five')).toBe(5);
    expect(text((await log.load('a')).updates)).toEqual(['five']);
    expect(text((await log.load('b')).updates)).toEqual(['bystander']);
  });

  test('[LOG-9] a replace that comes too late, or for records that are not there, changes nothing', async () => {
    for (const update of ['one', 'two', 'three']) await write(log, 'a', update);
    expect(await log.replace('a', snapshotOf('good'), 2)).toBe(true);
    expect(await log.replace('a', snapshotOf('same again'), 2)).toBe(false);
    expect(await log.replace('a', snapshotOf('older'), 1)).toBe(false);
    expect(await log.replace('a', snapshotOf('newer than the newest'), 4)).toBe(false);
    expect(await log.replace('nobody', snapshotOf('nothing'), 1)).toBe(false);
    expect(await log.info('nobody')).toBeUndefined();
    const stored = await log.load('a');
    expect(whole(stored)).toBe('good');
    expect(text(stored.updates)).toEqual(['three']);
  });

  test('[LOG-9] of two replaces at once, one counts', async () => {
    await write(log, 'a', 'one');
    const results = await Promise.all([
      log.replace('a', snapshotOf('first'), 1),
      log.replace('a', snapshotOf('second'), 1),
    ]);
    expect(results).toEqual([true, false]);
    expect(whole(await log.load('a'))).toBe('first');
  });

  test('[LOG-10] a big snapshot comes back byte for byte, and the bytes given stay as they were', async () => {
    const big = Buffer.from(new Random(7).bytes(1_000_003));
    const copy = Buffer.from(big);
    await write(log, 'a', 'one');
    expect(await log.replace('a', snapshotOf(big), 1)).toBe(true);
    expect(Buffer.compare(big, copy)).toBe(0);
    await reopen();
    const stored = await log.load('a');
    expect(Buffer.compare(Buffer.concat([...stored.snapshot]), copy)).toBe(0);
  });

  test('[LOG-11] loads, appends and replaces at once: every load is the document at one moment', async () => {
    const seed = seedOfRun();
    const random = new Random(seed);
    const names = ['a', 'b', 'c'];
    // Each update is `number,` with some padding; a snapshot is all of them in a row.
    const written = new Map(names.map((name) => [name, 0]));
    const acknowledged = new Map(names.map((name) => [name, 0]));
    const pending = new Set<Promise<unknown>>();
    const start = (work: Promise<unknown>) => {
      pending.add(work);
      void work.finally(() => pending.delete(work));
    };
    const at = (map: Map<string, number>, name: string) => map.get(name) ?? 0;

    const append = async (name: string) => {
      const number = at(written, name) + 1;
      written.set(name, number);
      await write(log, name, `${number}${' '.repeat(random.pick([0, 10, 1_000, 40_000]))},`);
      acknowledged.set(name, number);
    };
    const load = async (name: string) => {
      const least = at(acknowledged, name);
      const stored = await log.load(name);
      const found = [whole(stored), ...text(stored.updates)].join('').split(',').slice(0, -1).map(Number);
      expect(found, `seed ${seed}`).toEqual(Array.from({ length: found.length }, (_, i) => i + 1));
      expect(found.length, `seed ${seed}`).toBeGreaterThanOrEqual(least);
      expect(found.length, `seed ${seed}`).toBeLessThanOrEqual(at(written, name));
      return stored;
    };
    const merge = async (name: string) => {
      const stored = await load(name);
      const update = Buffer.concat([...stored.snapshot, ...stored.updates]);
      if (stored.sequence > 0) await log.replace(name, snapshotOf(update), stored.sequence);
    };

    for (let step = 0; step < 300; step++) {
      const name = random.pick(names);
      const choice = random.between(0, 9);
      start(choice < 6 ? append(name) : choice < 9 ? load(name) : merge(name));
      if (random.between(0, 2) === 0) await new Promise(setImmediate);
      if (pending.size > 20) await Promise.race(pending);
    }
    await Promise.all(pending);
    await reopen();
    for (const name of names) {
      await load(name);
      expect(at(acknowledged, name)).toBe(at(written, name));
    }
  });

  test('[LOG-12] damaged bytes of one document are never served, and the others are', async () => {
    await write(log, 'a', 'marker of a', 'more');
    await write(log, 'b', 'marker of b');
    await write(log, 'c', 'something');
    await log.replace('c', snapshotOf('marker of c'), 1);
    await reopen(() => {
      disk.damage('a', 'marker of a');
      disk.damage('c', 'marker of c');
    });
    await expect(log.load('a')).rejects.toMatchObject({ code: 'damaged' });
    await expect(log.load('c')).rejects.toMatchObject({ code: 'damaged' });
    expect(text((await log.load('b')).updates)).toEqual(['marker of b']);
    expect(await write(log, 'b', 'goes on')).toBe(2);
    await expect(log.load('a')).rejects.toMatchObject({ code: 'damaged' });
  });

  test('[LOG-13] a name is only a name', async () => {
    const names = ['', '__proto__', 'constructor', '../../x', '/etc/passwd', 'a\0b', 'a\0c', 'a', 'A', 'é', 'e\u0301'];
    names.push('繁體中文', '😀', "'; drop table record; --", '%2e%2e', ' ', 'x'.repeat(10_000), '\n');
    for (const name of names) await write(log, name, `of ${name}`);
    await reopen();
    for (const name of names) expect(text((await log.load(name)).updates)).toEqual([`of ${name}`]);
    const listed = await log.list({ limit: 100 });
    expect(listed.map(({ name }) => name)).toEqual([...names].reverse());
  });

  test('[LOG-14] the list has the newest change first, and pages', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await write(log, name, 'x');
    await write(log, 'b', 'y');
    const names = async (options: { limit: number; offset?: number }) =>
      (await log.list(options)).map(({ name }) => name);
    expect(await names({ limit: 10 })).toEqual(['b', 'd', 'c', 'a']);
    expect(await names({ limit: 2, offset: 1 })).toEqual(['d', 'c']);
    await reopen();
    await log.replace('a', snapshotOf('merging changes nothing'), 1);
    await write(log, 'c', 'z');
    expect(await names({ limit: 10 })).toEqual(['c', 'b', 'd', 'a']);
    const [newest] = await log.list({ limit: 1 });
    expect(newest).toEqual(await log.info('c'));
    expect(newest).toMatchObject({ name: 'c', sequence: 2 });
    expect(newest?.updatedAt).toBeGreaterThanOrEqual(newest?.createdAt ?? Number.POSITIVE_INFINITY);
  });

  test('[LOG-15] a deleted document is gone, and its name starts anew', async () => {
    await write(log, 'a', 'one');
    await log.replace('a', snapshotOf('one'), 1);
    await write(log, 'a', 'two');
    await write(log, 'b', 'stays');
    await log.delete('a');
    await log.delete('nobody');
    expect(await log.load('a')).toMatchObject({ snapshot: [], updates: [], sequence: 0 });
    expect((await log.list({ limit: 9 })).map(({ name }) => name)).toEqual(['b']);
    expect(await write(log, 'a', 'anew')).toBe(1);
    await reopen();
    expect(text((await log.load('a')).updates)).toEqual(['anew']);
    expect(text((await log.load('b')).updates)).toEqual(['stays']);
  });

  test('[LOG-15] a load that began before the delete is not torn', async () => {
    await write(log, 'a', 'one');
    const big = 'x'.repeat(2_000_000);
    await log.replace('a', snapshotOf(big), 1);
    const loading = log.load('a');
    const deleting = log.delete('a');
    const stored = await loading;
    await deleting;
    expect([0, big.length]).toContain(whole(stored).length);
    expect(stored.sequence).toBe(whole(stored).length === 0 ? 0 : 1);
  });

  test('[LOG-16] closing completes what was asked before, and refuses what comes after', async () => {
    const before = [write(log, 'a', 'one'), write(log, 'b', 'two'), log.load('a'), log.list({ limit: 1 })];
    const closing = log.close();
    const after = [write(log, 'a', 'late'), log.load('a'), log.info('a'), log.replace('a', snapshotOf('x'), 1)];
    for (const refused of after) await expect(refused).rejects.toMatchObject({ code: 'closed' });
    await expect(Promise.all(before)).resolves.toHaveLength(4);
    await closing;
    await log.close();
    await expect(write(log, 'a', 'too late')).rejects.toMatchObject({ code: 'closed' });
    log = await disk.open();
    expect(text((await log.load('a')).updates)).toEqual(['one']);
  });
});

describe('the log in memory, as simulations use it', () => {
  test('[LOG-1] a crash loses what is not committed, tells nobody, and keeps what was acknowledged', async () => {
    const clock = new FakeClock();
    const log = new MemoryLog({ clock, latency: 5 });
    const settled: string[] = [];
    const note = (name: string, work: Promise<unknown>) =>
      work.then(
        () => settled.push(name),
        () => settled.push(`${name} refused`),
      );
    void note('one', write(log, 'a', 'one'));
    clock.advance(5);
    await clock.settle();
    void note('two', write(log, 'a', 'two'));
    await clock.settle();
    const next = log.crash();
    clock.advance(100);
    await clock.settle();
    expect(settled).toEqual(['one']);
    const loading = next.load('a');
    clock.advance(5);
    expect(text((await loading).updates)).toEqual(['one']);
  });

  test('[LOG-19] [LOG-20] a full disk and a broken one', async () => {
    const log = new MemoryLog();
    log.fault = 'full';
    await expect(write(log, 'a', 'refused')).rejects.toMatchObject({ code: 'full' });
    log.fault = undefined;
    expect(await write(log, 'a', 'one')).toBe(1);
    log.fault = 'failed';
    await expect(write(log, 'a', 'lost')).rejects.toMatchObject({ code: 'failed' });
    log.fault = undefined;
    await expect(write(log, 'a', 'lost too')).rejects.toMatchObject({ code: 'failed' });
    expect(text((await log.crash().load('a')).updates)).toEqual(['one']);
  });
});
