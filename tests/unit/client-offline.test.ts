import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import {
  InkroomClient,
  type KeptEdit,
  mergeUpdates,
  type OfflineStore,
  openIndexedDbStore,
} from '../../lib/client/index.ts';
import { FakeServer, FakeStore } from '../support/client-server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Random, seedOfRun } from '../support/random.ts';

const MINUTE = 60_000; // for machines that have much else to do

const opened: { close(): void }[] = [];

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A browser: its tabs share a storage, and each may die at any moment. */
function setUp(store: OfflineStore = new FakeStore()) {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const openTab = (name = 'a') => {
    let dead = false;
    const ofTheTab: OfflineStore = {
      get durable() {
        return store.durable;
      },
      put: (kept) => !dead && store.put(kept),
      load: (document) => (dead ? new Promise(() => undefined) : store.load(document)),
      remove: (...which) => !dead && store.remove(...which),
      subscribe: (listener) => store.subscribe(listener),
      close: () => undefined,
    };
    const before = server.sockets.length;
    const doc = new Y.Doc();
    const client = new InkroomClient({
      ...{ url: 'wss://ink.test/sync', WebSocket: server.WebSocket, offline: ofTheTab, clock, random: () => 0.5 },
    });
    opened.push(client);
    const provider = client.open(name, { doc });
    const kill = () => {
      dead = true;
      for (const socket of server.sockets.slice(before)) socket.alive = false;
      client.close(); // what it still says, nobody hears
    };
    return { doc, text: doc.getText('t'), client, provider, kill };
  };
  return { clock, server, openTab };
}

/** Real turns of the event loop: fake-indexeddb takes its time. */
async function settleWithDatabase(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await clock.settle();
}

