import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type KeptEdit, type OfflineStore, openIndexedDbStore } from '../../lib/client/index.ts';

let databases = 0;
const opened: OfflineStore[] = [];

afterEach(() => {
  for (const store of opened.splice(0)) store.close();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function freshName(): string {
  return `test ${++databases}`;
}

function openStore(name = freshName()): OfflineStore {
  const store = openIndexedDbStore(name);
  opened.push(store);
  return store;
}

function edit(number: number, more: Partial<KeptEdit> = {}): KeptEdit {
  return { document: 'a', session: 's', number, update: new Uint8Array([number]), fromScratch: false, ...more };
}

async function numbers(store: OfflineStore, document = 'a'): Promise<string[]> {
  return (await store.load(document)).map(({ session, number }) => `${session}${number}`);
}

describe('the store', () => {
  it('gives back what was put, by sessions, in order, and of one document only', async () => {
    const name = freshName();
    const store = openStore(name);
    store.put(edit(1));
    store.put(edit(10));
    store.put(edit(2));
    store.put(edit(1, { session: 'r' }));
    store.put(edit(1, { document: 'b' }));
    expect(await numbers(store)).toEqual(['r1', 's1', 's2', 's10']);
    expect(await openStore(name).load('b')).toEqual([edit(1, { document: 'b' })]);
    expect(await numbers(store, 'c')).toEqual([]);
  });

  it('forgets one session up to a number', async () => {
    const store = openStore();
    for (const number of [1, 2, 3]) store.put(edit(number));
    store.put(edit(1, { session: 'r' }));
    store.remove('a', 's', 2);
    expect(await numbers(store)).toEqual(['r1', 's3']);
  });

  it('[OFF-1] has handed an edit to the browser when put returns, and says that the transaction is complete', async () => {
    const store = openStore();
    await store.load('a');
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    const commit = vi.spyOn(IDBTransaction.prototype, 'commit');
    store.put(edit(1));
    store.put(edit(2));
    expect(put).toHaveBeenCalledTimes(2);
    await Promise.resolve();
    expect(commit).toHaveBeenCalledTimes(1);
  });

  it('is durable once it is open', async () => {
    const store = openStore();
    const changed = vi.fn();
    store.subscribe(changed);
    expect(store.durable).toBe(false);
    await store.load('a');
    expect(store.durable).toBe(true);
    expect(changed).toHaveBeenCalled();
  });

  it('[OFF-6] keeps in memory what the storage has no room for, and says so until it is saved', async () => {
    const store = openStore();
    await store.load('a');
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    store.put(edit(1));
    store.put(edit(2));
    expect(store.durable).toBe(false);
    expect((await numbers(store)).sort()).toEqual(['s1', 's2']);
    store.remove('a', 's', 1);
    expect(store.durable).toBe(true);
    expect(await numbers(store)).toEqual(['s2']);
  });

  it('[OFF-6] keeps in memory what a transaction lost that was rolled back', async () => {
    const store = openStore();
    await store.load('a');
    const transactions = watchTransactions();
    store.put(edit(1));
    transactions[0]?.abort();
    await changeOf(store);
    expect(store.durable).toBe(false);
    expect(await numbers(store)).toEqual(['s1']);
  });

  it('[OFF-6] offers what a transaction lost again, before what builds on it', async () => {
    const name = freshName();
    const store = openStore(name);
    await store.load('a');
    const transactions = watchTransactions();
    store.put(edit(1));
    transactions[0]?.abort();
    await changeOf(store);
    store.put(edit(2));
    await changeOf(store);
    expect(store.durable).toBe(true);
    expect(await numbers(openStore(name))).toEqual(['s1', 's2']);
  });

  it('[OFF-6] offers it less often the more often there was no room', async () => {
    const store = openStore();
    await store.load('a');
    const transactions = watchTransactions();
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    for (let number = 1; number <= 64; number++) {
      store.put(edit(number));
      transactions.at(-1)?.abort();
      await changeOf(store);
    }
    expect((await numbers(store)).length).toBe(64);
    expect(put.mock.calls.length).toBeLessThan(3 * 64);
  });

  it('[OFF-2] has forgotten what was saved while its transaction was under way, though that was rolled back', async () => {
    const store = openStore();
    await store.load('a');
    const transactions = watchTransactions();
    store.put(edit(1));
    store.put(edit(2));
    store.remove('a', 's', 1);
    transactions[0]?.abort();
    await changeOf(store);
    expect(await numbers(store)).toEqual(['s2']);
    store.remove('a', 's', 2);
    expect(store.durable).toBe(true);
  });

  for (const [where, stub] of [
    ['there is no IndexedDB', undefined],
    ['it may not be opened', { open: forbidden }],
  ] as const) {
    it(`[OFF-6] keeps everything in memory where ${where}`, async () => {
      vi.stubGlobal('indexedDB', stub);
      const store = openStore();
      store.put(edit(1));
      expect(await numbers(store)).toEqual(['s1']);
      expect(store.durable).toBe(false);
      store.remove('a', 's', 1);
      expect(await numbers(store)).toEqual([]);
      expect(store.durable).toBe(false);
    });
  }

  it('[OFF-6] keeps in memory what comes after the database was deleted', async () => {
    const name = freshName();
    const store = openStore(name);
    await store.load('a');
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = resolve;
    });
    store.put(edit(1));
    expect(await numbers(store)).toEqual(['s1']);
    expect(store.durable).toBe(false);
  });

  it('may be closed twice, and while it opens', async () => {
    const store = openStore();
    store.close();
    store.close();
    expect(await store.load('a')).toEqual([]);
  });
});

/** Those that are begun from now on. */
function watchTransactions(): IDBTransaction[] {
  const transactions: IDBTransaction[] = [];
  const original = IDBDatabase.prototype.transaction;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    const transaction = original.apply(this, args);
    transactions.push(transaction);
    return transaction;
  });
  return transactions;
}

/** Resolves when the store says that `durable` may have changed. */
function changeOf(store: OfflineStore): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(() => {
      stop();
      resolve();
    });
  });
}

function forbidden(): never {
  throw new DOMException('forbidden', 'SecurityError');
}
