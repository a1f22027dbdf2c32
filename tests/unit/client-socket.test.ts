import { describe, expect, it, vi } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { InkroomClient } from '../../lib/client/index.ts';
import { encodeServerFrame } from '../../lib/protocol/hocuspocus.ts';
import { setUp } from '../support/client-setup.ts';

describe('the connection', () => {
  it('[CON-9] is asked whether it is there, and answers', async () => {
    const { clock, server, client, person } = setUp();
    vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
    person('a');
    await clock.settle();
    globalThis.document.dispatchEvent(new Event('visibilitychange'));
    await clock.settle();
    expect(server.pings).toBe(1);
    clock.advance(5_000);
    expect(client.connected).toBe(true);
    server.mute = true;
    globalThis.document.dispatchEvent(new Event('visibilitychange'));
    await clock.settle();
    clock.advance(5_000);
    expect(client.connected).toBe(false);
    client.close();
    globalThis.document.dispatchEvent(new Event('visibilitychange'));
    vi.unstubAllGlobals();
    expect(clock.timers).toBe(0);
  });

  it('[CON-8] half open, is dropped after 45 s and made anew', async () => {
    const { clock, server, person } = setUp();
    const { text, provider } = person('a');
    await clock.settle();
    server.mute = true;
    text.insert(0, 'x');
    await clock.settle();
    clock.advance(45_000);
    expect(provider.state).toEqual({ state: 'offline', changes: 1 });
    server.mute = false;
    clock.advance(250);
    await clock.settle();
    expect(server.text('a')).toBe('x');
    expect(provider.state).toEqual({ state: 'saved' });
  });

  it('[CON-24] that is closing is given nothing, and what was written meanwhile is sent by the next one', async () => {
    const { clock, server, person } = setUp();
    const { text, provider } = person('a');
    await clock.settle();
    const [socket] = server.open;
    if (socket) socket.readyState = 2; // the server's close has come; its event has not
    text.insert(0, 'x');
    await clock.settle();
    expect(server.misused).toBe(0);
    server.cut(1012);
    clock.advance(60_000);
    await clock.settle();
    expect(server.text('a')).toBe('x');
    expect(provider.state).toEqual({ state: 'saved' });
  });

  const nonsense: [string, string | Uint8Array][] = [
    ['a text frame', 'hello'],
    ['a frame that does not decode', new Uint8Array([1, 97, 99])],
    ['an empty frame', new Uint8Array()],
    ['an update that Yjs does not take', encodeServerFrame('a', { type: 'update', update: new Uint8Array([9, 9, 9]) })],
    [
      'a state vector that does not decode',
      encodeServerFrame('a', { type: 'step1', stateVector: new Uint8Array([5]) }),
    ],
    [
      'presence that is no JSON',
      encodeServerFrame('a', { type: 'awareness', update: new Uint8Array([1, 1, 1, 1, 91]) }),
    ],
  ];
  for (const [what, frame] of nonsense) {
    it(`[CON-10] is dropped after ${what}, and made anew after a while`, async () => {
      const { clock, server, client } = setUp();
      const doc = new Y.Doc();
      const awareness = new Awareness(doc);
      const provider = client.open('a', { doc, awareness });
      await clock.settle();
      server.open[0]?.deliver(frame);
      await clock.settle();
      expect(provider.state).toEqual({ state: 'offline', changes: 0 });
      clock.advance(250);
      await clock.settle();
      expect(provider.state).toEqual({ state: 'saved' });
      client.close();
      awareness.destroy();
    });
  }

  it('[CON-4] survives a url that cannot be had and a WebSocket that throws', async () => {
    const { clock, person, errors } = setUp({
      url: () => {
        throw new Error('not yet');
      },
    });
    const { provider } = person('a');
    await clock.settle();
    expect(provider.state).toEqual({ state: 'offline', changes: 0 });
    expect(errors).toEqual([new Error('not yet')]);
  });

  it('[CON-14] asks once for the token of documents that join together, and anew at each connection', async () => {
    const resolves: ((token: string) => void)[] = [];
    const token = vi.fn(() => new Promise<string>((resolve) => resolves.push(resolve)));
    const { clock, server, person } = setUp({ token });
    const a = person('a');
    const b = person('b');
    await clock.settle();
    expect([token.mock.calls.length, a.provider.state.state]).toEqual([1, 'syncing']);
    resolves[0]?.('first');
    await clock.settle();
    expect([a.provider.state.state, b.provider.state.state]).toEqual(['saved', 'saved']);
    server.cut();
    clock.advance(250);
    await clock.settle();
    expect(token).toHaveBeenCalledTimes(2);
  });

  it('[CON-14] tries again when the token cannot be had', async () => {
    let calls = 0;
    const { clock, person, errors } = setUp({
      token: () => (++calls === 1 ? Promise.reject(new Error('no network')) : 'second'),
    });
    const { provider } = person('a');
    await clock.settle();
    expect(provider.state).toEqual({ state: 'offline', changes: 0 });
    expect(errors).toEqual([new Error('no network')]);
    clock.advance(250);
    await clock.settle();
    expect(provider.state).toEqual({ state: 'saved' });
  });
});

describe('a client', () => {
  it('touches nothing until a document is opened, and says what is missing then', () => {
    vi.stubGlobal('WebSocket', undefined);
    const client = new InkroomClient({ url: 'wss://ink.test/sync' });
    expect(client.connected).toBe(false);
    expect(() => client.open('a', { doc: new Y.Doc() })).toThrow('WebSocket');
    client.close();
    vi.unstubAllGlobals();
  });

  it('closes its documents, its socket and its timers, twice if need be', async () => {
    const { clock, server, client, person } = setUp();
    person('a');
    person('b');
    await clock.settle();
    server.heard();
    client.close();
    client.close();
    await clock.settle();
    expect(server.heard()).toEqual(['leave', 'leave']);
    expect([server.open.length, clock.timers]).toEqual([0, 0]);
    expect(() => person('c')).toThrow('closed');
  });
});
