// Where unsent edits are kept until the server has them on disk: IndexedDB, so that a closed tab loses nothing.
// Invariant: once the storage is open, an edit is handed to it before `put` returns, and stays until it is removed; what the storage
// would not take stays in memory, and `durable` says so.

/** One local edit. Named by (document, session, number): a session is one opening of the document in one tab. */
export interface KeptEdit {
  readonly document: string;
  readonly session: string;
  /** Counts up within a session. */
  readonly number: number;
  /** Yjs V1. */
  readonly update: Uint8Array;
  /** Made before the server's content was ever seen: it needs none of it. */
  readonly fromScratch: boolean;
}

/** Owned by whoever opened it. No method throws; `close()` may be called twice, and loses what was only in memory. */
export interface OfflineStore {
  /** Whether all that was put outlives the page. False also while the storage is being opened. */
  readonly durable: boolean;
  put(edit: KeptEdit): void;
  /** What is kept of a document, by sessions, each in the order in which it was put. Waits for earlier puts. */
  load(document: string): Promise<KeptEdit[]>;
  /** Forgets the edits of one session up to and including number `upTo`. */
  remove(document: string, session: string, upTo: number): void;
  /** Calls `listener` when `durable` may have changed. Returns what ends that. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

/**
 * A store in the browser's IndexedDB. Edits are kept by document name alone: give each server, and each person who shares a browser,
 * a database of its own. Where there is no IndexedDB (Node, some private windows), or no room in it, edits are kept in memory.
 */
export function openIndexedDbStore(databaseName = 'inkroom'): OfflineStore {
  return new IndexedDbStore(databaseName);
}

const EDITS = 'edits';
const VERSION = 1;

type Opened =
  /** `tasks`: what is done first, in order, when it opens. */
  | { readonly state: 'opening'; readonly tasks: ((database: IDBDatabase | undefined) => void)[] }
  | { readonly state: 'open'; readonly database: IDBDatabase }
  | { readonly state: 'unavailable' };

class IndexedDbStore implements OfflineStore {
  readonly #listeners = new Set<() => void>();
  #opened: Opened = { state: 'opening', tasks: [] };
  /** What the database would not take. */
  #memory: KeptEdit[] = [];
  /** With how many in memory these are offered to the database again: twice as many as it did not take the last time. */
  #offerAt = 1;
  /** Edits of transactions that have neither completed nor been rolled back. */
  readonly #underWay = new Set<KeptEdit[]>();
  /** The transaction of this turn of the event loop. */
  #turn: { readonly store: IDBObjectStore; readonly edits: KeptEdit[] } | undefined;

  constructor(databaseName: string) {
    openDatabase(databaseName, (database) => this.#settle(database));
  }

  get durable(): boolean {
    return this.#opened.state === 'open' && this.#memory.length === 0;
  }

  put(edit: KeptEdit): void {
    this.#withDatabase((database) => {
      try {
        if (!database) throw new Error('there is no database');
        this.#turn ??= this.#beginTurn(database);
        this.#turn.store.put(edit);
        this.#turn.edits.push(edit);
      } catch {
        this.#remember([edit]); // closed by the browser, or full: `durable` tells
      }
    });
  }

  load(document: string): Promise<KeptEdit[]> {
    return new Promise((resolve) => {
      this.#withDatabase((database) => {
        const finish = (stored: KeptEdit[]) => {
          resolve([...stored, ...this.#memory.filter((edit) => edit.document === document)]);
        };
        try {
          if (!database) return finish([]);
          const request = database.transaction(EDITS).objectStore(EDITS).getAll(keysOf(document));
          request.onsuccess = () => finish(request.result as KeptEdit[]);
          request.onerror = () => finish([]);
        } catch {
          finish([]); // closed by the browser: what it holds is read by the next tab
        }
      });
    });
  }

