import { afterEach, describe, expect, it, vi } from 'vitest';
import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { InkroomClient } from '../../lib/client/index.ts';
import { FakeServer, presenceOf } from '../support/client-server.ts';
import { FakeClock } from '../support/fake-clock.ts';

const ended: (() => void)[] = [];

afterEach(() => {
  for (const end of ended.splice(0)) end();
  vi.unstubAllGlobals();
});

function setUp() {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const errors: unknown[] = [];
  const person = () => {
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    const client = new InkroomClient({
      ...{ url: 'wss://ink.test/sync', WebSocket: server.WebSocket, offline: null, clock, random: () => 0.5 },
      onError: (error) => errors.push(error),
    });
    const provider = client.open('a', { doc, awareness });
    ended.push(() => {
      client.close();
      awareness.destroy();
    });
    return { doc, awareness, client, provider, states: () => [...awareness.getStates().values()] };
  };
  /** What was sent of presence since this was last asked, as a fresh y-protocols client takes it. */
  const told = () => {
    const frames = server.received.splice(0).flatMap(({ message }) => (message.type === 'awareness' ? [message] : []));
    return frames.map(({ update }) => {
      const reader = new Awareness(new Y.Doc());
      reader.setLocalState(null);
      applyAwarenessUpdate(reader, update, 'test');
      const [state] = reader.getStates().values();
      reader.destroy();
      return state ?? null;
    });
  };
  return { clock, server, person, told, errors };
}

/** A page with the events of a browser. */
function stubPage() {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const window = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
  return {
    look: (visibilityState: 'visible' | 'hidden') => {
      page.visibilityState = visibilityState;
      page.dispatchEvent(new Event('visibilitychange'));
    },
    fire: (type: string) => window.dispatchEvent(new Event(type)),
  };
}

