import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { decodeRecords } from '../../server/log/record.ts';
import { FILE_NAME } from '../../server/log/schema.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { bytes, closeScenes, HEAD, Scene, SQLITE_FULL } from '../support/store-scene.ts';

// What SQLite's tables look like after a crash at any moment, and what happens when the disk refuses (LOG rules).

const SQLITE_IOERR_FSYNC = { rawCode: 1034 };
const SQLITE_CORRUPT = { rawCode: 11 };

afterEach(closeScenes);

function numbers(from: number, to: number): string {
  let text = '';
  for (let i = from; i <= to; i++) text += `${i},`;
  return text;
}

test('[LOG-17] a crash at any step of a replace leaves the old document or the new one, and nothing else', () => {
  const scene = new Scene();
  for (let i = 1; i <= 300; i++) scene.write({ a: [`${i},`], b: ['x'] });
  scene.replace('a', ['first '], 10);

  const before = `first ${numbers(11, 300)}`;
  const after = `second snapshot ${numbers(291, 300)}`;
  const seen: string[] = [];
  const crash = () => {
    const next = new Scene(scene.image());
    const text = next.read('a');
    expect([before, after]).toContain(text);
    seen.push(text);
    expect(next.read('b')).toBe('x'.repeat(300));
    next.work();
    expect(next.read('a')).toBe(text);
    const merged = text === after;
    expect(next.rows('debris')).toBe(0);
    expect(next.rows('snapshot')).toBe(1);
    expect(next.rows('piece')).toBe(merged ? 2 : 1);
    expect(next.rows('record')).toBe(300 + (merged ? 10 : 290));
    expect(next.write({ a: ['301,'] })).toEqual([301]);
  };

  crash();
  const replacement = scene.store.beginReplace('a', 290);
  crash();
  for (const text of ['second ', 'snapshot ']) {
    scene.store.writePiece(replacement, bytes(text));
    crash();
  }
  expect(scene.store.replace(replacement, HEAD)).toBe(true);
  crash();
  while (scene.store.workWaits) {
    scene.store.work();
    crash();
  }
  expect(new Set(seen)).toEqual(new Set([before, after]));
  expect(seen.length).toBeGreaterThan(7);
});

test('[LOG-17] deleting in steps survives a crash at any of them', () => {
  const scene = new Scene();
  for (let i = 1; i <= 300; i++) scene.write({ a: ['gone'], b: ['x'] });
  scene.replace('a', ['gone'], 150);
  scene.store.delete('a');
  scene.write({ a: ['new'] });
  for (let more = true; more; more = scene.store.workWaits) {
    if (scene.store.workWaits) scene.store.work();
    const next = new Scene(scene.image());
    next.work();
    expect([next.read('a'), next.read('b')]).toEqual(['new', 'x'.repeat(300)]);
    expect([next.rows('debris'), next.rows('piece'), next.rows('record')]).toEqual([0, 0, 301]);
  }
});

test('[LOG-18] a log torn anywhere is whole up to some record, and goes on from there', () => {
  const seed = seedOfRun();
  const random = new Random(seed);
  const first = new Scene();
  first.write({ a: ['1,'] });
  first.store.close();
  const scene = new Scene(first.image()); // a database with a write-ahead log that is empty at first
  for (let i = 2; i <= 30; i++) scene.write({ a: [`${i},`], b: ['x'] });
  const wal = statSync(join(scene.directory, `${FILE_NAME}-wal`)).size;
  for (let i = 0; i < 60; i++) {
    const image = scene.image();
    truncateSync(join(image, `${FILE_NAME}-wal`), random.between(0, wal));
    const next = new Scene(image);
    const sequence = next.store.info('a')?.sequence ?? 0;
    expect(next.read('a'), `seed ${seed}`).toBe(numbers(1, sequence));
    expect(sequence).toBeGreaterThan(0);
    expect(next.write({ a: [`${sequence + 1},`] })).toEqual([sequence + 1]);
    expect(next.read('a')).toBe(numbers(1, sequence + 1));
  }
});

test('[LOG-19] a full disk refuses a batch, known documents and new ones, and takes the next', () => {
  const scene = new Scene();
  scene.write({ a: ['1,'] });
  scene.fault = (sql) => (sql.startsWith('insert into record') ? SQLITE_FULL : undefined);
  expect(() => scene.write({ a: ['refused'] })).toThrow(expect.objectContaining({ code: 'full' }));
  expect(() => scene.write({ a: ['refused'], b: ['refused'] })).toThrow(expect.objectContaining({ code: 'full' }));
  scene.fault = (sql) => (sql === 'commit' ? SQLITE_FULL : undefined);
  expect(() => scene.write({ a: ['refused'], b: ['refused'] })).toThrow(expect.objectContaining({ code: 'full' }));
  scene.fault = () => undefined;
  expect(scene.write({ a: ['2,'], b: ['1,'] })).toEqual([2, 1]);
  const next = new Scene(scene.image());
  expect([next.read('a'), next.read('b')]).toEqual(['1,2,', '1,']);
});

