import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { type DeviceStore, InkroomClient, openDeviceStore } from '../../lib/client/index.ts';
import { FakeServer, FakeStore } from '../support/client-server.ts';
import { FakeClock } from '../support/fake-clock.ts';

// Documents kept on the device.

const opened: { close(): void }[] = [];
let servers = 0;

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  vi.unstubAllGlobals();
});

const freshUrl = () => `wss://ink.test/${++servers}`;

function openStore(url = freshUrl()): DeviceStore {
  const store = openDeviceStore(url);
  opened.push(store);
  return store;
}

/** A browser with a server: tabs are opened and closed, the storage stays. */
function setUp(url = freshUrl()) {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const edits = new FakeStore();
  const device = openStore(url);
  const { load } = device;
  /** A copy is handed over no earlier than that. */
  const answersAfter = (milliseconds: number) => {
    device.load = async (name) => {
      const later = new Promise<void>((resolve) => clock.after(milliseconds, resolve));
      const found = await load.call(device, name);
      await later;
      return found;
    };
  };
  const openTab = (name = 'a') => {
    const doc = new Y.Doc();
    const client = new InkroomClient({
      ...{ url, WebSocket: server.WebSocket, offline: edits, device, clock, random: () => 0.5 },
      titleOf: (of) => String(of.getMap('meta').get('title') ?? ''),
      kindOf: (of) => String(of.getMap('meta').get('kind') ?? ''),
    });
    opened.push(client);
    return { doc, text: doc.getText('t'), client, provider: client.open(name, { doc }) };
  };
  /** Somebody writes `words` in a tab, and closes it. */
  const visit = async (words: string) => {
    const { text, client } = openTab();
    await settle(clock);
    text.insert(0, words);
    await settle(clock);
    client.close();
    await settle(clock);
  };
  return { clock, server, device, edits, answersAfter, openTab, visit, url };
}

/** Real turns of the event loop: fake-indexeddb takes its time. */
async function settle(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await clock.settle();
}

/** What the device's databases hold of a document, changed by `change`. */
function damage(url: string, name: string, change: (state: { update: Uint8Array }) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`inkroom documents ${url}`, 1);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const store = request.result.transaction('states', 'readwrite').objectStore('states');
      const read = store.get(name);
      read.onsuccess = () => {
        change(read.result);
        store.put(read.result).onsuccess = () => {
          request.result.close();
          resolve();
        };
      };
    };
  });
}

