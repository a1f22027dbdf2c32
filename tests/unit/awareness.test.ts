import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { describe, expect, it } from 'vitest';
import {
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
  Awareness as YAwareness,
} from 'y-protocols/awareness';
import * as Y from 'yjs';
import { encode } from '../../lib/protocol/bytes.ts';
import { LIMITS } from '../../server/limits.ts';
import { Awareness, type PresenceOwner } from '../../server/rooms/awareness.ts';

type Said = [client: number, clock: number, state: string];

function says(...entries: Said[]): Uint8Array {
  return encode((encoder) => {
    encoding.writeVarUint(encoder, entries.length);
    for (const [client, clock, state] of entries) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, state);
    }
  });
}

/** What a real y-protocols client makes of an awareness update. */
function heard(...updates: Uint8Array[]): Map<number, unknown> {
  const awareness = new YAwareness(new Y.Doc());
  awareness.setLocalState(null);
  for (const update of updates) applyAwarenessUpdate(awareness, update, 'server');
  const states = awareness.getStates();
  awareness.destroy();
  return states;
}

const ada: PresenceOwner = { user: undefined };
const ben: PresenceOwner = { user: undefined };
const eve: PresenceOwner = { user: 'eve' };

/** A room that these have entered. */
function roomOf(...owners: PresenceOwner[]): Awareness {
  const room = new Awareness();
  for (const owner of owners) room.enter(owner);
  return room;
}

/** Milliseconds: far enough apart that everybody may be told of again. */
let now = 0;
function take(room: Awareness): Uint8Array {
  now += 1_000;
  return room.takeChanges(now) ?? says();
}

/** What somebody is told who joins; every join is far from the last. */
function everyone(
  room: Awareness,
  raise: (owner: PresenceOwner, update: Uint8Array) => void = () => undefined,
): Uint8Array {
  now += 1_000;
  return room.all(now, raise);
}

/** The one who left first, of those that are remembered, and how many these are. */
function whoLeft(room: Awareness): [number, number] {
  const decoder = decoding.createDecoder(room.gone());
  const count = decoding.readVarUint(decoder);
  return [decoding.readVarUint(decoder), count];
}

const here = (room: Awareness) => Object.fromEntries(heard(everyone(room)));

/** A real client: it hears what the server sends, and its newest state goes to the server. */
class Client {
  readonly awareness = new YAwareness(new Y.Doc());

  constructor(state: Record<string, unknown> | null = null) {
    this.awareness.setLocalState(state);
  }

  get id(): number {
    return this.awareness.clientID;
  }

  get clock(): number {
    return this.awareness.meta.get(this.id)?.clock ?? 0;
  }

  /** What it says on open, or when it moves. */
  own(): Uint8Array {
    return encodeAwarenessUpdate(this.awareness, [this.id]);
  }

  hear(...updates: (Uint8Array | undefined)[]): void {
    for (const update of updates) if (update) applyAwarenessUpdate(this.awareness, update, 'server');
  }

  sees(other: Client): unknown {
    return this.awareness.getStates().get(other.id);
  }

  destroy(): void {
    this.awareness.destroy();
  }
}

