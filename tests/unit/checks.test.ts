import * as encoding from 'lib0/encoding';
import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { EMPTY_STATE_VECTOR, EMPTY_UPDATE, encode } from '../../lib/protocol/bytes.ts';
import { Coverage } from '../../lib/protocol/coverage.ts';
import { type CheckedUpdate, checkUpdate, UpdateCheck } from '../../lib/protocol/update.ts';
import { Checks } from '../../server/rooms/checks.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { Voice } from '../support/peer.ts';
import { DOCUMENT, World } from '../support/world.ts';
import type { RawClient } from '../support/world-raw.ts';

const SLICE = 1024;

vi.mock('../../server/limits.ts', async (original) => {
  const { LIMITS } = await original<typeof import('../../server/limits.ts')>();
  return { LIMITS: { ...LIMITS, checkBytes: 1024 } };
});

/** Everything that `words` people who typed one after the other have written: many small structs. */
function typed(client: number, words: number): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.transact(() => {
    for (let i = 0; i < words; i++) doc.getText('text').insert(0, 'ab');
  });
  return Y.encodeStateAsUpdate(doc);
}

/** So many people who have written a letter each, in as few bytes as can be. */
function crowd(people: number): Uint8Array {
  return encode((encoder) => {
    const write = (...numbers: number[]) => {
      for (const number of numbers) encoding.writeVarUint(encoder, number);
    };
    write(people);
    for (let client = people; client > 0; client--) {
      write(1, client, 0);
      encoding.writeUint8(encoder, 4); // a string
      write(1);
      encoding.writeVarString(encoder, 't');
      encoding.writeVarString(encoder, 'x');
    }
    write(0);
  });
}

function nothing(): Coverage {
  return Coverage.from(EMPTY_STATE_VECTOR, EMPTY_UPDATE);
}

describe('[UPD-16] updates too large to be checked at once', () => {
  /** The end of each turn comes when the test says so. */
  class Turns extends FakeClock {
    #tasks: (() => void)[] = [];

    override soon(task: () => void): void {
      this.#tasks.push(task);
    }

    /** Ends a turn. Returns whether there was anything to do. */
    end(): boolean {
      const tasks = this.#tasks;
      this.#tasks = [];
      for (const task of tasks) task();
      return tasks.length > 0;
    }
  }

  it('are read one slice a turn, however many wait, one after the other', () => {
    const turns = new Turns();
    const checks = new Checks(turns);
    const updates = [typed(7, 2_000), typed(8, 1_000)];
    const verdicts: CheckedUpdate[] = [];
    const at: number[] = [];
    const none = nothing();
    let turn = 0;
    for (const update of updates) {
      checks.add({
        update,
        coverage: () => none,
        done: (verdict) => {
          verdicts.push(verdict());
          at.push(turn);
        },
      });
    }
    for (turn = 1; turns.end(); turn++) {
      if (turn * SLICE < (updates[0] as Uint8Array).length) expect(verdicts).toEqual([]);
    }
    expect(verdicts).toEqual(updates.map((update) => checkUpdate(update, none)));
    const [first, second] = at as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(Math.floor((updates[1] as Uint8Array).length / SLICE));
  });

  it('are those with many clients or many deleted ranges, which take longer than their bytes', () => {
    const slices = (update: Uint8Array, held: Coverage) => {
      const check = new UpdateCheck(update, held);
      let count = 1;
      while (!check.readOn(SLICE)) count++;
      return count;
    };
    const people = crowd(100);
    expect(people.length).toBeLessThan(SLICE);
    expect(slices(people, nothing())).toBeGreaterThanOrEqual(Math.floor((100 * 200) / SLICE));
    const held = nothing();
    held.add({ clocks: [7, 1_000], deletions: [] });
    const deleted = encode((encoder) => {
      for (const number of [0, 1, 7, 300]) encoding.writeVarUint(encoder, number);
      for (let i = 0; i < 300; i++) for (const number of [2 * i, 1]) encoding.writeVarUint(encoder, number);
    });
    expect(deleted.length).toBeLessThan(SLICE);
    expect(slices(deleted, held)).toBeGreaterThanOrEqual(Math.floor((300 * 30) / SLICE));
  });

  it('go on from what of them was read at once', () => {
    const turnsOf = (whole: Uint8Array) => {
      const check = new UpdateCheck(whole, nothing());
      let count = 1;
      while (!check.readOn(SLICE)) count++;
      return count;
    };
    const turns = new Turns();
    const checks = new Checks(turns);
    const update = typed(7, 2_000);
    const held = nothing();
    const begun = new UpdateCheck(update, held);
    begun.readOn(SLICE);
    begun.readOn(SLICE);
    let done = 0;
    let count = 0;
    checks.add({ update, coverage: () => held, begun, done: () => done++ });
    while (turns.end()) count++;
    expect(done).toBe(1);
    expect(count).toBe(turnsOf(update) - 2);
  });

  it('are read anew when somebody else has brought the same meanwhile', () => {
    const turns = new Turns();
    const checks = new Checks(turns);
    const update = typed(7, 2_000);
    const held = nothing();
    let novel: boolean | undefined;
    checks.add({
      update,
      coverage: () => held,
      done: (verdict) => {
        novel = verdict().novel;
      },
    });
    turns.end();
    turns.end();
    held.add(checkUpdate(update, held));
    while (turns.end());
    expect(novel).toBe(false);
  });

  it('may build on what has come while they were read', () => {
    const turns = new Turns();
    const checks = new Checks(turns);
    const before = new Y.Doc();
    before.getText('text').insert(0, 'ada');
    const held = nothing();
    const author = new Y.Doc();
    Y.applyUpdate(author, Y.encodeStateAsUpdate(before));
    const known = Y.encodeStateVector(author);
    author.transact(() => {
      for (let i = 0; i < 1_000; i++) author.getText('first').insert(0, 'ab');
      author.getText('text').insert(3, ' and bob');
    });
    let novel: boolean | undefined;
    checks.add({
      update: Y.encodeStateAsUpdate(author, known),
      coverage: () => held,
      done: (verdict) => {
        novel = verdict().novel;
      },
    });
    turns.end();
    held.add(checkUpdate(Y.encodeStateAsUpdate(before), held));
    while (turns.end());
    expect(novel).toBe(true);
  });
});