test('[LOG-19] a full disk refuses a replace, which leaves the document as it was', () => {
  const scene = new Scene();
  for (let i = 1; i <= 3; i++) scene.write({ a: [`${i},`] });
  for (const refused of ['insert into piece', 'update snapshot', 'update document', 'commit']) {
    const replacement = scene.store.beginReplace('a', 3);
    scene.fault = (sql) => (sql.startsWith(refused) ? SQLITE_FULL : undefined);
    expect(() => {
      scene.store.writePiece(replacement, bytes('merged '));
      scene.store.replace(replacement, HEAD);
    }).toThrow(expect.objectContaining({ code: 'full' }));
    scene.work(); // there is no room for cleaning up either
    scene.fault = () => undefined;
    expect(scene.read('a')).toBe('1,2,3,');
  }
  expect(scene.replace('a', ['merged '], 3)).toBe(true);
  scene.write({ a: ['4,'] });
  const next = new Scene(scene.image());
  next.work();
  expect(next.read('a')).toBe('merged 4,');
  expect([next.rows('debris'), next.rows('piece'), next.rows('snapshot')]).toEqual([0, 1, 1]);
});

test('[LOG-25] a probe finds out whether there is room, and leaves nothing behind', () => {
  const scene = new Scene();
  scene.write({ a: ['1,'] });
  scene.fault = (sql) => (sql === 'commit' ? SQLITE_FULL : undefined);
  expect(() => scene.store.probe(100_000)).toThrow(expect.objectContaining({ code: 'full' }));
  scene.fault = () => undefined;
  scene.store.probe(100_000);
  expect(statSync(join(scene.directory, `${FILE_NAME}-wal`)).size).toBeGreaterThan(100_000);
  const next = new Scene(scene.image());
  for (const one of [scene, next]) {
    one.work();
    expect([one.rows('debris'), one.rows('piece'), one.rows('snapshot')]).toEqual([0, 0, 0]);
    expect(one.read('a')).toBe('1,');
  }
});

test('[LOG-26] a full disk does not keep anybody from reading or from the list', () => {
  const scene = new Scene();
  for (const name of ['a', 'b', 'c', 'd']) scene.write({ [name]: [name] });
  scene.store.list(10, 0);
  scene.write({ b: ['b'] });
  scene.write({ e: ['e'] });
  scene.fault = (sql) => (/^(insert|update|begin|commit)/.test(sql) ? SQLITE_FULL : undefined);
  const names = scene.store.list(10, 0).map(({ name }) => name);
  expect(names.join('')).toBe('ebdca');
  expect(scene.store.list(2, 1).map(({ name, sequence }) => `${name}${sequence}`)).toEqual(['b2', 'd1']);
  expect(scene.read('b')).toBe('bb');
});

test('[LOG-14] the list has the newest change first, whatever the wall clock does', () => {
  const scene = new Scene();
  const HOUR_MS = 3_600_000;
  for (const [name, jump] of [
    ['a', 0],
    ['b', -HOUR_MS],
    ['c', 2 * HOUR_MS],
    ['a', -HOUR_MS],
    ['d', -5 * HOUR_MS],
  ] as const) {
    scene.now += jump;
    scene.write({ [name]: ['x'] });
  }
  const next = new Scene(scene.image());
  for (const one of [scene, next])
    expect(
      one.store
        .list(10, 0)
        .map(({ name }) => name)
        .join(''),
    ).toBe('dacb');
  expect(next.write({ a: ['x'] })).toEqual([3]);
});

test('[LOG-20] an error of the disk is told from a full one, while writing and while tidying up', () => {
  const scene = new Scene();
  scene.write({ a: ['1,'] });
  scene.fault = (sql) => (sql === 'commit' || sql.startsWith('insert into record') ? SQLITE_IOERR_FSYNC : undefined);
  expect(() => scene.write({ a: ['2,'] })).toThrow(expect.objectContaining({ code: 'failed' }));
  expect(() => scene.write({ b: ['1,'] })).toThrow(expect.objectContaining({ code: 'failed' }));
  scene.fault = () => undefined;
  scene.replace('a', ['merged '], 1);
  scene.fault = (sql) => (sql === 'commit' ? SQLITE_IOERR_FSYNC : undefined);
  expect(() => scene.work()).toThrow(expect.objectContaining({ code: 'failed' }));
});

