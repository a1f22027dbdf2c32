import { describe, expect, it } from 'vitest';
import { REFUSALS } from '../../lib/protocol/errors.ts';
import { World } from '../support/client-world.ts';

describe('being refused', () => {
  for (const [code, rule] of Object.entries(REFUSALS)) {
    if (!rule.retry && code !== 'malformed-update') {
      it(`[CON-11] close code ${rule.closeCode} (${code}) ends all documents, until another is opened`, () => {
        const world = new World();
        const a = world.live('a');
        const b = world.live('b');
        world.type(b);
        world.cut(rule.closeCode, rule.text);
        const refused = { state: 'refused', code, reason: rule.text };
        expect([world.state(a), world.state(b)]).toEqual([refused, refused]);
        world.pass(3_600_000);
        world.happens({ type: 'wake' });
        expect(world.did('connect')).toHaveLength(0);
        const c = world.open('c');
        world.up();
        world.sync(c);
        expect([world.state(a).state, world.state(c).state]).toEqual(['refused', 'saved']);
      });
    }
    if (rule.retry) {
      it(`[CON-11] close code ${rule.closeCode} (${code}) is tried again`, () => {
        const world = new World();
        const a = world.live('a');
        world.cut(rule.closeCode);
        expect(world.state(a)).toEqual({ state: 'offline', changes: 0 });
        world.pass(world.wait);
        expect(world.did('connect')).toHaveLength(1);
      });
    }
  }

  it('[CON-11] a document that was refused before keeps its own reason', () => {
    const world = new World();
    const a = world.live('a');
    world.live('b');
    world.say(a, { type: 'refused', number: 0, code: 'bad-name', reason: 'no' });
    world.cut(4401);
    expect(world.state(a)).toEqual({ state: 'refused', code: 'bad-name', reason: 'no' });
  });

  it('[CON-12] a document refused for good ends alone, and the socket with it when it was the only one', () => {
    const world = new World();
    const a = world.live('a');
    const b = world.live('b');
    world.say(a, { type: 'refused', number: 0, code: 'bad-name', reason: 'no' });
    expect(world.sent()).toEqual([{ key: 'a', message: { type: 'leave' } }]);
    expect(world.state(a)).toEqual({ state: 'refused', code: 'bad-name', reason: 'no' });
    expect(world.state(b)).toEqual({ state: 'saved' });
    world.cut();
    world.pass(world.wait);
    world.up();
    world.sync(b);
    expect(world.sent().some(({ key }) => key === 'a')).toBe(false);
    world.close(b);
    world.pass(1_000);
    expect(world.client.link.state).toBe('idle');
    expect(world.state(a).state).toBe('refused');
  });

  it('[CON-12] a document refused for now is joined again, longer and longer apart, and says so until it is in', () => {
    const world = new World();
    const a = world.live('a');
    const b = world.live('b');
    const refused = { state: 'refused', code: 'document-unavailable', reason: 'broken' };
    const refuse = { type: 'refused', number: 0, code: 'document-unavailable', reason: 'broken' } as const;
    for (const wait of [250, 500, 1_000, 2_000]) {
      world.say(a, refuse);
      world.effects();
      world.pass(wait - 1);
      expect(world.sent()).toEqual([]);
      expect(world.state(a)).toEqual(refused);
      world.pass(1);
      expect(world.sent().map(({ message }) => message.type)).toEqual(['auth', 'vector']);
      expect(world.state(a)).toEqual(refused);
    }
    world.sync(a);
    expect([world.state(a), world.state(b)]).toEqual([{ state: 'saved' }, { state: 'saved' }]);
    world.say(a, refuse);
    world.effects();
    world.pass(250);
    expect(world.sent()).toHaveLength(2);
  });

  it('[CON-12] keeps to its time when the connection is lost meanwhile, and holds no socket until then', () => {
    const world = new World();
    world.random = 0.9;
    const a = world.live('a');
    const refuse = { type: 'refused', number: 0, code: 'storage-failed', reason: 'full' } as const;
    for (let times = 0; times < 4; times++) {
      world.say(a, refuse);
      world.pass(0.9 * 500 * 2 ** times);
      if (world.client.link.state === 'opening') world.up();
    }
    world.say(a, refuse); // joins again in 7.2 s
    world.cut();
    expect(world.client.link.state).toBe('idle');
    world.effects();
    world.pass(7_199);
    expect(world.did('connect')).toHaveLength(0);
    world.pass(1);
    expect(world.did('connect')).toHaveLength(1);
    world.up();
    world.sync(a);
    expect(world.state(a)).toEqual({ state: 'saved' });
  });

  it('[CON-12] a document whose session the server ended is joined again', () => {
    const world = new World();
    const a = world.live('a');
    world.say(a, { type: 'ended', reason: 'moved' });
    expect(world.state(a)).toEqual({ state: 'offline', changes: 0 });
    world.pass(250);
    world.sync(a);
    expect(world.state(a)).toEqual({ state: 'saved' });
  });

  it('[CON-12] a name that no server takes is refused without asking one, which would end the connection', () => {
    const world = new World();
    const a = world.live('a');
    const bad = world.open('..');
    expect(world.state(bad)).toMatchObject({ state: 'refused', code: 'bad-name' });
    expect(world.sent()).toEqual([]);
    expect(world.state(a)).toEqual({ state: 'saved' });
  });

  it('[CON-12] a denied token ends the document', () => {
    const world = new World();
    const a = world.open('a');
    world.up();
    world.say(a, { type: 'denied', reason: 'permission-denied' });
    expect(world.state(a)).toEqual({ state: 'refused', code: 'unauthorized', reason: 'permission-denied' });
  });
});