describe('[UPD-16] somebody pastes a book', () => {
  const VOICES: readonly Voice[] = ['inkroom', 'hocuspocus', 'y-websocket'];
  const BOOK = 'It was a bright cold day in April. '.repeat(200);

  async function joined(world: World, voice: Voice = 'inkroom'): Promise<RawClient> {
    const client = world.raw(voice);
    client.join();
    await world.settle();
    client.take();
    return client;
  }

  const textOf = (doc: Y.Doc) => doc.getText('text').toString();

  it.each(VOICES)('and goes on typing: all is stored, in order, and acknowledged (%s)', async (voice) => {
    const world = new World();
    const ada = await joined(world, voice);
    const bob = await joined(world);
    ada.type(BOOK);
    ada.type('!');
    await world.settle();
    expect(textOf(await world.stored())).toBe(`${BOOK}!`);
    expect(bob.text).toBe(`${BOOK}!`);
    const heard = ada.take();
    if (voice === 'inkroom') expect(heard.at(-1)).toMatchObject({ type: 'saved', number: 2 });
    if (voice === 'hocuspocus') expect(heard.map(({ type }) => type)).toEqual(['syncStatus', 'syncStatus']);
  });

  it.each(VOICES)('and leaves at once: it is stored all the same (%s)', async (voice) => {
    const world = new World();
    const ada = await joined(world, voice);
    ada.type(BOOK);
    ada.hangUp();
    await world.settle();
    expect(textOf(await world.stored())).toBe(BOOK);
  });

  it('and the server stops: it is stored before that', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.type(BOOK);
    world.network.deliverAll();
    const stopped = world.stopServer();
    await world.settle();
    await stopped;
    expect(textOf(await world.stored())).toBe(BOOK);
  });

  it('who may only read: it is refused, and so is what follows', async () => {
    const world = new World({ authorize: async () => ({ user: undefined, role: 'view', until: undefined }) });
    const ada = await joined(world);
    ada.type(BOOK);
    ada.type('!');
    await world.settle();
    const [first, second] = ada.take();
    expect(first).toMatchObject({ type: 'refused', number: 1, code: 'read-only' });
    expect(second).toMatchObject({ type: 'refused', number: 2 });
  });

  it('that builds on what the server lacks: it waits for the answer, as a small one does', async () => {
    const world = new World();
    const ada = await joined(world, 'hocuspocus');
    ada.answer();
    ada.write('unsent, ');
    ada.type(BOOK);
    await world.settle();
    expect(ada.takeTypes()).toEqual(['syncStatus', 'step1']);
    ada.answer();
    await world.settle();
    expect(ada.takeTypes()).toEqual(['syncStatus']);
    expect(textOf(await world.stored())).toBe(`unsent, ${BOOK}`);
  });

  it.each(VOICES)('that is broken at its end: that connection ends, and the room goes on (%s)', async (voice) => {
    const world = new World();
    const ada = await joined(world, voice);
    const bob = await joined(world);
    const update = ada.write(BOOK);
    ada.send(update.slice(0, -1));
    ada.type('!');
    await world.settle();
    expect(ada.closed?.code).toBe(4400);
    bob.type('calm');
    await world.settle();
    expect(textOf(await world.stored(DOCUMENT))).toBe('calm');
  });
});