  remove(document: string, session: string, upTo: number): void {
    this.#withDatabase((database) => {
      const isGone = (edit: KeptEdit) => edit.document === document && edit.session === session && edit.number <= upTo;
      for (const edits of this.#underWay) edits.splice(0, edits.length, ...edits.filter((edit) => !isGone(edit)));
      if (this.#memory.some(isGone)) {
        this.#memory = this.#memory.filter((edit) => !isGone(edit));
        this.#changed();
      }
      try {
        const keys = IDBKeyRange.bound([document, session, 0], [document, session, upTo]);
        database?.transaction(EDITS, 'readwrite', { durability: 'relaxed' }).objectStore(EDITS).delete(keys);
      } catch {
        // What stays is applied and sent once more by the next tab, and changes nothing.
      }
    });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    const { state } = this.#opened;
    if (state === 'open') this.#opened.database.close(); // after the transactions that have begun
    if (state === 'opening') this.#opened.tasks.push((database) => database?.close());
    else this.#opened = { state: 'unavailable' };
    this.#listeners.clear();
  }

  #settle(database: IDBDatabase | undefined): void {
    const waiting = this.#opened.state === 'opening' ? this.#opened.tasks : [];
    this.#opened = database ? { state: 'open', database } : { state: 'unavailable' };
    if (database) {
      const end = () => {
        this.#opened = { state: 'unavailable' };
        this.#changed();
      };
      database.onclose = end; // site data was cleared
      database.onversionchange = () => {
        database.close(); // a newer version of the application, or a deletion, waits for us
        end();
      };
    }
    for (const task of waiting) task(database);
    this.#changed();
  }

  #withDatabase(task: (database: IDBDatabase | undefined) => void): void {
    switch (this.#opened.state) {
      case 'opening':
        this.#opened.tasks.push(task);
        break;
      case 'open':
        task(this.#opened.database);
        break;
      case 'unavailable':
        task(undefined);
        break;
      default:
        this.#opened satisfies never;
    }
  }

  /** Edits of one turn share a transaction. Relaxed durability: an edit survives the tab and the browser, not a power cut. */
  #beginTurn(database: IDBDatabase): { store: IDBObjectStore; edits: KeptEdit[] } {
    const transaction = database.transaction(EDITS, 'readwrite', { durability: 'relaxed' });
    const store = transaction.objectStore(EDITS);
    const edits: KeptEdit[] = [];
    this.#underWay.add(edits);
    const again = this.#memory.length >= this.#offerAt ? this.#memory : [];
    for (const edit of again) store.put(edit); // first: without it, what builds on it is worth nothing to the next tab
    transaction.oncomplete = () => {
      this.#underWay.delete(edits);
      if (again.length === 0) return;
      this.#offerAt = 1;
      this.#memory = this.#memory.filter((edit) => !again.includes(edit));
      this.#changed();
    };
    transaction.onabort = () => {
      this.#underWay.delete(edits);
      this.#remember(edits);
      this.#offerAt = Math.max(this.#offerAt, 2 * again.length);
    };
    queueMicrotask(() => {
      this.#turn = undefined;
      try {
        transaction.commit(); // without it, a transaction whose tab dies is rolled back
      } catch {
        // Aborted already, which `onabort` hears of; or an old browser, which commits by itself a little later.
      }
    });
    return { store, edits };
  }

  #remember(edits: readonly KeptEdit[]): void {
    if (edits.length === 0) return;
    this.#memory = [...this.#memory, ...edits];
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** All keys of a document: a key is an array, and arrays sort after strings. */
function keysOf(document: string): IDBKeyRange {
  return IDBKeyRange.bound([document], [document, []]);
}

/** Calls `then` once, with undefined when there is no database to be had. */
function openDatabase(name: string, then: (database: IDBDatabase | undefined) => void): void {
  try {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(EDITS, { keyPath: ['document', 'session', 'number'] });
    };
    request.onsuccess = () => then(request.result);
    request.onerror = () => then(undefined);
  } catch {
    queueMicrotask(() => then(undefined)); // no IndexedDB here, or forbidden
  }
}
