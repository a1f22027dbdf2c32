import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'libsql';
import { STORE_BOUNDS, type StoreBounds } from '../../server/log/bounds.ts';
import { documentOf, type LoadStep } from '../../server/log/loads.ts';
import type { StoredDocument } from '../../server/log/log.ts';
import { encodeBatch } from '../../server/log/record.ts';
import { FILE_NAME, openDatabase } from '../../server/log/schema.ts';
import { Store } from '../../server/log/store.ts';

// A store on real files whose statements can be made to throw, and whose files can be copied as a crash would leave them.
// Invariant: `closeScenes` leaves neither a database open nor a directory.

/** What SQLite throws instead of running the statements that `fault` picks. */
export type Fault = (sql: string) => { rawCode: number } | undefined;

export const SQLITE_FULL = { rawCode: 13 };

const scenes = new Set<Scene>();
const directories = new Set<string>();

export function closeScenes(): void {
  for (const scene of scenes) scene.close();
  for (const directory of directories) rmSync(directory, { recursive: true });
  directories.clear();
}

export interface SceneOptions {
  readonly bounds?: StoreBounds;
  readonly fault?: Fault;
}

export class Scene {
  readonly directory: string;
  readonly database: Database.Database;
  readonly store: Store;
  fault: Fault;

  /** The wall clock. */
  now = 1_700_000_000_000;

  constructor(directory = newDirectory(), { bounds = STORE_BOUNDS, fault = () => undefined }: SceneOptions = {}) {
    this.directory = directory;
    this.fault = fault;
    this.database = openDatabase(directory);
    scenes.add(this);
    this.database.exec('pragma synchronous = off'); // these crashes are copies of files: syncing would only take time
    this.store = new Store(this.#faulty(), () => this.now, bounds);
  }

  #faulty(): Database.Database {
    const { database } = this;
    const check = (sql: string) => {
      const error = this.fault(sql);
      if (error) throw Object.assign(new Error('injected'), error);
    };
    const prepare = (sql: string) => {
      const statement = database.prepare(sql);
      const run = statement.run.bind(statement);
      const get = statement.get.bind(statement);
      statement.run = (...values) => {
        check(sql);
        return run(...values);
      };
      statement.get = (...values) => {
        check(sql);
        return get(...values);
      };
      return statement;
    };
    const exec = (sql: string) => {
      check(sql);
      return database.exec(sql);
    };
    return new Proxy(database, {
      get(target, key) {
        if (key === 'prepare') return prepare;
        if (key === 'exec') return exec;
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** One batch; each text is an update of the document. Returns the sequence numbers. */
  write(batch: Record<string, string[]>): number[] {
    const drafts = Object.entries(batch).map(([document, texts]) => ({ document, updates: texts.map(bytes) }));
    return this.store.append(encodeBatch(drafts));
  }

  load(document: string): StoredDocument {
    const start = this.store.read(document);
    const later: LoadStep[] = [];
    for (let { load } = start as LoadStep; load !== 0; ) {
      const step = this.store.readOn(load);
      later.push(step);
      load = step.load;
    }
    return documentOf(start, later);
  }

  /** The document's text, in one piece. */
  read(document: string): string {
    return textOf(this.load(document));
  }

  /** Replaces the first `upTo` records by as many pieces as there are texts. */
  replace(document: string, texts: string[], upTo: number): boolean {
    const replacement = this.store.beginReplace(document, upTo);
    for (const text of texts) this.store.writePiece(replacement, bytes(text));
    return this.store.replace(replacement, HEAD);
  }

  work(): void {
    while (this.store.workWaits) this.store.work();
  }

  /** What a crash at this moment leaves on the disk. */
  image(): string {
    const directory = newDirectory();
    for (const name of [FILE_NAME, `${FILE_NAME}-wal`]) {
      const file = join(this.directory, name);
      if (existsSync(file)) copyFileSync(file, join(directory, name));
    }
    return directory;
  }

  /** Leaves nothing of it. */
  close(): void {
    this.database.close();
    scenes.delete(this);
    directories.delete(this.directory);
    rmSync(this.directory, { recursive: true, force: true });
  }

  rows(table: string): number {
    const [count] = this.database.prepare(`select count(*) from ${table}`).raw().get([]) as [number];
    return count;
  }
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'inkroom-store-'));
  directories.add(directory);
  return directory;
}

export const HEAD = { stateVector: bytes('vector'), deletions: bytes('deletions') };

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

export function textOf({ snapshot, updates }: StoredDocument): string {
  return Buffer.concat([...snapshot, ...updates]).toString();
}
