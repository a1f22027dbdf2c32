import * as encoding from 'lib0/encoding';
import { describe, expect, it } from 'vitest';
import { applyAwarenessUpdate, encodeAwarenessUpdate, Awareness as YAwareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { encode } from '../../lib/protocol/bytes.ts';
import { Awareness, type PresenceOwner } from '../../server/awareness.ts';

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

describe('awareness', () => {
  it('tells others what a real client said of itself', () => {
    const room = new Awareness();
    const client = new YAwareness(new Y.Doc());
    client.setLocalState({ user: { name: '王小明' } });
    room.apply(encodeAwarenessUpdate(client, [client.clientID]), ada);
    expect(heard(room.all())).toEqual(new Map([[client.clientID, { user: { name: '王小明' } }]]));
    client.destroy();
  });

  it('[PRES-4] keeps the newest state only', () => {
    const room = new Awareness();
    room.apply(says([1, 1, '{"x":1}']), ada);
    room.apply(says([1, 2, '{"x":2}']), ada);
    expect(room.takeChanges()).toEqual(says([1, 2, '{"x":2}']));
    expect(room.changed).toBe(false);
  });

  it('passes over a state that is not newer', () => {
    const room = new Awareness();
    room.apply(says([1, 5, '{"x":5}']), ada);
    room.takeChanges();
    room.apply(says([1, 4, '{"x":4}'], [1, 5, '{"x":0}']), ada);
    expect(room.changed).toBe(false);
  });

  it('[PRES-1] passes over what others repeat, forge or declare gone', () => {
    const room = new Awareness();
    room.apply(says([1, 5, '{"x":1}']), ada);
    room.takeChanges();
    room.apply(says([1, 5, '{"x":1}']), ben);
    room.apply(says([1, 9, 'null']), ben);
    room.apply(says([1, 9, '{"x":"forged"}']), eve);
    expect(room.changed).toBe(false);
    expect(room.all()).toEqual(says([1, 5, '{"x":1}']));
  });

  it('[PRES-1] hears a client that reconnects before its old connection is known to be dead, and keeps it when that one ends', () => {
    const room = new Awareness();
    const [before, after]: PresenceOwner[] = [{ user: 'ada' }, { user: 'ada' }];
    room.apply(says([1, 5, '{"x":1}']), before as PresenceOwner);
    room.apply(says([1, 6, '{"x":2}']), after as PresenceOwner);
    room.remove(before as PresenceOwner);
    expect(room.all()).toEqual(says([1, 6, '{"x":2}']));
  });

  it('[PRES-2] forgets who left, and tells the others', () => {
    const room = new Awareness();
    room.apply(says([1, 5, '{"x":1}']), ada);
    room.apply(says([2, 1, '{"x":2}']), ben);
    const before = room.takeChanges();
    room.remove(ada);
    expect(heard(before, room.takeChanges())).toEqual(new Map([[2, { x: 2 }]]));
    expect(room.size).toBe(1);
  });

  it('[PRES-2] passes over what others still repeat of somebody who left, and hears him when he returns', () => {
    const room = new Awareness();
    const back: PresenceOwner = { user: undefined };
    for (const owner of [ada, ben]) room.enter(owner);
    room.apply(says([1, 5, '{"x":1}']), ada);
    room.remove(ada);
    room.takeChanges();
    room.apply(says([1, 5, '{"x":1}'], [1, 4, '{"x":0}']), ben);
    expect(room.changed).toBe(false);
    room.enter(back);
    room.apply(says([1, 5, '{"x":1}']), back);
    expect(room.all()).toEqual(says([1, 5, '{"x":1}']));
  });

  it.each([
    ['a second entry that is not JSON', says([1, 1, '{}'], [2, 1, '{'])],
    ['a claimed count over what is there', Uint8Array.of(0xff, 0xff, 0x03)],
    ['bytes after the end', Uint8Array.of(...says([1, 1, '{}']), 0)],
    ['a truncated state', says([1, 1, '{"x":1}']).slice(0, -2)],
  ])('[PRES-3] takes nothing of a message with %s', (_, update) => {
    const room = new Awareness();
    expect(() => room.apply(update, ada)).toThrow(expect.objectContaining({ code: 'malformed-frame' }));
    expect(room.size).toBe(0);
    expect(room.changed).toBe(false);
  });

  it('[PRES-5] refuses a state over 4 KiB before it is parsed, and a ninth id', () => {
    const room = new Awareness();
    const tooLarge = expect.objectContaining({ code: 'too-large' });
    expect(() => room.apply(says([1, 1, '['.repeat(200_000)]), ada)).toThrow(tooLarge);
    for (let id = 1; id <= 8; id++) room.apply(says([id, 1, '{}']), ada);
    expect(() => room.apply(says([9, 1, '{}']), ada)).toThrow(tooLarge);
  });
});