describe('unsent edits', () => {
  it('[OFF-1] of a tab that is closed right after a keystroke are in the next one, and reach the server', async () => {
    const { clock, server, openTab } = setUp(openIndexedDbStore('tabs'));
    const first = openTab();
    await settleWithDatabase(clock);
    expect(first.provider.keepsUnsent).toBe(true);
    server.down = true;
    server.cut();
    for (const letter of 'lost?') first.text.insert(first.text.length, letter);
    first.kill();
    server.down = false;
    const next = openTab();
    await settleWithDatabase(clock);
    expect(next.text.toString()).toBe('lost?');
    expect(server.text('a')).toBe('lost?');
    expect(next.provider.state).toEqual({ state: 'saved' });
  });

  it('[OFF-2] are kept until they are acknowledged, and not longer', async () => {
    const store = new FakeStore();
    const { clock, server, openTab } = setUp(store);
    const { text } = openTab();
    await clock.settle();
    server.holdAcknowledgements = true;
    text.insert(0, 'a');
    text.insert(1, 'b');
    await clock.settle();
    expect(store.edits.map(({ number }) => number)).toEqual([1, 2]);
    server.say('a', { type: 'saved', number: 1 });
    await clock.settle();
    expect(store.edits.map(({ number }) => number)).toEqual([2]);
    server.say('a', { type: 'saved', number: 2 });
    await clock.settle();
    expect(store.edits).toEqual([]);
  });

  it('[OFF-3] of earlier tabs count as unsaved, go out with the first difference, and are kept until that is acknowledged', async () => {
    const store = new FakeStore();
    const { clock, server, openTab } = setUp(store);
    server.document('a').getText('t').insert(0, 'server ');
    const first = openTab();
    await clock.settle();
    server.down = true;
    server.cut();
    first.text.insert(first.text.length, 'offline');
    first.kill();
    const next = openTab();
    await clock.settle();
    expect(next.provider.state).toEqual({ state: 'offline', changes: 1 });
    expect(next.provider.hasContent).toBe(false); // what it builds on is on the server only
    server.down = false;
    server.holdAcknowledgements = true;
    server.heard();
    clock.advance(10_000);
    await clock.settle();
    expect(next.text.toString()).toBe('server offline');
    expect(next.provider.state).toEqual({ state: 'saving', changes: 1 });
    expect(server.heard()).toEqual(['auth', 'step1', 'numberedUpdate']);
    expect(store.edits).toHaveLength(1);
    server.say('a', { type: 'saved', number: 1 });
    await clock.settle();
    expect([next.provider.state, store.edits]).toEqual([{ state: 'saved' }, []]);
  });

  it('[OFF-3] of a tab that lives are sent by the other one too, and nothing is doubled', async () => {
    const store = new FakeStore();
    const { clock, server, openTab } = setUp(store);
    const first = openTab();
    await clock.settle();
    server.holdAcknowledgements = true;
    first.text.insert(0, 'once');
    const other = openTab();
    await clock.settle();
    server.say('a', { type: 'saved', number: 1 });
    await clock.settle();
    expect([first.text.toString(), other.text.toString(), server.text('a')]).toEqual(['once', 'once', 'once']);
    expect(store.edits).toEqual([]);
  });

  it('[OFF-4] are waited for before the difference is sent, but not for ever', async () => {
    const store = new FakeStore();
    const { clock, server, openTab } = setUp(store);
    server.down = true;
    const first = openTab();
    await clock.settle();
    first.text.insert(0, 'kept ');
    first.kill();
    server.down = false;
    let answer: (edits: KeptEdit[]) => void = () => undefined;
    vi.spyOn(store, 'load').mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const next = openTab();
    next.text.insert(0, 'new ');
    await clock.settle();
    expect(next.provider.state).toEqual({ state: 'syncing' });
    clock.advance(3_000);
    await clock.settle();
    expect(next.provider.state).toEqual({ state: 'saved' });
    server.holdAcknowledgements = true;
    next.text.insert(0, 'newer ');
    answer(store.edits.slice(0, 1));
    await clock.settle();
    expect(server.text('a')).toContain('kept ');
    server.say('a', { type: 'saved', number: 2 }); // not of what was found
    await clock.settle();
    expect([next.provider.state, store.edits.length]).toEqual([{ state: 'saving', changes: 1 }, 1]);
    server.say('a', { type: 'saved', number: 3 });
    await clock.settle();
    expect([next.provider.state, store.edits]).toEqual([{ state: 'saved' }, []]);
  });

  it('[OFF-5] are only those made here: what the server sent is not kept', async () => {
    const store = new FakeStore();
    const { clock, openTab } = setUp(store);
    const ada = openTab();
    const ben = openTab();
    await clock.settle();
    const put = vi.spyOn(store, 'put');
    ada.text.insert(0, 'x');
    await clock.settle();
    expect(ben.text.toString()).toBe('x');
    expect(put).toHaveBeenCalledTimes(1);
  });

  it('[OFF-6] that the storage does not take are said not to be kept', async () => {
    const store = new FakeStore();
    const { clock, openTab } = setUp(store);
    const { provider } = openTab();
    await clock.settle();
    const told = vi.fn();
    provider.subscribe(told);
    store.setDurable(false);
    expect(provider.keepsUnsent).toBe(false);
    expect(told).toHaveBeenCalled();
  });

  it('[OFF-6] without a store are said not to be kept', async () => {
    const clock = new FakeClock();
    const server = new FakeServer(clock);
    const client = new InkroomClient({ url: 'w', WebSocket: server.WebSocket, offline: null, clock });
    expect(client.open('a', { doc: new Y.Doc() }).keepsUnsent).toBe(false);
    client.close();
  });

  it('[OFF-7] of a document that was begun without a server are all of it, and can be shown', async () => {
    const { clock, server, openTab } = setUp();
    server.down = true;
    const first = openTab();
    await clock.settle();
    first.text.insert(0, 'born offline');
    first.kill();
    const next = openTab();
    await clock.settle();
    expect([next.text.toString(), next.provider.hasContent]).toEqual(['born offline', true]);
    expect(next.provider.state).toEqual({ state: 'offline', changes: 1 });
  });

  it('[OFF-8] that were refused stay kept', async () => {
    const store = new FakeStore();
    const { clock, server, openTab } = setUp(store);
    const { text, provider } = openTab();
    await clock.settle();
    server.refuse = () => 'read-only';
    text.insert(0, 'x');
    await clock.settle();
    text.insert(1, 'y');
    provider.close();
    expect([provider.state.state, store.edits.length]).toEqual(['refused', 2]);
  });

  it('[OFF-9] of two servers are kept apart, whatever their query', async () => {
    const names: string[] = [];
    vi.stubGlobal('indexedDB', {
      open: (name: string) => {
        names.push(name);
        return {};
      },
    });
    const clock = new FakeClock();
    const server = new FakeServer(clock);
    for (const url of ['wss://one.test/sync?x=1', 'wss://two.test/sync']) {
      const client = new InkroomClient({ url, WebSocket: server.WebSocket, clock });
      client.open('a', { doc: new Y.Doc() });
      client.close();
    }
    const urls = ['wss://one.test/sync', 'wss://two.test/sync'];
    expect(names).toEqual(urls.flatMap((url) => [`inkroom ${url}`, `inkroom documents ${url}`]));
  });

  it('of more than one batch come in whole', async () => {
    const { clock, server, openTab } = setUp();
    server.document('a').getText('t').insert(0, 'x');
    const first = openTab();
    await clock.settle();
    server.down = true;
    server.cut();
    for (let i = 0; i < 250; i++) first.text.insert(first.text.length, 'y');
    first.kill();
    server.down = false;
    const next = openTab();
    await clock.settle();
    expect(next.text.length).toBe(251);
  });

  it('[OFF-1] survive whatever happens to tabs and connections: 100 stories', { timeout: MINUTE }, async () => {
    const first = seedOfRun();
    for (let seed = first; seed < first + 100; seed++) {
      const random = new Random(seed);
      const store = new FakeStore();
      const { clock, server, openTab } = setUp(store);
      let tabs = [openTab()];
      const written: string[] = [];
      for (let steps = 0; steps < 40; steps++) {
        const tab = random.pick(tabs);
        const act = random.between(0, 11);
        if (act < 4) {
          const word = `<${seed}.${steps}>`;
          tab.text.insert(random.between(0, tab.text.length), word);
          written.push(word);
        } else if (act === 4) server.cut();
        else if (act === 5) server.down = !server.down;
        else if (act === 6) server.holdAcknowledgements = !server.holdAcknowledgements;
        else if (act === 7) clock.advance(random.between(1, 3_000));
        else if (act === 8 && tabs.length < 3) tabs.push(openTab());
        else if (act === 9) {
          tab.kill();
          tabs = tabs.filter((other) => other !== tab);
          if (tabs.length === 0) tabs.push(openTab());
        } else await clock.settle();
      }
      for (const tab of tabs) tab.kill();
      Object.assign(server, { down: false, holdAcknowledgements: false });
      const last = openTab();
      await clock.settle();
      const letters = [...written.join('')].sort().join('');
      expect([...server.text('a')].sort().join(''), `seed ${seed}`).toBe(letters);
      expect([last.provider.state, store.edits], `seed ${seed}`).toEqual([{ state: 'saved' }, []]);
      last.kill();
    }
  });
});