describe('a document that was opened before', () => {
  it('[SAVE-5] is given back to a server that lost it, which said what it has before the copy was found', async () => {
    const { clock, server, answersAfter, openTab, visit } = setUp();
    await visit('lost by a backup');
    server.documents.clear();
    answersAfter(100);
    const next = openTab();
    await settle(clock);
    expect(server.heard()).toContain('auth');
    clock.advance(100);
    await settle(clock);
    expect([server.text('a'), next.provider.state]).toEqual(['lost by a backup', { state: 'saved' }]);
  });

  it('[SAVE-1] whose copy comes later than anyone waits shows nothing as saved that the server has lost', async () => {
    const { clock, server, answersAfter, openTab, visit } = setUp();
    await visit('lost by a backup');
    server.documents.clear();
    answersAfter(4_000);
    const next = openTab();
    await settle(clock);
    for (const wait of [3_000, 2_000]) {
      clock.advance(wait);
      await settle(clock);
    }
    expect([next.text.toString(), next.provider.state]).toEqual(['', { state: 'saved' }]);
  });

  it('[OFF-7] whose copy is gone is not shown by what was written on top of it', async () => {
    const { clock, server, device, edits, openTab, visit } = setUp();
    await visit('together');
    server.down = true;
    const second = openTab();
    await settle(clock);
    second.text.delete(0, 2);
    second.client.close();
    expect(edits.edits).toMatchObject([{ fromScratch: false }]);
    device.remove('a');
    await settle(clock);
    const third = openTab();
    await settle(clock);
    expect(third.provider.hasContent).toBe(false);
  });

  it('[KEPT-1] opens without a server, with what was written since, and is level when there is one again', async () => {
    const { clock, server, device, openTab } = setUp();
    const first = openTab();
    await settle(clock);
    first.text.insert(0, 'together');
    first.doc.getMap('meta').set('title', 'Ours');
    first.doc.getMap('meta').set('kind', 'board');
    await settle(clock);
    first.client.close();
    await settle(clock);
    expect(await device.list()).toEqual([{ name: 'a', title: 'Ours', kind: 'board', usedAt: expect.any(Number) }]);

    server.down = true;
    server.cut();
    const second = openTab();
    await settle(clock);
    expect(second.provider.hasContent).toBe(true);
    expect(second.text.toString()).toBe('together');
    expect(second.provider.unsavedChanges()).toBe(0);
    second.text.insert(8, ', apart');
    second.client.close();
    await settle(clock);

    const third = openTab();
    await settle(clock);
    expect(third.text.toString()).toBe('together, apart');
    expect(third.provider.unsavedChanges()).toBe(1);
    server.down = false;
    clock.advance(60_000);
    await settle(clock);
    expect(server.text('a')).toBe('together, apart');
    expect(third.provider.state).toEqual({ state: 'saved' });
  });

  it('[KEPT-2] fetches only what it lacks, and all deletions', async () => {
    const { clock, server, openTab, visit } = setUp();
    await visit('a long text that need not come again'.repeat(100));
    const elsewhere = new Y.Doc();
    Y.applyUpdate(elsewhere, Y.encodeStateAsUpdate(server.document('a')));
    elsewhere.getText('t').delete(1, 3_599);
    Y.applyUpdate(server.document('a'), Y.encodeStateAsUpdate(elsewhere));
    const before = server.joinBytes;
    const second = openTab();
    await settle(clock);
    expect(second.text.toString()).toBe('a');
    expect(server.joinBytes - before).toBeLessThan(500);
  });

  it('[KEPT-3] a damaged copy is dropped, and the document is fetched again', async () => {
    const { clock, device, openTab, url, visit } = setUp();
    await visit('whole');
    await damage(url, 'a', ({ update }) => {
      update[update.length - 4] = (update[update.length - 4] ?? 0) ^ 1;
    });
    expect(await device.load('a')).toBeUndefined();
    const second = openTab();
    await settle(clock);
    expect(second.text.toString()).toBe('whole');
  });

  it('[KEPT-4] of a document that is not open to this person nothing stays', async () => {
    const { clock, server, device, openTab, visit } = setUp();
    await visit('secret');
    expect(await device.load('a')).toBeDefined();
    server.refusal = 'forbidden';
    const second = openTab();
    await settle(clock);
    expect(second.provider.state).toMatchObject({ state: 'refused', code: 'forbidden' });
    second.client.close();
    await settle(clock);
    expect(await device.load('a')).toBeUndefined();
    expect(await device.list()).toEqual([]);
  });

  it('[BOARD-191] of a copy that was only opened, no more is written than when', async () => {
    const store = openStore();
    store.put({ name: 'a', title: 'Plan', kind: 'board', usedAt: 1 }, new Uint8Array([1, 2, 3]));
    store.touch({ name: 'a', title: 'Plan', kind: 'board', usedAt: 7 });
    store.touch({ name: 'b', title: 'Never put', kind: '', usedAt: 8 });
    await expect.poll(() => store.list()).toEqual([{ name: 'a', title: 'Plan', kind: 'board', usedAt: 7 }]);
    expect(await store.load('a')).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('[KEPT-5] who was opened least recently makes room', async () => {
    const store = openStore();
    const megabytes = (count: number) => new Uint8Array(count * 1024 * 1024);
    for (const [at, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      store.put({ name, title: name, kind: '', usedAt: at }, megabytes(15));
    }
    store.put({ name: 'huge', title: '', kind: '', usedAt: 9 }, megabytes(17));
    const kept = async () => expect((await store.list()).map(({ name }) => name)).toEqual(['e', 'd', 'c', 'b']);
    await vi.waitFor(kept, { timeout: 20_000 }); // copying so much takes this IndexedDB seconds
    expect(await store.load('a')).toBeUndefined();
    expect(await store.load('huge')).toBeUndefined();
    expect((await store.load('e'))?.length).toBe(15 * 1024 * 1024);
  }, 30_000);

  it('[KEPT-6] without IndexedDB nothing is kept, and nothing is wrong', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const { clock, server, device, openTab } = setUp();
    const tab = openTab();
    await settle(clock);
    tab.text.insert(0, 'all the same');
    await settle(clock);
    expect(server.text('a')).toBe('all the same');
    expect(await device.list()).toEqual([]);
  });

  it('[KEPT-7] 5,000 edits on each side merge', async () => {
    const { clock, server, openTab } = setUp();
    const first = openTab();
    await settle(clock);
    first.text.insert(0, 'start ');
    await settle(clock);
    server.down = true;
    server.cut();
    await settle(clock);
    const elsewhere = new Y.Doc();
    Y.applyUpdate(elsewhere, Y.encodeStateAsUpdate(server.document('a')));
    for (let edit = 0; edit < 5_000; edit++) {
      first.text.insert(first.text.length, 'x');
      elsewhere.getText('t').insert(0, 'y');
    }
    Y.applyUpdate(server.document('a'), Y.encodeStateAsUpdate(elsewhere));
    server.down = false;
    clock.advance(60_000);
    const began = performance.now();
    await settle(clock);
    console.info(`5,000 edits on each side merged in ${Math.round(performance.now() - began)} ms`);
    expect(server.text('a')).toBe(`${'y'.repeat(5_000)}start ${'x'.repeat(5_000)}`);
    expect(first.text.toString()).toBe(server.text('a'));
  });
});
