// Documents kept on this device, so that they open without a network: IndexedDB, apart from the unsent edits (offline.ts).
// Invariant: what `load` returns is what was put, byte for byte, or nothing; it is a copy that the server has or gets, so losing it loses nothing.

export interface KeptDocument {
  readonly name: string;
  readonly title: string;
  /** '' when it is not known: a copy of before there were kinds. */
  readonly kind: string;
  /** Milliseconds since the epoch: when it was last open here. */
  readonly usedAt: number;
}

/** Owned by whoever opened it. No method throws or rejects; `close()` may be called twice. */
export interface DeviceStore {
  /** The document as one V1 update, or undefined when it is not kept, or was damaged: then it is dropped. */
  load(name: string): Promise<Uint8Array | undefined>;
  /** Takes the place of what was kept. Who was opened least recently makes room. */
  put(document: KeptDocument, update: Uint8Array): void;
  /** It was opened, and is what was put: only that is written. Nothing, where it is not kept. */
  touch(document: KeptDocument): void;
  remove(name: string): void;
  /** Last opened first. */
  list(): Promise<KeptDocument[]>;
  close(): void;
}

/** One for each server, and each person who shares a browser. Where there is no IndexedDB nothing is kept. */
export function openDeviceStore(serverUrl: string): DeviceStore {
  return new IndexedDbDevice(`inkroom documents ${serverUrl.replace(/[?#].*$/, '')}`);
}

/** Bytes of all documents together: some hundred long ones, a small part of what browsers allow a site. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Bytes of one: beyond, writing it would be felt. */
const MOST_BYTES_EACH = 16 * 1024 * 1024;

const STATES = 'states';
const INDEX = 'index';

interface State {
  readonly name: string;
  readonly update: Uint8Array;
  readonly checksum: number;
}

/** Apart from the states, so that counting bytes reads none. */
interface Entry extends KeptDocument {
  readonly bytes: number;
}

class IndexedDbDevice implements DeviceStore {
  readonly #database: Promise<IDBDatabase | undefined>;
  /** The same, once it is there: what is written as a tab goes away must be handed over before its last turn ends. */
  #open: IDBDatabase | undefined;

  constructor(databaseName: string) {
    this.#database = openDatabase(databaseName);
    void this.#database.then((database) => {
      this.#open = database;
    });
  }

  async load(name: string): Promise<Uint8Array | undefined> {
    const state = (await this.#read(STATES, (store) => store.get(name))) as State | undefined;
    if (!state) return undefined;
    if (state.update instanceof Uint8Array && checksumOf(state.update) === state.checksum) return state.update;
    this.remove(name);
    return undefined;
  }

  put(document: KeptDocument, update: Uint8Array): void {
    if (update.length > MOST_BYTES_EACH) {
      this.remove(document.name);
      return;
    }
    void this.#write((states, index) => {
      states.put({ name: document.name, update, checksum: checksumOf(update) } satisfies State);
      index.put({ ...document, bytes: update.length } satisfies Entry);
      states.transaction.commit?.(); // without it, a transaction whose tab dies is rolled back
    }).then((written) => {
      // No room on the device: half of the rest makes some, for the next time.
      const most = written ? MOST_BYTES : MOST_BYTES / 2;
      void this.#write((states, index) => makeRoom(states, index, most));
    });
  }

  touch(document: KeptDocument): void {
    void this.#write((_, index) => {
      const found = index.get(document.name);
      found.onsuccess = () => {
        if (found.result) index.put({ ...(found.result as Entry), ...document });
      };
    });
  }

  remove(name: string): void {
    void this.#write((states, index) => {
      states.delete(name);
      index.delete(name);
    });
  }

  async list(): Promise<KeptDocument[]> {
    const entries = ((await this.#read(INDEX, (store) => store.getAll())) ?? []) as (Entry & { kind?: string })[];
    const documents = entries.map(({ name, title, kind = '', usedAt }) => ({ name, title, kind, usedAt }));
    return documents.sort((a, b) => b.usedAt - a.usedAt);
  }

  close(): void {
    void this.#database.then((database) => database?.close()); // after the transactions that have begun
  }

  async #read(store: string, request: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
    const database = await this.#database;
    return new Promise((resolve) => {
      try {
        if (!database) throw new Error('there is no database');
        const asked = request(database.transaction(store).objectStore(store));
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => resolve(undefined);
      } catch {
        resolve(undefined); // closed by the browser, or there never was one: nothing is kept
      }
    });
  }

  /** Resolves whether it was written. */
  async #write(task: (states: IDBObjectStore, index: IDBObjectStore) => void): Promise<boolean> {
    const database = this.#open ?? (await this.#database);
    return new Promise((resolve) => {
      try {
        if (!database) throw new Error('there is no database');
        const transaction = database.transaction([STATES, INDEX], 'readwrite', { durability: 'relaxed' });
        transaction.oncomplete = () => resolve(true);
        transaction.onabort = () => resolve(false);
        task(transaction.objectStore(STATES), transaction.objectStore(INDEX));
      } catch {
        resolve(false); // what is kept is only a copy
      }
    });
  }
}

/** Removes what was used least recently until all together have at most `most` bytes. */
function makeRoom(states: IDBObjectStore, index: IDBObjectStore, most: number): void {
  const request = index.getAll();
  request.onsuccess = () => {
    const entries = request.result as Entry[];
    let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    for (const entry of entries.sort((a, b) => a.usedAt - b.usedAt)) {
      if (bytes <= most) return;
      states.delete(entry.name);
      index.delete(entry.name);
      bytes -= entry.bytes;
    }
  };
}

/** FNV-1a: finds what a disk or a crash has changed, in 2 ms for a megabyte. */
export function checksumOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash >>> 0;
}

function openDatabase(name: string): Promise<IDBDatabase | undefined> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(STATES, { keyPath: 'name' });
        request.result.createObjectStore(INDEX, { keyPath: 'name' });
      };
      request.onsuccess = () => {
        const database = request.result;
        database.onversionchange = () => database.close(); // a newer version of the application, or a deletion, waits for us
        resolve(database);
      };
      request.onerror = () => resolve(undefined);
    } catch {
      resolve(undefined); // no IndexedDB here, or forbidden
    }
  });
}