describe('what is unsent', () => {
  const read = (updates: readonly Uint8Array[]) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, mergeUpdates(updates));
    return doc.getText('t').toString();
  };

  it('[OFF-10] is given out as updates, is gone as it is saved, and stays when it is refused', async () => {
    const { clock, server, openTab } = setUp();
    const { provider, text } = openTab();
    await clock.settle();
    expect(provider.unsent()).toEqual([]);
    server.holdAcknowledgements = true;
    text.insert(0, 'one');
    text.insert(3, ' two');
    await clock.settle();
    expect(read(provider.unsent())).toBe('one two');
    expect(provider.unsent()[0]).toBe(provider.unsent()[0]);
    server.say('a', { type: 'saved', number: 1 });
    await clock.settle();
    expect(provider.unsent()).toHaveLength(1);
    server.say('a', { type: 'saved', number: 2 });
    await clock.settle();
    expect(provider.unsent()).toEqual([]);
    server.holdAcknowledgements = false;
    server.refuse = () => 'read-only';
    text.insert(7, ' three');
    await clock.settle();
    expect(provider.state.state).toBe('refused');
    expect(provider.unsent()).toHaveLength(1);
  });

  it('[OFF-10] holds what an earlier tab left', async () => {
    const { clock, server, openTab } = setUp();
    server.down = true;
    const first = openTab();
    await clock.settle();
    first.text.insert(0, 'left behind');
    first.kill();
    const next = openTab();
    await clock.settle();
    expect(read(next.provider.unsent())).toBe('left behind');
  });
});