test('[LOG-12] what cannot be tidied up because it is damaged takes room and does no other harm', () => {
  const scene = new Scene();
  scene.write({ a: ['1,'], b: ['1,'] });
  scene.replace('a', ['merged '], 1);
  scene.fault = (sql) => (sql.startsWith('delete from record') ? SQLITE_CORRUPT : undefined);
  scene.work();
  expect([scene.read('a'), scene.read('b')]).toEqual(['merged ', '1,']);
});

test('[LOG-12] a record that is missing, or in the wrong place, is noticed', () => {
  const scene = new Scene();
  for (let i = 1; i <= 4; i++) scene.write({ a: [`${i},`], b: [`${i},`], c: [`${i},`] });
  scene.database.exec('delete from record where document = 1 and sequence = 2');
  scene.database.exec(
    'update record set updates = (select updates from record where document = 2 and sequence = 1) where document = 2 and sequence = 3',
  );
  expect(() => scene.read('a')).toThrow(expect.objectContaining({ code: 'damaged' }));
  expect(() => scene.read('b')).toThrow(expect.objectContaining({ code: 'damaged' }));
  expect(scene.read('c')).toBe('1,2,3,4,');
});

test('[LOG-11] what is being read is not deleted before it is read', () => {
  const scene = new Scene();
  for (let i = 1; i <= 600; i++) scene.write({ a: [`${i},`] });
  const start = scene.store.read('a'); // the newest records; the older ones come in further steps
  expect(start.load).toBeGreaterThan(0);
  scene.replace('a', ['merged '], 600);
  scene.work();
  expect(scene.rows('record')).toBe(600);
  const tail = [...start.tail];
  for (let load = start.load; load !== 0; ) {
    const step = scene.store.readOn(load);
    tail.push(...step.tail);
    load = step.load;
  }
  const updates: Uint8Array[] = [];
  for (const stretch of tail.reverse()) decodeRecords(stretch, updates);
  expect(Buffer.concat(updates).toString()).toBe(numbers(1, 600));
  scene.work();
  expect(scene.rows('record')).toBe(0);
  expect(scene.read('a')).toBe('merged ');
});

test('[LOG-14] the list is right after a crash, however many documents were open', () => {
  const scene = new Scene();
  const names = Array.from({ length: 1_300 }, (_, i) => `document ${i}`);
  scene.write(Object.fromEntries(names.map((name) => [name, ['x']])));
  scene.write({ 'document 7': ['y'] });
  scene.work(); // writes some of the rows
  scene.write({ 'document 9': ['y'] });
  const next = new Scene(scene.image());
  const list = next.store.list(2_000, 0);
  expect(list.slice(0, 4).map(({ name }) => name)).toEqual([
    'document 9',
    'document 7',
    'document 1299',
    'document 1298',
  ]);
  expect(list).toEqual(scene.store.list(2_000, 0));
  expect(next.write({ 'document 9': ['z'], 'document 8': ['z'] })).toEqual([3, 2]);
});

test('[LOG-3] documents that are forgotten in memory are numbered on', () => {
  const scene = new Scene();
  const names = Array.from({ length: 4_100 }, (_, i) => `document ${i}`);
  for (let round = 1; round <= 2; round++) {
    for (let from = 0; from < names.length; from += 1_025) {
      const batch = Object.fromEntries(names.slice(from, from + 1_025).map((name) => [name, ['x']]));
      expect(new Set(scene.write(batch))).toEqual(new Set([round]));
      scene.work();
    }
  }
  expect(scene.read('document 10')).toBe('xx');
}, 30_000); // ms: 8,200 rows on a machine with other things to do

test('[LOG-3] a document is not forgotten in memory by the batch that writes to it', () => {
  const scene = new Scene();
  const names = Array.from({ length: 4_000 }, (_, i) => `document ${i}`);
  scene.write(Object.fromEntries(names.map((name) => [name, ['x']])));
  scene.store.list(1, 0); // their rows are written: they may be forgotten
  scene.write({ another: ['x'] });
  scene.store.list(1, 0);
  expect(scene.write({ 'one more': ['x'], 'document 1': ['y'] })).toEqual([1, 2]);
  expect(scene.write({ 'document 0': ['y'], 'document 2': ['y'] })).toEqual([2, 2]);
  expect(scene.write({ 'document 1': ['z'], 'document 2': ['z'] })).toEqual([3, 3]);
  expect(scene.read('document 1')).toBe('xyz');
  expect(new Scene(scene.image()).read('document 2')).toBe('xyz');
});

test('[LOG-3] any number of documents may be written to before the first of their rows is', () => {
  const scene = new Scene();
  const write = (round: number) => {
    for (let i = 0; i < 6_000; i++) expect(scene.write({ [`document ${i}`]: ['x'] })).toEqual([round]);
  };
  write(1);
  write(2);
  scene.store.list(1, 0); // writes them all
  write(3);
}, 30_000); // ms: 18,000 batches on a machine with other things to do

