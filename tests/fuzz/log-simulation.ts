import { strict as assert } from 'node:assert';
import type { StoreBounds } from '../../server/log/bounds.ts';
import { documentOf, type LoadStart, type LoadStep } from '../../server/log/loads.ts';
import { LogError } from '../../server/log/log.ts';
import { Random } from '../support/random.ts';
import { bytes, Scene, SQLITE_FULL, textOf as textOfStored } from '../support/store-scene.ts';
import { LogModel, type ModelDocument, textOf } from './log-model.ts';

// One run of a store against a model of it: random calls in random order, reads and replacements in steps with others in between, a
// disk that is full at any statement, and a crash at any statement, after which what it left is opened and goes on.
// Invariant: a call that throws has changed nothing, one that returns has done all; every answer is the model's.

/** So small that every run comes to all of them. */
const BOUNDS: StoreBounds = {
  cachedDocuments: 3,
  documentsPerStep: 2,
  rowsPerInsert: 3,
  checkpointPages: 12,
  bytesPerRead: 24,
  recordsPerRead: 2,
  recordsPerSweep: 2,
  piecesPerSweep: 2,
};
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'with\0nothing', 'ü', '𝄞', ''];
const HASHES = ['1', '2', '3'].map((digit) => digit.repeat(64));
const ROOMY = { count: 100, bytes: 1_000_000 };
const STEPS = 80;

interface Reading {
  readonly name: string;
  readonly start: LoadStart;
  readonly later: LoadStep[];
  readonly expected: ReturnType<LogModel['stored']>;
}

interface Replacing {
  readonly handle: number;
  readonly document: ModelDocument;
  readonly upTo: number;
  readonly pieces: string[];
}

/** What is thrown where the power is cut. */
class Crash extends Error {
  readonly image: string;

  constructor(image: string) {
    super('crash');
    this.image = image;
  }
}