describe('presence', () => {
  it('[CON-17] is told with the greeting, and reaches the others', async () => {
    const { clock, server, person } = setUp();
    const ada = person();
    ada.awareness.setLocalState({ name: 'Ada' });
    await clock.settle();
    expect(server.heard()).toEqual(['auth', 'step1', 'awareness']);
    const ben = person();
    ben.awareness.setLocalState({ name: 'Ben' });
    await clock.settle();
    expect(ada.states()).toEqual([{ name: 'Ada' }, { name: 'Ben' }]);
  });

  it('[CON-17] is told anew after a reconnect, newer than what the others remember', async () => {
    const { clock, server, person } = setUp();
    const ada = person();
    const ben = person();
    await clock.settle();
    ada.awareness.setLocalState({ name: 'Ada' });
    clock.advance(20);
    await clock.settle();
    expect(ben.states()).toContainEqual({ name: 'Ada' });
    const clockOf = () => ben.awareness.meta.get(ada.awareness.clientID)?.clock ?? -1;
    const before = clockOf();
    server.open[0]?.end(1006);
    server.say('a', { type: 'awareness', update: presenceOf(ada.awareness.clientID, before, null) });
    await clock.settle();
    expect(ben.states()).not.toContainEqual({ name: 'Ada' });
    clock.advance(250);
    await clock.settle();
    expect(ben.states()).toContainEqual({ name: 'Ada' });
    expect(clockOf()).toBeGreaterThan(before);
  });

  it('[CON-18] goes out at once, and then once in 20 ms with the newest state', async () => {
    const { clock, person, told } = setUp();
    const { awareness } = person();
    await clock.settle();
    clock.advance(100);
    told();
    for (let x = 1; x <= 5; x++) awareness.setLocalState({ x });
    await clock.settle();
    expect(told()).toEqual([{ x: 1 }]);
    clock.advance(19);
    awareness.setLocalState({ x: 6 });
    await clock.settle();
    expect(told()).toEqual([]);
    clock.advance(1);
    await clock.settle();
    expect(told()).toEqual([{ x: 6 }]);
    clock.advance(100);
    await clock.settle();
    expect(told()).toEqual([]);
  });

  it('[CON-19] of the others is gone with the connection, and with the provider', async () => {
    const { clock, server, person } = setUp();
    const ada = person();
    await clock.settle();
    server.say('a', { type: 'awareness', update: presenceOf(7, 1, { name: 'Ben' }) });
    await clock.settle();
    expect(ada.states()).toContainEqual({ name: 'Ben' });
    server.cut();
    expect(ada.states()).toEqual([{}]);
    clock.advance(250);
    await clock.settle();
    server.say('a', { type: 'awareness', update: presenceOf(7, 2, { name: 'Ben' }) });
    await clock.settle();
    expect(ada.states()).toHaveLength(2);
    ada.provider.close();
    expect(ada.states()).toEqual([{}]);
  });

  it('[CON-20] of somebody who closes the document is withdrawn before the farewell, and stays its owner’s', async () => {
    const { clock, server, person } = setUp();
    const ada = person();
    const ben = person();
    ben.awareness.setLocalState({ name: 'Ben' });
    await clock.settle();
    expect(ada.states()).toContainEqual({ name: 'Ben' });
    server.heard();
    ben.provider.close();
    await clock.settle();
    expect(server.heard()).toEqual(['awareness', 'leave']);
    expect(ada.states()).not.toContainEqual({ name: 'Ben' });
    expect(ben.awareness.getLocalState()).toEqual({ name: 'Ben' });
  });

  it('[CON-21] is withdrawn while nobody looks at the page, and told again when somebody does', async () => {
    const page = stubPage();
    const { clock, person, told } = setUp();
    const ada = person();
    await clock.settle();
    const ben = person();
    ben.awareness.setLocalState({ name: 'Ben' });
    await clock.settle();
    told();
    page.look('hidden');
    await clock.settle();
    expect(told()).toEqual([null, null]);
    ben.awareness.setLocalState({ name: 'Benjamin' });
    clock.advance(15_000);
    await clock.settle();
    expect(told()).toEqual([]);
    page.look('visible');
    await clock.settle();
    expect(told()).toContainEqual({ name: 'Benjamin' });
    expect(ada.states()).toContainEqual({ name: 'Benjamin' });
  });

  it('[CON-21] is withdrawn when the page goes, and told again when it comes back from the cache', async () => {
    const page = stubPage();
    const { clock, person, told } = setUp();
    person();
    await clock.settle();
    told();
    page.fire('pagehide');
    await clock.settle();
    expect(told()).toEqual([null]);
    page.fire('pageshow');
    await clock.settle();
    expect(told()).toEqual([{}]);
  });

  it('[CON-7] and an attempt is made when the network comes back', async () => {
    const page = stubPage();
    const { clock, server, person } = setUp();
    const { provider } = person();
    await clock.settle();
    server.cut();
    page.fire('online');
    await clock.settle();
    expect(provider.state).toEqual({ state: 'saved' });
    server.mute = true;
    page.fire('offline');
    clock.advance(5_000);
    expect(provider.state).toEqual({ state: 'offline', changes: 0 });
  });

  it('says that it is still here when it is told that it is not', async () => {
    const { clock, server, person, told } = setUp();
    const { awareness } = person();
    await clock.settle();
    clock.advance(100);
    told();
    const { clientID, meta } = awareness;
    server.say('a', { type: 'awareness', update: presenceOf(clientID, meta.get(clientID)?.clock ?? 0, null) });
    await clock.settle();
    expect(told()).toEqual([{}]);
  });

  it('[CON-22] larger than the server takes is not sent, and reported', async () => {
    const { clock, person, told, errors } = setUp();
    const { awareness, provider } = person();
    await clock.settle();
    clock.advance(100);
    told();
    awareness.setLocalState({ name: 'x'.repeat(5_000) });
    await clock.settle();
    expect([told(), errors]).toEqual([[], [expect.any(RangeError)]]);
    expect(provider.state).toEqual({ state: 'saved' });
  });
});