test('[LOG-21] the write-ahead log is copied into the database before it grows long', () => {
  const scene = new Scene();
  for (let i = 0; i < 600; i++) {
    scene.write({ a: ['x'.repeat(10_000)] }); // four pages
    scene.work();
  }
  expect(statSync(join(scene.directory, `${FILE_NAME}-wal`)).size).toBeLessThan(2_000_000);
});

const UPLOAD = { hash: 'ab'.repeat(32), type: 'image/png', bytes: 10, width: 1, height: 1 } as const;
const BOUNDS = { count: 10, bytes: 100 };

test('[UPLOAD-14] a full disk refuses a use whole, and takes it later', () => {
  const scene = new Scene();
  const { uploads } = scene.store;
  scene.write({ plans: ['a'] });
  scene.fault = (sql) => (sql.includes('insert into upload_use values') ? SQLITE_FULL : undefined);
  expect(() => uploads.addUpload('plans', UPLOAD, BOUNDS, 1)).toThrow(expect.objectContaining({ code: 'full' }));
  expect([uploads.findUpload(UPLOAD.hash), uploads.countUploads('plans').count]).toEqual([undefined, 0]);
  scene.fault = () => undefined;
  expect(uploads.addUpload('plans', UPLOAD, BOUNDS, 1)).toBe('added');
});

test('[UPLOAD-16] a bad page among the uploads is said of them, and concerns no document', () => {
  const scene = new Scene();
  const { uploads } = scene.store;
  scene.write({ plans: ['a'] });
  scene.fault = (sql) => (sql.includes('upload') ? SQLITE_CORRUPT : undefined);
  for (const ask of [
    () => uploads.addUpload('plans', UPLOAD, BOUNDS, 1),
    () => uploads.noteMentions({ name: 'plans', head: 1 }, [UPLOAD.hash], 1),
    () => uploads.unusedUploads(1, 1),
    () => uploads.forgetUpload(UPLOAD.hash),
  ])
    expect(ask).toThrow(expect.objectContaining({ code: 'damaged' }));
  scene.write({ plans: ['b'] });
  expect(scene.read('plans')).toBe('ab');
});

test('[UPLOAD-10] what is written after all that was newer is deleted, and the server started anew, is looked through', () => {
  const scene = new Scene();
  scene.write({ notes: ['a'] });
  for (let i = 0; i < 9; i++) scene.write({ plans: ['a'] });
  scene.store.uploads.addUpload('notes', UPLOAD, BOUNDS, 1);
  scene.replace('notes', ['a'], 1); // writes the rows, without any word of how far the log is
  scene.replace('plans', ['a'], 9);
  for (const changed of scene.store.uploads.changedDocuments(10)) scene.store.uploads.noteMentions(changed, [], 2);
  scene.store.delete('plans');
  scene.work();
  const next = new Scene(scene.image());
  next.write({ notes: ['b'] });
  expect(next.store.uploads.changedDocuments(10)).toMatchObject([{ name: 'notes' }]);
});

test('[UPLOAD-11] a document that has changed since it was looked through keeps what it did not mention then', () => {
  const scene = new Scene();
  const { uploads } = scene.store;
  scene.write({ plans: ['a'], notes: ['a'] });
  const other = { ...UPLOAD, hash: 'cd'.repeat(32) };
  uploads.addUpload('plans', UPLOAD, BOUNDS, 1);
  uploads.addUpload('notes', other, BOUNDS, 1);
  for (const changed of uploads.changedDocuments(10)) uploads.noteMentions(changed, [], 2);
  scene.write({ plans: ['an undo, which shows it again'] });
  expect(uploads.unusedUploads(100, 10)).toEqual([other.hash]);
  for (const changed of uploads.changedDocuments(10)) uploads.noteMentions(changed, [], 2);
  expect(uploads.unusedUploads(100, 10).sort()).toEqual([UPLOAD.hash, other.hash]);
});

test('[UPLOAD-10] after a document was taken back to an earlier state all are looked through anew', () => {
  const scene = new Scene();
  const { uploads } = scene.store;
  scene.write({ plans: ['a'] });
  uploads.addUpload('plans', UPLOAD, BOUNDS, 1);
  scene.write({ plans: ['b'] });
  for (const changed of uploads.changedDocuments(10)) uploads.noteMentions(changed, [], 2);
  expect(uploads.changedDocuments(10)).toEqual([]);
  const salvaged = scene.store.salvage('plans');
  if (!salvaged) throw new Error('nothing there');
  scene.store.rewind('plans', salvaged, { snapshot: false, records: 1, rest: [] });
  expect(uploads.changedDocuments(10)).toMatchObject([{ name: 'plans' }]);
});
