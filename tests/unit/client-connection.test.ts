import { describe, expect, it } from 'vitest';
import { World } from '../support/client-world.ts';

describe('the socket', () => {
  it('[CON-1] is opened when the turn in which a document was opened is over', () => {
    const world = new World();
    const a = world.begin('a');
    expect(world.did('connect')).toHaveLength(0);
    world.happens({ type: 'settle' });
    expect(world.did('connect')).toHaveLength(1);
    expect(world.state(a)).toEqual({ state: 'connecting' });
  });

  it('[CON-1] open, close and open again in one turn cost one socket and one handshake', () => {
    const world = new World();
    world.close(world.begin('a'));
    world.begin('a');
    world.happens({ type: 'settle' });
    world.happens({ type: 'settle' });
    world.up();
    const effects = world.effects();
    expect(effects.filter((effect) => effect.do === 'connect')).toHaveLength(1);
    expect(effects.filter((effect) => effect.do === 'askToken')).toHaveLength(1);
  });

  it('[CON-1] is never opened for a document that was closed in the same turn', () => {
    const world = new World();
    world.close(world.begin('a'));
    world.happens({ type: 'settle' });
    expect(world.did('connect')).toHaveLength(0);
  });

  it('[CON-2] is greeted with token, state vector and presence, in this order, before the server has spoken', () => {
    const world = new World();
    world.open('a');
    world.up();
    const asked = world.effects().map((effect) => (effect.do === 'send' ? effect.message : effect.do));
    expect(asked).toEqual([
      'settleSoon',
      'connect',
      'askToken',
      { type: 'auth', token: 'secret', version: 'inkroom/1' },
      'sendVector',
      'announce',
    ]);
  });

  it('[CON-3] is shared by all documents, and closed a second after the last is', () => {
    const world = new World();
    const a = world.live('a');
    const b = world.live('b');
    expect(world.did('connect')).toHaveLength(0);
    world.close(a);
    world.pass(5_000);
    world.close(b);
    world.pass(999);
    expect(world.did('disconnect')).toHaveLength(0);
    world.pass(1);
    expect(world.did('disconnect')).toHaveLength(1);
    expect(world.client.link.state).toBe('idle');
  });

  it('[CON-3] stays for a document opened within that second', () => {
    const world = new World();
    world.close(world.live('a'));
    world.pass(900);
    const b = world.live('b');
    world.pass(20_000);
    expect(world.state(b)).toEqual({ state: 'saved' });
    expect(world.did('connect')).toHaveLength(0);
  });

  it('[CON-3] is given up in the middle of an attempt that nobody needs any more', () => {
    const world = new World();
    world.close(world.open('a'));
    world.pass(1_000);
    expect(world.client.link.state).toBe('idle');
    expect(world.did('disconnect')).toHaveLength(1);
  });

  it('stays closed after shutDown, which says farewell to every document', () => {
    const world = new World();
    world.live('a');
    world.happens({ type: 'shutDown' });
    expect(world.effects().map((effect) => effect.do)).toEqual(['withdraw', 'send', 'forgetOthers', 'disconnect']);
    world.happens({ type: 'wake' });
    expect(world.client.link.state).toBe('closed');
  });
});

describe('trying again', () => {
  it('[CON-4] waits a random part of 500 ms, doubled with each failure up to 30 s', () => {
    const world = new World();
    world.random = 0.999;
    const a = world.open('a');
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      world.cut();
      waits.push(Math.round(world.wait / 0.999));
      expect(world.state(a)).toEqual({ state: 'offline', changes: 0 });
      world.pass(world.wait);
      expect(world.did('connect').length).toBeGreaterThan(0);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    world.random = 0;
    world.cut();
    expect(world.wait).toBe(0);
  });

  it('[CON-5] a socket that opens and closes again does not shorten the wait', () => {
    const world = new World();
    world.open('a');
    world.cut();
    world.pass(world.wait);
    world.up();
    world.cut();
    expect(world.wait).toBe(500);
  });

  it('[CON-5] a document that came in whole does', () => {
    const world = new World();
    const a = world.open('a');
    for (let attempt = 0; attempt < 5; attempt++) {
      world.cut();
      world.pass(world.wait);
    }
    world.up();
    world.sync(a);
    world.cut();
    expect(world.wait).toBe(250);
  });

  it('[CON-6] waits at least as long as the server asked for, once', () => {
    const world = new World();
    const a = world.live('a');
    world.say(a, { type: 'retryAfter', milliseconds: 7_000 });
    world.cut(1012);
    expect(world.wait).toBe(7_000);
    world.happens({ type: 'wake' });
    world.pass(6_999);
    expect(world.did('connect')).toHaveLength(0);
    world.pass(1);
    expect(world.did('connect')).toHaveLength(1);
    world.cut();
    expect(world.wait).toBe(500);
  });

  it('[CON-7] tries at once when the network may be back or somebody looks, and when a document is opened', () => {
    const world = new World();
    world.live('a');
    world.random = 0.9;
    world.cut();
    world.happens({ type: 'wake' });
    expect(world.did('connect')).toHaveLength(1);
    world.cut();
    world.open('b');
    expect(world.did('connect')).toHaveLength(1);
  });

  it('[CON-8] drops a connection on which nothing was heard for 45 s', () => {
    const world = new World();
    const a = world.live('a');
    world.pass(44_000);
    world.say(a, { type: 'awareness', update: new Uint8Array([0]) });
    world.pass(44_999);
    expect(world.state(a)).toEqual({ state: 'saved' });
    world.type(a);
    world.pass(1);
    expect(world.did('disconnect')).toHaveLength(1);
    expect(world.state(a)).toEqual({ state: 'offline', changes: 1 });
  });

  it('[CON-8] gives up an attempt after 10 s', () => {
    const world = new World();
    world.open('a');
    world.pass(10_000);
    expect(world.did('disconnect')).toHaveLength(1);
    expect(world.client.link.state).toBe('waiting');
  });

  it('[CON-9] asks a connection that may be dead, and drops it when nothing is heard for 5 s', () => {
    const world = new World();
    const a = world.live('a');
    world.happens({ type: 'doubt' });
    world.happens({ type: 'wake' });
    expect(world.did('ping')).toHaveLength(1);
    world.pass(4_000);
    world.happens({ type: 'heard' });
    world.pass(4_000);
    expect(world.state(a)).toEqual({ state: 'saved' });
    world.happens({ type: 'wake' });
    world.pass(5_000);
    expect(world.state(a)).toEqual({ state: 'offline', changes: 0 });
  });

  it('[CON-10] drops a connection whose frames make no sense, and tries again after a while', () => {
    const world = new World();
    const a = world.live('a');
    world.happens({ type: 'garbled' });
    expect(world.did('disconnect')).toHaveLength(1);
    expect(world.wait).toBe(250);
    expect(world.state(a)).toEqual({ state: 'offline', changes: 0 });
  });
});
