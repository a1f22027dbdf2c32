import { describe, expect, it } from 'vitest';
import { World } from '../support/client-world.ts';

const SAVED = { state: 'saved' };
const saving = (changes: number) => ({ state: 'saving', changes });
const offline = (changes: number) => ({ state: 'offline', changes });

function back(world: World, id: number): void {
  world.pass(world.wait);
  world.up();
  world.sync(id);
}

describe('what is saved', () => {
  it('[SAVE-1] is said when every local edit was acknowledged, and not before', () => {
    const world = new World();
    const a = world.live('a');
    world.type(a);
    world.type(a);
    world.type(a);
    expect(world.state(a)).toEqual(saving(3));
    world.say(a, { type: 'saved', number: 2 });
    expect(world.state(a)).toEqual(saving(1));
    world.say(a, { type: 'saved', number: 3 });
    expect(world.state(a)).toEqual(SAVED);
    expect(world.did('forgetKept').map(({ upTo }) => upTo)).toEqual([2, 3]);
  });

  it('[SAVE-1] an acknowledgement of more than was sent counts for what was sent', () => {
    const world = new World();
    const a = world.live('a');
    world.type(a);
    world.say(a, { type: 'saved', number: 9 });
    expect(world.state(a)).toEqual(SAVED);
    world.type(a);
    expect(world.state(a)).toEqual(saving(1));
  });

  it('[SAVE-2] a join sends nothing when there is nothing that the server may lack', () => {
    const world = new World();
    const a = world.open('a');
    world.up();
    world.effects();
    world.sync(a);
    expect(world.sent()).toEqual([]);
    expect(world.state(a)).toEqual(SAVED);
  });

  it("[SAVE-2] a join answers the server's step1 by one difference, after the content, and only then by each edit", () => {
    const world = new World();
    const a = world.open('a');
    world.type(a);
    world.up();
    world.effects();
    world.say(a, { type: 'granted', role: 'edit' });
    world.say(a, { type: 'step1', stateVector: new Uint8Array([7]) });
    world.say(a, { type: 'update', update: new Uint8Array([0, 0]) });
    world.type(a);
    expect(world.sent()).toEqual([]);
    expect(world.state(a)).toEqual({ state: 'syncing' });
    world.say(a, { type: 'step2', update: new Uint8Array([0, 0]) });
    const [apply, difference] = world.effects();
    expect(apply?.do).toBe('apply');
    expect(difference).toMatchObject({ do: 'sendDifference', number: 1, stateVector: new Uint8Array([7]) });
    expect(world.state(a)).toEqual(saving(2));
    world.type(a);
    expect(world.sent()).toMatchObject([{ message: { type: 'numberedUpdate', number: 2 } }]);
    world.say(a, { type: 'saved', number: 1 });
    expect(world.state(a)).toEqual(saving(1));
    world.say(a, { type: 'saved', number: 2 });
    expect(world.state(a)).toEqual(SAVED);
  });

  it('[SAVE-3] after a reconnect one acknowledgement is not taken for all', () => {
    const world = new World();
    const a = world.live('a');
    for (let i = 0; i < 5; i++) world.type(a);
    world.say(a, { type: 'saved', number: 2 });
    world.cut();
    expect(world.state(a)).toEqual(offline(3));
    world.type(a);
    back(world, a);
    expect(world.state(a)).toEqual(saving(4));
    world.type(a);
    world.say(a, { type: 'saved', number: 1 }); // the difference: everything but the last
    expect(world.state(a)).toEqual(saving(1));
    world.say(a, { type: 'saved', number: 2 });
    expect(world.state(a)).toEqual(SAVED);
  });

  it('[SAVE-3] a number of the connection before means nothing', () => {
    const world = new World();
    const a = world.live('a');
    world.type(a);
    world.cut();
    world.pass(world.wait);
    world.up();
    world.say(a, { type: 'saved', number: 1 });
    expect(world.state(a)).toEqual({ state: 'syncing' });
    world.cut();
    expect(world.state(a)).toEqual(offline(1));
  });

  it('[SAVE-4] a step1 at any other time is answered when something is not saved', () => {
    const world = new World();
    const a = world.live('a');
    world.say(a, { type: 'step1', stateVector: new Uint8Array([0]) });
    expect(world.sent()).toEqual([]);
    world.type(a);
    world.effects();
    world.say(a, { type: 'step1', stateVector: new Uint8Array([0]) });
    expect(world.sent()).toMatchObject([{ message: { type: 'difference', number: 2 } }]);
    world.say(a, { type: 'saved', number: 1 });
    expect(world.state(a)).toEqual(SAVED);
  });

  it('[SAVE-5] a server that lost what it had is given it back, and "saved" waits for that', () => {
    const world = new World();
    const a = world.live('a');
    world.cut();
    world.pass(world.wait);
    world.up();
    world.effects();
    world.sync(a, { serverLacks: true });
    expect(world.sent()).toMatchObject([{ message: { type: 'difference', number: 1 } }]);
    expect(world.state(a)).toEqual(saving(1));
    world.type(a);
    world.say(a, { type: 'saved', number: 1 });
    expect(world.state(a)).toEqual(saving(1));
    world.say(a, { type: 'saved', number: 2 });
    expect(world.state(a)).toEqual(SAVED);
  });

  it('[SAVE-5] but not by somebody who may only read', () => {
    const world = new World();
    const a = world.open('a');
    world.up();
    world.effects();
    world.sync(a, { role: 'view', serverLacks: true });
    expect(world.sent()).toEqual([]);
    expect(world.state(a)).toEqual(SAVED);
  });
});