describe('session keys', () => {
  it('[CON-13] are the name, and the name with a number from the second time on one socket', () => {
    const world = new World();
    const a = world.live('a');
    const again = world.live('a');
    expect([world.key(a), world.key(again)]).toEqual(['a', 'a\u00001']);
    world.close(again);
    const third = world.live('a');
    expect(world.key(third)).toBe('a\u00002');
    world.cut();
    world.pass(world.wait);
    world.up();
    expect([world.key(a), world.key(third)]).toEqual(['a', 'a\u00001']);
  });

  it('[CON-13] what the server still says to a session that ended is not taken for the next', () => {
    const world = new World();
    const first = world.live('a');
    world.type(first);
    world.close(first);
    const second = world.live('a');
    world.type(second);
    world.happens({ type: 'message', key: 'a', message: { type: 'saved', number: 1 } });
    expect(world.state(second)).toEqual({ state: 'saving', changes: 1 });
    world.say(second, { type: 'saved', number: 1 });
    expect(world.state(second)).toEqual({ state: 'saved' });
  });
});

describe('tokens', () => {
  it('[CON-14] a document whose token cannot be had is tried again, and the others go on', () => {
    const world = new World();
    const a = world.live('a');
    world.tokens = 'later';
    const b = world.open('b');
    world.happens({ type: 'noToken', key: 'b' });
    expect([world.state(a).state, world.state(b).state]).toEqual(['saved', 'offline']);
    world.effects();
    world.pass(250);
    expect(world.did('askToken')).toHaveLength(1);
    world.token(world.key(b));
    world.sync(b);
    expect(world.state(b)).toEqual({ state: 'saved' });
  });

  it('[CON-14] a token that comes after its connection has gone greets the next', () => {
    const world = new World();
    world.tokens = 'later';
    world.open('a');
    world.up();
    world.cut();
    world.token('a');
    expect(world.sent()).toEqual([]);
    world.pass(world.wait);
    world.up();
    world.token('a');
    expect(world.sent().map(({ message }) => message.type)).toEqual(['auth', 'vector']);
  });

  it('[CON-15] is sent again when the server asks, and the session goes on without one', () => {
    const world = new World();
    const a = world.live('a');
    world.say(a, { type: 'askToken' });
    expect(world.sent()).toEqual([{ key: 'a', message: { type: 'auth', token: 'secret', version: 'inkroom/1' } }]);
    world.happens({ type: 'noToken', key: 'a' });
    expect(world.state(a)).toEqual({ state: 'saved' });
  });
});