export class LogSimulation {
  readonly steps: string[] = [];
  readonly #random: Random;
  /** Few documents get long, many are forgotten in memory. */
  readonly #names: readonly string[];
  readonly #model = new LogModel();
  /** Of so many calls two meet with trouble. */
  readonly #quiet: number;
  #scene = new Scene(undefined, { bounds: BOUNDS });
  #readings: Reading[] = [];
  #replacings: Replacing[] = [];
  #texts = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#quiet = this.#random.pick([10, 25, 100]);
    this.#names = NAMES.slice(-this.#random.between(2, NAMES.length));
  }

  /** Throws what is wrong. */
  run(): void {
    for (let i = 0; i < STEPS; i++) this.#step();
    this.#end();
  }

  #step(): void {
    const action = this.#random.pick(this.#actions);
    this.steps.push(action.name);
    const trouble = this.#random.between(1, this.#quiet);
    if (trouble <= 2) this.#troubled(action, trouble === 1 ? 'full' : 'crash');
    else action.call(this);
  }

  /** From some statement of it on the disk is full, or at it the power is cut. */
  #troubled(action: () => void, trouble: 'full' | 'crash'): void {
    let statements = this.#random.between(0, 6);
    const rollsBack = this.#random.between(0, 1) === 1;
    const scene = this.#scene;
    this.steps.push(`  ${trouble} after ${statements} statements`);
    scene.fault = (sql) => {
      if (!/^\s*(insert|update|delete|begin|commit|pragma wal)/.test(sql) || statements-- > 0) return undefined;
      if (trouble === 'crash') throw new Crash(scene.image());
      if (rollsBack && scene.database.inTransaction) scene.database.exec('rollback'); // SQLite does, for some errors
      return SQLITE_FULL;
    };
    try {
      action.call(this);
    } catch (error) {
      const cause = error instanceof LogError ? error.cause : error;
      if (cause instanceof Crash) this.#startFrom(cause.image);
      else if (!(error instanceof LogError) || error.code !== 'full') throw error;
    } finally {
      scene.fault = () => undefined;
    }
  }

  #startFrom(directory: string): void {
    const isFull = this.#random.between(1, 3) === 1;
    this.steps.push(isFull ? '  started on a full disk' : '  started');
    const fault = (sql: string) => (/^\s*(insert|update|delete|begin)/.test(sql) ? SQLITE_FULL : undefined);
    this.#scene.close();
    this.#scene = new Scene(directory, isFull ? { bounds: BOUNDS, fault } : { bounds: BOUNDS });
    this.#readings = [];
    this.#replacings = [];
    if (isFull) this.#checkLists();
    this.#scene.fault = () => undefined;
    for (const name of NAMES) if (this.#random.between(0, 1) === 1) this.#checkDocument(name);
    if (this.#random.between(0, 1) === 1) this.#checkLists();
  }

  /** All is finished, and nothing is left of what is not needed. */
  #end(): void {
    this.#crash();
    this.#checkLists();
    for (const name of NAMES) this.#checkDocument(name);
    this.#scene.work();
    const documents = [...this.#model.documents.values()];
    const unmerged = documents.map(({ records, merged }) => records.length - merged);
    const merged = documents.filter((document) => document.merged > 0);
    const rows = Object.fromEntries(
      ['document', 'record', 'snapshot', 'debris'].map((table) => [table, this.#scene.rows(table)]),
    );
    const record = unmerged.reduce((a, b) => a + b, 0);
    assert.deepEqual(rows, { document: documents.length, record, snapshot: merged.length, debris: 0 }, 'rows');
    for (const name of NAMES) this.#checkDocument(name);
    this.#scene.close();
  }

  readonly #actions: readonly (() => void)[] = [
    this.#append,
    this.#append,
    this.#append,
    this.#append,
    this.#read,
    this.#readOn,
    this.#readOn,
    this.#beginReplace,
    this.#beginReplace,
    this.#writePiece,
    this.#writePiece,
    this.#replace,
    this.#delete,
    this.#checkLists,
    this.#checkInfo,
    this.#addUpload,
    this.#lookThrough,
    this.#collect,
    this.#work,
    this.#work,
    this.#probe,
    this.#reopen,
  ];

  #append(): void {
    this.#scene.now += this.#random.between(-50, 100);
    const batch: Record<string, string[]> = {};
    for (let left = this.#random.between(1, 7); left > 0; left--) {
      const texts = Array.from({ length: this.#random.between(1, 3) }, () => `${++this.#texts},`);
      batch[this.#random.pick(this.#names)] = texts;
    }
    this.steps.push(`  ${JSON.stringify(batch)}`);
    const sequences = this.#scene.write(batch);
    assert.deepEqual(sequences, this.#model.append(batch, this.#scene.now), 'sequence numbers');
  }

  #read(): void {
    const name = this.#random.pick(this.#names);
    this.steps.push(`  ${JSON.stringify(name)}`);
    const start = this.#scene.store.read(name);
    const reading = { name, start, later: [], expected: this.#model.stored(name) };
    if (start.load === 0) this.#check(reading);
    else this.#readings.push(reading);
  }

  #readOn(): void {
    const reading = this.#readings.length > 0 && this.#random.pick(this.#readings);
    if (!reading) return;
    const step = this.#scene.store.readOn(reading.later.at(-1)?.load ?? reading.start.load);
    reading.later.push(step);
    if (step.load !== 0) return;
    this.#readings = this.#readings.filter((one) => one !== reading);
    this.#check(reading);
  }

  #beginReplace(): void {
    const name = this.#random.pick(this.#names);
    const document = this.#model.documents.get(name);
    const upTo = this.#random.between(0, (document?.records.length ?? 0) + 1);
    this.steps.push(`  ${JSON.stringify(name)} up to ${upTo}`);
    const handle = this.#scene.store.beginReplace(name, upTo);
    assert.equal(handle > 0, this.#model.replaceable(document, upTo), 'a replacement begins');
    if (!this.#model.replaceable(document, upTo)) return;
    const pieces = textOf(document.records.slice(0, upTo)).match(/.{1,10}/g) ?? [];
    this.#replacings.push({ handle, document, upTo, pieces });
  }

  #writePiece(): void {
    const replacing = this.#replacings.length > 0 && this.#random.pick(this.#replacings);
    const piece = replacing ? replacing.pieces[0] : undefined;
    if (!replacing || piece === undefined) return;
    this.#orGivenUp(replacing, () => this.#scene.store.writePiece(replacing.handle, bytes(piece)));
    replacing.pieces.shift();
  }

  #replace(): void {
    const replacing = this.#replacings.length > 0 && this.#random.pick(this.#replacings);
    if (!replacing) return;
    const { document, upTo, handle, pieces } = replacing;
    const vector = `vector ${handle} ${upTo}`;
    const replaced = this.#orGivenUp(replacing, () => {
      while (pieces.length > 0) this.#scene.store.writePiece(handle, bytes(pieces.shift() as string));
      return this.#scene.store.replace(handle, { stateVector: bytes(vector), deletions: bytes('deletions') });
    });
    this.steps.push(`  ${JSON.stringify(document.name)} up to ${upTo}: ${replaced}`);
    const isThere = this.#model.documents.get(document.name) === document;
    assert.equal(replaced, isThere && this.#model.replaceable(document, upTo), 'replaced');
    this.#replacings = this.#replacings.filter((one) => one !== replacing);
    if (replaced) Object.assign(document, { merged: upTo, vector });
  }

  #orGivenUp<T>(replacing: Replacing, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#replacings = this.#replacings.filter((one) => one !== replacing);
      throw error;
    }
  }

  #delete(): void {
    const name = this.#random.pick(this.#names);
    this.steps.push(`  ${JSON.stringify(name)}`);
    this.#scene.store.delete(name);
    this.#model.documents.delete(name);
  }

  #checkDocument(name: string): void {
    const start = this.#scene.store.read(name);
    const reading = { name, start, later: [] as LoadStep[], expected: this.#model.stored(name) };
    for (let { load } = start as LoadStep; load !== 0; ) {
      const step = this.#scene.store.readOn(load);
      reading.later.push(step);
      load = step.load;
    }
    this.#check(reading);
  }

  #check({ name, start, later, expected }: Reading): void {
    const stored = documentOf(start, later);
    const vector = start.snapshot ? Buffer.from(stored.stateVector).toString() : '';
    const found = { text: textOfStored(stored), sequence: stored.sequence, vector, updates: stored.updates.length };
    assert.deepEqual(found, expected, `document ${JSON.stringify(name)}`);
  }

  #checkInfo(): void {
    const name = this.#random.pick(this.#names);
    const expected = this.#model.list().find((info) => info.name === name);
    assert.deepEqual(this.#scene.store.info(name), expected, 'info');
  }

  #checkLists(): void {
    const { store } = this.#scene;
    const [offset, limit] = [this.#random.between(0, 3), this.#random.between(1, 12)];
    assert.deepEqual(store.list(limit, offset), this.#model.list().slice(offset, offset + limit), 'list');
    const scanned = [];
    let cursor = 0;
    do {
      const page = store.scan(cursor, this.#random.between(1, 4));
      scanned.push(...page.documents);
      cursor = page.cursor;
    } while (cursor !== 0);
    assert.deepEqual(scanned, this.#model.scan(), 'scan');
  }

  #addUpload(): void {
    const [name, hash] = [this.#random.pick(this.#names), this.#random.pick(HASHES)];
    const { store, now } = this.#scene;
    if (this.#model.uploads.size === 0) store.list(1, 0); // what is skipped with the first upload is taken from the rows
    const upload = { hash, type: 'image/png', bytes: 10, width: 1, height: 1 } as const;
    const outcome = store.uploads.addUpload(name, upload, ROOMY, now);
    assert.equal(outcome, this.#model.addUpload(name, hash, now), 'an upload');
  }

  #lookThrough(): void {
    const { now } = this.#scene;
    const { uploads } = this.#scene.store;
    const limit = this.#random.between(1, 5);
    const changed = uploads.changedDocuments(limit);
    this.#model.checkChanged(
      changed.map(({ name }) => name),
      limit,
    );
    for (const one of changed.slice(0, this.#random.between(0, limit))) {
      const hashes = HASHES.filter(() => this.#random.between(0, 1) === 1);
      const mentioned = this.#random.between(1, 5) === 1 ? undefined : hashes;
      uploads.noteMentions(one, mentioned, now);
      this.#model.noteMentions(one.name, mentioned, now);
    }
  }

  #collect(): void {
    const { uploads } = this.#scene.store;
    const before = this.#scene.now - this.#random.between(0, 200);
    const unused = uploads.unusedUploads(before, HASHES.length);
    this.#model.endUses(before);
    assert.deepEqual(unused.sort(), this.#model.unused(), 'unused uploads');
    for (const hash of unused) {
      uploads.forgetUpload(hash);
      this.#model.uploads.delete(hash);
    }
    for (const { hash, uses } of uploads.listUploads('', HASHES.length)) {
      const found = uses.map(({ document, absent }) => `${document} ${absent}`);
      assert.deepEqual(found.sort(), this.#model.usesOf(hash), `uses of ${hash}`);
    }
  }

  #work(): void {
    for (let left = this.#random.between(1, 6); left > 0 && this.#scene.store.workWaits; left--)
      this.#scene.store.work();
  }

  #probe(): void {
    this.#scene.store.probe(this.#random.between(1, 20_000));
  }

  #reopen(): void {
    if (this.#random.between(1, this.#quiet) > 5) return;
    try {
      this.#scene.store.close();
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'full') throw error;
    }
    this.#startFrom(this.#scene.image());
  }

  #crash(): void {
    this.#startFrom(this.#scene.image());
  }
}