describe('an update that was refused', () => {
  const gap = (number: number) => ({ type: 'refused', number, code: 'gap', reason: 'gap' }) as const;
  const step1 = { type: 'step1', stateVector: new Uint8Array([0]) } as const;

  it('[SAVE-6] for a gap: what was sent after it does not count, and a difference makes it good', () => {
    const world = new World();
    const a = world.live('a');
    for (let i = 0; i < 3; i++) world.type(a);
    world.say(a, { type: 'saved', number: 1 });
    world.say(a, gap(2));
    world.type(a); // held: the difference brings it
    world.effects();
    world.say(a, { type: 'saved', number: 3 });
    expect(world.state(a)).toEqual(saving(3));
    world.say(a, step1);
    expect(world.sent()).toMatchObject([{ message: { type: 'difference', number: 4 } }]);
    world.type(a);
    world.say(a, { type: 'saved', number: 4 });
    expect(world.state(a)).toEqual(saving(1));
    world.say(a, { type: 'saved', number: 5 });
    expect(world.state(a)).toEqual(SAVED);
  });

  it('[SAVE-6] for a gap, and another that was under way: the difference stands', () => {
    const world = new World();
    const a = world.live('a');
    world.type(a);
    world.type(a);
    world.say(a, gap(1));
    world.say(a, step1);
    world.say(a, gap(2));
    world.say(a, { type: 'saved', number: 3 });
    expect(world.state(a)).toEqual(SAVED);
  });

  it('[SAVE-7] for a gap in a difference, twice: a person is told', () => {
    const world = new World();
    const a = world.live('a');
    world.type(a);
    world.cut();
    back(world, a);
    world.say(a, gap(1));
    world.say(a, step1);
    expect(world.state(a)).toEqual(saving(1));
    world.say(a, gap(2));
    expect(world.state(a)).toEqual({ state: 'refused', code: 'gap', reason: 'gap' });
    world.effects();
    world.say(a, step1);
    world.type(a);
    expect(world.sent()).toEqual([]);
  });

  it('[SAVE-8] for another reason: nothing more is offered, nothing is forgotten, and the document can still be read', () => {
    const world = new World();
    const a = world.live('a');
    world.type(a);
    world.type(a);
    world.say(a, { type: 'refused', number: 2, code: 'too-large', reason: 'large' });
    const refused = { state: 'refused', code: 'too-large', reason: 'large' };
    expect(world.state(a)).toEqual(refused);
    world.say(a, { type: 'saved', number: 1 });
    expect(world.did('forgetKept')).toMatchObject([{ upTo: 1 }]);
    world.type(a);
    world.say(a, step1);
    world.say(a, { type: 'update', update: new Uint8Array([0, 0]) });
    expect(world.effects().map((effect) => effect.do)).toEqual(['apply']);
    world.cut();
    back(world, a);
    world.type(a);
    expect(world.effects().map((effect) => effect.do)).not.toContain('sendDifference');
    expect(world.state(a)).toEqual(refused);
  });

  it('[SAVE-8] with a code that nobody knows is refused', () => {
    const world = new World();
    const a = world.live('a');
    world.type(a);
    world.say(a, { type: 'refused', number: 1, code: 'constructor', reason: 'new' });
    expect(world.state(a)).toEqual({ state: 'refused', code: 'constructor', reason: 'new' });
  });

  it('[SAVE-14] for want of room on the disk: the session goes on, says so, and offers it again when the server asks', () => {
    const world = new World();
    const a = world.live('a');
    world.type(a);
    world.effects();
    const refused = { state: 'refused', code: 'storage-full', reason: 'full' };
    world.say(a, { type: 'refused', number: 1, code: 'storage-full', reason: 'full' });
    expect(world.state(a)).toEqual(refused);
    world.type(a); // nothing more is sent until then
    world.pass(15_000);
    expect(world.sent()).toEqual([]);
    expect(world.client.sessions.get(a)?.phase.phase).toBe('live');
    world.say(a, { type: 'step1', stateVector: new Uint8Array([0]) });
    expect(world.sent().map(({ message }) => message)).toMatchObject([{ type: 'difference', number: 2 }]);
    expect(world.state(a)).toEqual(refused);
    world.say(a, { type: 'refused', number: 2, code: 'storage-full', reason: 'full' });
    world.say(a, { type: 'step1', stateVector: new Uint8Array([0]) });
    world.say(a, { type: 'saved', number: 3 });
    expect(world.state(a)).toEqual(SAVED);
  });

  it('[SAVE-14] for want of room: what is given back to a server that lost it is saved in the end, and says so', () => {
    for (const lacks of [true, false]) {
      const world = new World();
      const a = world.open('a');
      world.up();
      world.sync(a, { serverLacks: true });
      world.say(a, { type: 'refused', number: 1, code: 'storage-full', reason: 'full' });
      expect(world.state(a)).toEqual({ state: 'refused', code: 'storage-full', reason: 'full' });
      world.say(a, { type: 'step1', stateVector: new Uint8Array([0]) }, { serverLacks: lacks }); // or somebody else gave it back
      if (lacks) world.say(a, { type: 'saved', number: 2 });
      expect(world.state(a)).toEqual(SAVED);
    }
  });

  it('[SAVE-9] for now: it is offered again after a while, and refused is said until it is saved', () => {
    const world = new World();
    const a = world.live('a');
    world.type(a);
    const refused = { state: 'refused', code: 'storage-failed', reason: 'full' };
    world.say(a, { type: 'refused', number: 1, code: 'storage-failed', reason: 'full' });
    expect(world.state(a)).toEqual(refused);
    world.effects();
    world.pass(250);
    world.sync(a);
    expect(world.sent().map(({ message }) => message.type)).toEqual(['auth', 'vector', 'difference']);
    expect(world.state(a)).toEqual(refused);
    world.say(a, { type: 'refused', number: 0, code: 'storage-failed', reason: 'full' });
    world.pass(499);
    expect(world.client.sessions.get(a)?.phase.phase).toBe('barred');
    world.pass(1);
    world.sync(a);
    world.say(a, { type: 'saved', number: 1 });
    expect(world.state(a)).toEqual(SAVED);
  });

  it('[SAVE-10] because of the role is offered again when the role allows it', () => {
    const world = new World();
    const a = world.live('a');
    world.say(a, { type: 'role', role: 'view' });
    world.type(a);
    world.say(a, { type: 'refused', number: 1, code: 'read-only', reason: 'no' });
    expect(world.state(a).state).toBe('refused');
    world.effects();
    world.say(a, { type: 'role', role: 'edit' });
    world.sync(a);
    expect(world.sent().map(({ message }) => message.type)).toEqual(['leave', 'auth', 'vector', 'difference']);
    expect(world.state(a)).toEqual(saving(1));
  });

  it('[SAVE-10] because of the role is offered at the next join when the role allows it by then', () => {
    const world = new World();
    const a = world.live('a');
    world.type(a);
    world.say(a, { type: 'refused', number: 1, code: 'read-only', reason: 'no' });
    world.cut();
    back(world, a);
    expect(world.state(a)).toEqual(saving(1));
  });
});

describe('the role', () => {
  it('[CON-16] follows what the server says, and "read-only" does not make less of a commenter', () => {
    const world = new World();
    const a = world.live('a');
    const role = () => world.client.sessions.get(a)?.role;
    expect(role()).toBe('edit');
    world.say(a, { type: 'role', role: 'comment' });
    world.say(a, { type: 'granted', role: 'view' });
    expect(role()).toBe('comment');
    world.say(a, { type: 'role', role: 'view' });
    expect(role()).toBe('view');
  });
});