describe('awareness', () => {
  it('tells others what a real client said of itself', () => {
    const room = roomOf(ada);
    const client = new Client({ user: { name: '王小明' } });
    room.apply(client.own(), ada);
    expect(here(room)).toEqual({ [client.id]: { user: { name: '王小明' } } });
    client.destroy();
  });

  it('[PRES-4] keeps the newest state only', () => {
    const room = roomOf(ada);
    room.apply(says([1, 1, '{"x":1}']), ada);
    room.apply(says([1, 2, '{"x":2}']), ada);
    expect(take(room)).toEqual(says([1, 2, '{"x":2}']));
    expect(room.changed).toBe(false);
  });

  it('[PRES-7] tells of one person 30 times a second at most, and then the newest', () => {
    const room = roomOf(ada, ben);
    room.apply(says([1, 1, '{"x":1}']), ada);
    expect(room.takeChanges(100)).toEqual(says([1, 1, '{"x":1}']));
    for (let clock = 2; clock < 1_000; clock++) room.apply(says([1, clock, '{"x":2}']), ada);
    room.apply(says([2, 1, '{"x":1}']), ben);
    expect(room.takeChanges(120)).toEqual(says([2, 1, '{"x":1}']));
    expect(room.changed).toBe(true);
    expect(room.takeChanges(100 + LIMITS.presenceRestMs - 1)).toBeUndefined();
    expect(room.takeChanges(100 + LIMITS.presenceRestMs)).toEqual(says([1, 999, '{"x":2}']));
    expect(room.changed).toBe(false);
  });

  it('[PRES-7] tells at once that somebody is gone', () => {
    const room = roomOf(ada);
    room.apply(says([1, 1, '{"x":1}']), ada);
    room.takeChanges(100);
    room.leave(ada);
    expect(room.takeChanges(101)).toEqual(says([1, 1, 'null']));
  });

  it('passes over a state that is not newer', () => {
    const room = roomOf(ada);
    room.apply(says([1, 5, '{"x":5}']), ada);
    take(room);
    room.apply(says([1, 4, '{"x":4}'], [1, 5, '{"x":0}']), ada);
    expect(room.changed).toBe(false);
  });

  it('[PRES-1] passes over what others repeat, forge or declare gone', () => {
    const room = roomOf(ada, ben, eve);
    room.apply(says([1, 5, '{"x":1}']), ada);
    room.apply(says([2, 5, '{"x":1}']), ben);
    take(room);
    expect(room.apply(says([1, 5, '{"x":1}']), ben)).toBeUndefined();
    room.apply(says([1, 9, 'null']), ben);
    room.apply(says([1, 9, '{"x":"forged"}']), ben);
    room.apply(says([1, 9, '{"x":"forged"}']), eve);
    expect(room.changed).toBe(false);
    expect(here(room)).toEqual({ 1: { x: 1 }, 2: { x: 1 } });
  });

  it('[PRES-1] hears a client that reconnects before its old connection is known to be dead, and keeps it when that one ends', () => {
    const [before, after]: [PresenceOwner, PresenceOwner] = [{ user: 'ada' }, { user: 'ada' }];
    const room = roomOf(before, after);
    room.apply(says([1, 5, '{"x":1}']), before);
    room.apply(says([1, 6, '{"x":2}']), after);
    room.leave(before);
    expect(here(room)).toEqual({ 1: { x: 2 } });
  });

  it('[PRES-1] gives an id back to the connection that it was taken from, if that one lives, and nobody takes it again', () => {
    const room = roomOf(ada, ben);
    room.apply(says([1, 5, '{"x":1}']), ada);
    room.apply(says([1, 2 ** 53 - 1, '{"x":"taken"}']), ben);
    expect(here(room)).toEqual({ 1: { x: 'taken' } });
    room.apply(says([1, 6, '{"x":2}']), ada);
    room.apply(says([1, 2 ** 53 - 1, '{"x":"taken"}']), ben);
    expect(heard(take(room))).toEqual(new Map([[1, { x: 2 }]]));
    room.apply(says([2, 1, '{"x":3}']), ben); // an id of its own
    expect(room.size).toBe(2);
  });

  it('[PRES-2] forgets who left, and tells the others', () => {
    const room = roomOf(ada, ben);
    room.apply(says([1, 5, '{"x":1}']), ada);
    room.apply(says([2, 1, '{"x":2}']), ben);
    const before = take(room);
    room.leave(ada);
    expect(heard(before, take(room))).toEqual(new Map([[2, { x: 2 }]]));
    expect(room.size).toBe(1);
  });

  it('[PRES-2] passes over what others still repeat of somebody who left, and hears him when he returns', () => {
    const back: PresenceOwner = { user: undefined };
    const room = roomOf(ada, ben);
    room.apply(says([1, 5, '{"x":1}']), ada);
    room.leave(ada);
    take(room);
    room.apply(says([1, 5, '{"x":1}'], [1, 4, '{"x":0}']), ben);
    expect(room.changed).toBe(false);
    room.enter(back);
    room.apply(says([1, 5, '{"x":1}']), back);
    expect(room.size).toBe(1);
  });

  it.each([
    ['a second entry that is not JSON', says([1, 1, '{}'], [2, 1, '{'])],
    ['a claimed count over what is there', Uint8Array.of(0xff, 0xff, 0x03)],
    ['bytes after the end', Uint8Array.of(...says([1, 1, '{}']), 0)],
    ['a truncated state', says([1, 1, '{"x":1}']).slice(0, -2)],
    ['101 levels', says([1, 1, '['.repeat(102) + ']'.repeat(102)])],
    ['a key of a prototype', says([1, 1, '{"__proto__":{}}'])],
  ])('[PRES-3] takes nothing of a message with %s', (_, update) => {
    const room = roomOf(ada);
    expect(() => room.apply(update, ada)).toThrow(expect.objectContaining({ code: 'malformed-frame' }));
    expect(room.size).toBe(0);
    expect(room.changed).toBe(false);
  });

  it('[PRES-5] refuses a state over 4 KiB before it is parsed', () => {
    const room = roomOf(ada);
    const tooLarge = expect.objectContaining({ code: 'too-large' });
    expect(() => room.apply(says([1, 1, '['.repeat(200_000)]), ada)).toThrow(tooLarge);
    const state = (bytes: number) => says([1, 1, `"${'x'.repeat(bytes - 2)}"`]);
    room.apply(state(LIMITS.presenceBytes), ada);
    expect(() => room.apply(state(LIMITS.presenceBytes + 1), ada)).toThrow(tooLarge);
  });

  it('[PRES-5] refuses a message about more ids than there are people, before it reads the first', () => {
    const room = roomOf(ada);
    const crowd = Array.from({ length: LIMITS.presenceIds }, (_, i): Said => [i + 1, 1, '{}']);
    room.apply(says(...crowd), ada);
    expect(here(room)).toEqual({ 1: {} });
    const one = [...crowd, [0, 1, 'no JSON'] as Said];
    expect(() => room.apply(says(...one), ada)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  it('[PRES-5] refuses a message of more bytes than all that one may repeat, before it reads the first', () => {
    const room = roomOf(ada);
    const tooLarge = expect.objectContaining({ code: 'too-large' });
    const message = (bytes: number) => {
      const state = `"${'x'.repeat(LIMITS.presenceBytes - 10)}"`;
      const said = Array.from({ length: Math.floor(bytes / LIMITS.presenceBytes) }, (_, i): Said => [i + 1, 1, state]);
      const left = bytes - says(...said, [0, 1, '""']).length;
      return says(...said, [0, 1, `"${'x'.repeat(left - 1)}"`]); // its length takes a byte more
    };
    expect(message(LIMITS.presenceMessageBytes).length).toBe(LIMITS.presenceMessageBytes);
    room.apply(message(LIMITS.presenceMessageBytes), ada);
    expect(() => room.apply(message(LIMITS.presenceMessageBytes + 1), ada)).toThrow(tooLarge);
  });

  it('[PRES-1] who reconnects says what he said last, and is taken for the same one at once; who repeats what he heard is not', () => {
    const room = roomOf(ada, ben);
    room.apply(says([1, 1, '{"at":1}']), ada);
    room.apply(says([1, 5_000, '{"at":2}']), ada); // raised, as it was told to be
    const told = take(room);
    const again: PresenceOwner = { user: undefined };
    room.enter(again);
    room.apply(told, ben);
    expect(room.idOf(ben)).toBeUndefined();
    room.apply(says([1, 5_000, '{"at":2}']), again);
    expect(room.idOf(again)).toBe(1);
    room.leave(ada); // its socket is found dead
    expect(here(room)).toEqual({ 1: { at: 2 } });
  });

  it('[PRES-5] a session has one id: the first that it announces, and another only when it has withdrawn that', () => {
    const room = roomOf(ada);
    room.apply(says([1, 1, '{}'], [2, 1, '{}']), ada);
    room.apply(says([3, 1, '{}']), ada);
    expect(here(room)).toEqual({ 1: {} });
    room.apply(says([1, 2, 'null']), ada);
    room.apply(says([3, 1, '{}']), ada);
    expect(here(room)).toEqual({ 3: {} });
  });

  it('[PRES-5] keeps nothing of 10,000 ids that were added and removed', () => {
    const room = roomOf(ada);
    for (let id = 0; id < 10_000; id++) {
      room.apply(says([id, 1, '{}']), ada);
      room.apply(says([id, 2, 'null']), ada);
      if (id % 1_000 === 0) take(room);
    }
    expect(room.size).toBe(0);
    expect(take(room).length).toBeLessThan(20_000);
  });

  it('[PRES-5] remembers the last thousand who left', () => {
    const room = roomOf(ada);
    for (let id = 1; id <= LIMITS.presenceLeft + 1; id++) {
      room.apply(says([id, 1, '{}']), ada);
      room.apply(says([id, 2, 'null']), ada);
      const first = Number(id > LIMITS.presenceLeft) + 1;
      if (id >= LIMITS.presenceLeft - 1) expect(whoLeft(room)).toEqual([first, id - first + 1]);
    }
  });
});

describe('[PRES-9] with tokens', () => {
  const shown = (state: unknown, owner: PresenceOwner): unknown => {
    const room = new Awareness({ stamps: true });
    room.enter(owner);
    room.apply(says([1, 1, JSON.stringify(state)]), owner);
    const [first] = heard(take(room)).values();
    room.apply(says([1, 2, JSON.stringify(state)]), owner);
    const [second] = heard(take(room)).values();
    expect(second).toEqual(first);
    return first;
  };

  it('the server says who somebody is, and leaves the rest as the client says it', () => {
    const state = { user: { id: 'ada', name: 'Ada', color: '#f00' }, cursor: { anchor: 1 } };
    expect(shown(state, { user: 'eve', name: 'Eve' })).toEqual({
      user: { id: 'eve', name: 'Eve', color: '#f00' },
      cursor: { anchor: 1 },
    });
    expect(shown(state, eve)).toEqual({ user: { id: 'eve', name: 'Ada', color: '#f00' }, cursor: { anchor: 1 } });
  });

  it('somebody unknown poses as nobody', () => {
    expect(shown({ user: { id: 'ada', name: 'guest' } }, ada)).toEqual({ user: { name: 'guest' } });
    expect(shown({ cursor: 1 }, ada)).toEqual({ cursor: 1 });
  });

  it.each([{}, { user: 'ada' }, { user: null }, { user: [1] }])('a state like %j is stamped too', (state) => {
    expect(shown(state, eve)).toEqual({ user: { id: 'eve' } });
  });

  it('the last of two users in one state counts, as for every reader', () => {
    const room = new Awareness({ stamps: true });
    room.enter(eve);
    room.apply(says([1, 1, '{"user":{"id":"ada"},"user":{"id":"ben"}}']), eve);
    expect(take(room)).toEqual(says([1, 1, '{"user":{"id":"eve"}}']));
  });

  it('what is no object stays as it is', () => {
    expect(shown([1], eve)).toEqual([1]);
    expect(shown('x', eve)).toBe('x');
  });
});

it('[PRES-9] without tokens every byte passes as it is', () => {
  const room = roomOf(ada);
  const state = ' { "user" : {"id":"whoever"}, "x":1.0 } ';
  room.apply(says([1, 1, state]), ada);
  expect(take(room)).toEqual(says([1, 1, state]));
});

describe('[PRES-8] a client that returns under the clock that it had', () => {
  /** Two clients that see each other, each in a session. */
  function meeting() {
    const room = roomOf(ada, ben);
    const [first, second] = [new Client({ name: 'first' }), new Client({ name: 'second' })];
    first.hear(room.apply(first.own(), ada));
    second.hear(room.apply(second.own(), ben));
    const news = take(room);
    for (const client of [first, second]) client.hear(news);
    expect([first.sees(second), second.sees(first)]).toEqual([{ name: 'second' }, { name: 'first' }]);
    return { room, first, second };
  }

  it('is seen again at once, though it has not moved', () => {
    const { room, first, second } = meeting();
    for (let round = 0; round < 5; round++) {
      room.leave(ada);
      second.hear(take(room));
      expect(second.sees(first)).toBeUndefined();
      room.enter(ada);
      const clock = first.clock;
      first.hear(room.apply(first.own(), ada));
      expect(first.clock).toBeGreaterThan(clock);
      const news = take(room);
      second.hear(news);
      first.hear(news);
      expect(second.sees(first)).toEqual({ name: 'first' });
      expect(first.awareness.getLocalState()).toEqual({ name: 'first' });
    }
  });

  it('sees the others again at once, though they have not moved', () => {
    const { room, first, second } = meeting();
    for (let round = 0; round < 2_500; round++) {
      room.leave(ada);
      removeAwarenessStates(first.awareness, [second.id], 'offline'); // as providers do when the connection ends
      take(room);
      room.enter(ada);
      first.hear(everyone(room, (_, update) => second.hear(update)));
      expect(first.sees(second)).toEqual({ name: 'second' });
      first.hear(room.apply(first.own(), ada));
      const news = [take(room), everyone(room, (_, update) => second.hear(update))];
      const clock = second.clock;
      second.hear(...news); // its own state is among them: older than what it knows
      expect(second.clock).toBe(clock);
    }
  });

  it('joins with others in one moment: all of them are told the same bytes', () => {
    const { room } = meeting();
    const told = room.all(5_000, () => undefined);
    expect(room.all(5_030, () => undefined)).toBe(told);
    expect(room.all(5_033, () => undefined)).not.toEqual(told);
    const before = room.all(5_034, () => undefined);
    room.leave(ben);
    expect(room.all(5_034, () => undefined)).not.toEqual(before);
  });

  it('is seen again at once by those who remember it from before a restart of the server', () => {
    const { first, second } = meeting();
    for (const client of [first, second]) {
      const others = [...client.awareness.getStates().keys()].filter((id) => id !== client.id);
      removeAwarenessStates(client.awareness, others, 'offline'); // as providers do when the connection ends
    }
    const [back, other]: PresenceOwner[] = [{ user: undefined }, { user: undefined }];
    const anew = roomOf(back as PresenceOwner, other as PresenceOwner);
    first.hear(anew.apply(first.own(), back as PresenceOwner));
    second.hear(anew.apply(second.own(), other as PresenceOwner));
    const news = take(anew);
    for (const client of [first, second]) client.hear(news);
    expect([first.sees(second), second.sees(first)]).toEqual([{ name: 'second' }, { name: 'first' }]);
  });

  it('is seen when it speaks, by those who remember it from before a restart under a newer clock than it ever had', () => {
    const first = new Client({ name: 'first' });
    const second = new Client();
    for (let restart = 0; restart < 5; restart++) {
      const [back]: [PresenceOwner] = [{ user: undefined }];
      const room = roomOf(back);
      room.apply(first.own(), back); // the answer, that would raise its clock, is lost with its connection
      for (let joined = 0; joined < 20; joined++) second.hear(everyone(room));
      removeAwarenessStates(second.awareness, [first.id], 'offline'); // as providers do when the connection ends
    }
    const room = roomOf(ada);
    first.hear(room.apply(first.own(), ada));
    second.hear(take(room));
    expect(second.sees(first)).toBeUndefined();
    first.awareness.setLocalState({ name: 'first' }); // as every client does that has said nothing for 15 s
    room.apply(first.own(), ada);
    second.hear(take(room));
    expect(second.sees(first)).toEqual({ name: 'first' });
    for (let round = 0; round < 2_500; round++) {
      removeAwarenessStates(second.awareness, [first.id], 'offline');
      second.hear(everyone(room, (_, update) => first.hear(update)));
      expect(second.sees(first)).toEqual({ name: 'first' });
      const { clock } = first;
      first.hear(everyone(room, (_, update) => first.hear(update)));
      if (round % 100 > 0) continue;
      first.awareness.setLocalState({ name: 'first' });
      expect(first.clock).toBeGreaterThan(clock);
      room.apply(first.own(), ada);
    }
    first.destroy();
    second.destroy();
  });

  it('is heard when it moved before it heard that its clock was raised', () => {
    const { room, first, second } = meeting();
    room.leave(ada);
    second.hear(take(room));
    room.enter(ada);
    const raise = room.apply(first.own(), ada);
    second.hear(take(room));
    for (let x = 0; x < 5; x++) {
      first.awareness.setLocalState({ name: 'first', x });
      room.apply(first.own(), ada);
      second.hear(take(room));
      expect(second.sees(first)).toEqual({ name: 'first', x });
    }
    first.hear(raise, everyone(room));
    expect(first.awareness.getLocalState()).toEqual({ name: 'first', x: 4 }); // not what it was
    first.awareness.setLocalState({ name: 'first', x: 5 });
    room.apply(first.own(), ada);
    second.hear(take(room));
    expect(second.sees(first)).toEqual({ name: 'first', x: 5 });
  });

  it('is not shut out by somebody who used its id under a clock of 2^53-1', () => {
    const { room, first, second } = meeting();
    for (let round = 0; round < 10; round++) {
      room.leave(ada);
      second.hear(take(room));
      room.enter(eve);
      room.apply(says([first.id, 2 ** 53 - 1, '{"name":"eve"}']), eve);
      second.hear(take(room));
      room.leave(eve);
      second.hear(take(room));
      room.enter(ada);
      first.hear(room.apply(first.own(), ada));
      second.hear(take(room));
      expect(second.sees(first)).toEqual({ name: 'first' });
      first.awareness.setLocalState({ name: 'first', round });
      room.apply(first.own(), ada);
      second.hear(take(room));
      expect(second.sees(first)).toEqual({ name: 'first', round });
      first.awareness.setLocalState({ name: 'first' });
      room.apply(first.own(), ada);
      second.hear(take(room));
    }
  });

  it('somebody who only looks on and repeats what he hears takes nobody’s id', () => {
    const { room, first, second } = meeting();
    const [lookingOn]: [PresenceOwner] = [{ user: undefined }];
    const viewer = new Client();
    room.enter(lookingOn);
    viewer.hear(everyone(room));
    const repeated = () => encodeAwarenessUpdate(viewer.awareness, [first.id, second.id]);
    expect(room.apply(repeated(), lookingOn)).toBeUndefined();
    room.leave(ada);
    expect(room.apply(repeated(), lookingOn)).toBeUndefined();
    expect(here(room)).toEqual({ [second.id]: { name: 'second' } });
  });
});
