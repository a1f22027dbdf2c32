import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { LIMITS } from '../../server/limits.ts';
import type { Voice } from '../support/peer.ts';
import { Random } from '../support/random.ts';
import { DOCUMENT, World } from '../support/world.ts';
import type { RawClient } from '../support/world-raw.ts';

// Bounds that are reached in a moment, and documents of which a difference is made.
vi.mock('../../server/limits.ts', async (original) => {
  const { LIMITS } = await original<typeof import('../../server/limits.ts')>();
  const KiB = 1024;
  return { LIMITS: { ...LIMITS, queuedBytes: 64 * KiB, queuedPresenceBytes: 8 * KiB, diffBytes: KiB } };
});

const VOICES: readonly Voice[] = ['inkroom', 'hocuspocus', 'y-websocket'];

/** A sixteenth of what may wait for somebody. */
const PIECE = LIMITS.queuedBytes / 16;
/** More than may wait for anybody. */
const MUCH = 20;
/** Milliseconds between two looks of the server at its connections, and a little. */
const TICK_MS = 5_001;

async function joined(world: World, voice: Voice = 'inkroom'): Promise<RawClient> {
  const client = world.raw(voice);
  client.join();
  await world.settle();
  client.take();
  return client;
}

/** Writes `pieces` pieces, each in a commit of its own. */
async function writeMuch(world: World, author: RawClient, pieces = MUCH): Promise<void> {
  for (let i = 0; i < pieces; i++) {
    author.type('x'.repeat(PIECE));
    await world.settle();
  }
}

const textOf = (doc: Y.Doc) => doc.getText('text').toString();

async function expectWhole(world: World, client: RawClient, document = DOCUMENT): Promise<void> {
  expect(client.text).toBe(textOf(await world.stored(document)));
  expect(world.witness.complaints).toEqual([]);
}

const presenceOf = (client: number, clock: number, state: string) => {
  const bytes = new TextEncoder().encode(state);
  return Uint8Array.of(1, client, clock, (bytes.length & 0x7f) | 0x80, bytes.length >>> 7, ...bytes);
};
const STATE = JSON.stringify({ name: 'x'.repeat(1_000) });

describe('[SLOW-1] presence is left out first', () => {
  it('and told as it is, those who left included, when all has been taken', async () => {
    const world = new World();
    const [ada, bob, carol] = [await joined(world), await joined(world), await joined(world)];
    carol.say({ type: 'awareness', update: presenceOf(9, 1, '{"name":"carol"}') });
    await world.settle();
    bob.take();
    bob.link.paused = true;
    for (let clock = 1; clock <= 50; clock++) {
      ada.say({ type: 'awareness', update: presenceOf(7, clock, STATE) });
      await world.pass(LIMITS.presenceWindowMs, LIMITS.presenceWindowMs);
    }
    carol.hangUp();
    ada.type('an edit'); // is not left out
    await world.settle();
    expect(bob.link.queued).toBeLessThan(LIMITS.queuedPresenceBytes + 2 * STATE.length);
    bob.link.paused = false;
    await world.settle();
    expect(bob.text).toBe('an edit');
    const [gone, here] = bob
      .take()
      .slice(-2)
      .map((message) => (message.type === 'awareness' ? message.update : new Uint8Array(0)));
    expect(gone?.slice(0, 2)).toEqual(Uint8Array.of(1, 9)); // carol
    expect(new TextDecoder().decode(gone)).toMatch(/null$/);
    expect(new TextDecoder().decode(here)).toContain(STATE);
  });

  it('also where somebody asks for it', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.say({ type: 'awareness', update: presenceOf(7, 1, STATE) });
    const bob = await joined(world, 'y-websocket');
    bob.link.paused = true;
    for (let i = 0; i < 100; i++) bob.say({ type: 'queryAwareness' });
    await world.settle();
    expect(bob.link.queued).toBeLessThan(LIMITS.queuedPresenceBytes + 2 * STATE.length);
    bob.link.paused = false;
    await world.settle();
    expect(bob.takeTypes().at(-1)).toBe('awareness');
  });
});

describe('[SLOW-2] [NET-9] who is behind', () => {
  it.each(VOICES)('is queued nothing more, and gets what it missed when it has taken all (%s)', async (voice) => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world, voice)];
    bob.link.paused = true;
    await writeMuch(world, ada, 2 * MUCH);
    expect(ada.take().at(-1)).toMatchObject({ type: 'saved', number: 2 * MUCH });
    expect(bob.link.queued).toBeLessThan(LIMITS.queuedBytes + 2 * PIECE);
    bob.link.paused = false;
    await world.settle();
    await expectWhole(world, bob);
    bob.take();
    ada.type('!');
    await world.settle();
    expect(bob.takeTypes()).toEqual(['update']);
    await expectWhole(world, bob);
  });

  it('is sent only what it missed', async () => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world)];
    await writeMuch(world, ada, 4 * MUCH);
    bob.take();
    bob.link.paused = true;
    await writeMuch(world, ada, 17);
    const queued = bob.link.queued;
    bob.link.paused = false;
    let sent = 0;
    const written = bob.link.write.bind(bob.link);
    bob.link.write = (data) => {
      sent += data.length;
      written(data);
    };
    await writeMuch(world, ada, 1);
    await expectWhole(world, bob);
    expect(queued).toBeGreaterThan(LIMITS.queuedBytes);
    expect(sent).toBeLessThan(3 * PIECE);
  });

  it('may fall behind again while it is caught up', async () => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world)];
    for (let round = 0; round < 3; round++) {
      bob.link.paused = true;
      await writeMuch(world, ada);
      world.threads.held = true;
      bob.link.paused = false;
      await world.settle();
      bob.link.paused = true;
      await writeMuch(world, ada); // while the difference is made
      await world.threads.release();
      await writeMuch(world, ada); // while it is on its way
    }
    bob.link.paused = false;
    await world.settle();
    await expectWhole(world, bob);
  });

  it('misses no edit that was on its way to the disk when it fell behind', async () => {
    const world = new World();
    const [ada, bob, carol] = [await joined(world), await joined(world), await joined(world)];
    bob.link.paused = true;
    await writeMuch(world, ada, 16);
    world.disk.held = true;
    ada.type('x'.repeat(2 * PIECE)); // goes out first, and fills the measure
    await world.settle();
    ada.type('one');
    carol.type('two');
    await world.settle();
    await world.disk.work();
    world.disk.answer();
    await world.settle();
    ada.type('three'); // is not on disk when bob is found to be behind
    carol.type('four');
    await world.settle();
    await world.disk.work();
    world.disk.answer();
    await world.settle();
    bob.link.paused = false;
    await world.settle();
    await world.disk.release();
    await world.settle();
    await expectWhole(world, bob);
  });

  it('is given time for the document that it joins, however large', async () => {
    const world = new World();
    const author = await joined(world);
    author.type('x'.repeat(4 * LIMITS.queuedBytes));
    await world.settle();
    const bob = world.raw();
    bob.link.paused = true;
    bob.join();
    await world.settle();
    await writeMuch(world, author, 15);
    expect(bob.link.queued).toBeGreaterThan(4 * LIMITS.queuedBytes + 15 * PIECE);
    await writeMuch(world, author, MUCH);
    expect(bob.link.queued).toBeLessThan(5 * LIMITS.queuedBytes + 3 * PIECE);
    bob.link.paused = false;
    await world.settle();
    await expectWhole(world, bob);
  });

  it('ends with document-unavailable when the log cannot be read any more', async () => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world)];
    bob.link.paused = true;
    await writeMuch(world, ada);
    await world.pass(2 * LIMITS.copyMs);
    world.damage();
    bob.link.paused = false;
    await world.settle();
    expect(bob.take().at(-1)).toMatchObject({ type: 'refused', number: 0, code: 'document-unavailable' });
  });
});

describe('[SLOW-3] acknowledgements to who is behind', () => {
  it.each([
    ['inkroom', ['saved']],
    ['hocuspocus', Array(MUCH).fill('syncStatus')],
    ['y-websocket', []],
  ] as const)('are counted, and sent after what it missed (%s)', async (voice, expected) => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world, voice)];
    bob.link.paused = true;
    await writeMuch(world, ada);
    const queued = bob.link.queued;
    for (let i = 0; i < MUCH; i++) bob.type('y');
    await world.settle();
    expect(bob.link.queued).toBe(queued);
    const { down } = bob.link;
    const waiting = down.length;
    bob.link.paused = false;
    await world.settle();
    expect(bob.takeTypes().slice(waiting + 1)).toEqual(expected);
    await expectWhole(world, bob);
    bob.type('z');
    await world.settle();
    if (voice === 'inkroom') expect(bob.take()).toMatchObject([{ type: 'saved', number: MUCH + 1 }]);
  });
});

describe('a connection of several documents', () => {
  const OTHER = 'other';

  it('[SLOW-4] is behind in all of them, and catches up in each', async () => {
    const world = new World();
    const bob = world.raw();
    for (const document of [DOCUMENT, OTHER]) {
      bob.showToken('', document);
      bob.ask(undefined, document);
    }
    const ada = await joined(world);
    const carol = world.raw('inkroom', { document: OTHER });
    carol.join();
    await world.settle();
    bob.link.paused = true;
    await writeMuch(world, ada);
    const queued = bob.link.queued;
    carol.type('small');
    await world.settle();
    expect(bob.link.queued).toBe(queued);
    bob.take();
    bob.link.paused = false;
    await world.settle();
    const last = new Map(bob.take().map((message) => [message.key, message.type]));
    expect([last.get(DOCUMENT), last.get(OTHER)]).toEqual(['update', 'update']);
    expect(textOf(bob.seen)).toHaveLength(MUCH * PIECE + 'small'.length);
  });
});

describe('[SLOW-5] who asks for the document again and again, and does not read', () => {
  it('has one question waiting, which is answered when all was taken', async () => {
    const world = new World();
    const ada = await joined(world);
    const bob = await joined(world);
    await writeMuch(world, ada, 4);
    bob.take();
    bob.link.paused = true;
    for (let i = 0; i < 1_000; i++) bob.ask();
    await world.settle();
    for (let i = 0; i < 1_000; i++) {
      bob.ask();
      if (i % 100 === 0) await world.settle();
    }
    await world.settle();
    expect(bob.link.queued).toBeLessThan(LIMITS.queuedBytes + 5 * PIECE);
    ada.type('!');
    await world.settle();
    bob.link.paused = false;
    await world.settle();
    await world.pass(1_000 / LIMITS.answersPerSecond); // it has had its first answers
    expect(bob.closed).toBeUndefined();
    expect(bob.takeTypes().at(-1)).toBe('step2');
    await expectWhole(world, bob);
  });
});

describe('who writes and does not read', () => {
  it('[SLOW-6] is not read any more when the answers to it reach twice the bound, and goes on when it has taken them', async () => {
    const world = new World({ authorize: async () => ({ user: 'bob', role: 'view' }), mayWrite: () => false });
    const bob = await joined(world);
    const edit = bob.write('may not be'); // refused each time, with a reason
    bob.link.paused = true;
    for (let i = 0; i < 10_000; i++) bob.send(edit);
    await world.settle();
    expect(bob.link.up.length).toBeGreaterThan(1_000);
    expect(bob.link.queued).toBeLessThan(3 * LIMITS.queuedBytes);
    bob.link.paused = false;
    await world.settle();
    expect(bob.link.up.length).toBe(0);
    expect(bob.take().filter(({ type }) => type === 'refused')).toHaveLength(10_000);
    bob.ask();
    await world.settle();
    expect(bob.takeTypes()).toEqual(['step2']);
  });

  it('[SLOW-7] is closed with slow-reader when it has taken nothing for the time of a silence and of the slowest line', async () => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world)];
    bob.link.paused = true;
    await writeMuch(world, ada);
    const patience = LIMITS.silenceMs + bob.link.queued / LIMITS.slowBytesPerMs;
    for (let passed = 0; passed < patience - TICK_MS; passed += TICK_MS) {
      bob.type('still talking');
      await world.pass(TICK_MS, TICK_MS);
    }
    expect([...world.server.connections]).toHaveLength(2);
    for (let i = 0; i < 3; i++) {
      bob.type('still talking');
      await world.pass(TICK_MS, TICK_MS);
    }
    bob.link.paused = false;
    await world.settle();
    expect(bob.closed?.code).toBe(1013);
  });

  it('[SLOW-7] is not closed while it takes some of it', async () => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world)];
    bob.link.paused = true;
    await writeMuch(world, ada);
    for (let i = 0; i < 10; i++) {
      bob.type('still talking');
      await world.pass(LIMITS.silenceMs / 2, TICK_MS);
      bob.link.deliverDown();
    }
    bob.link.paused = false;
    await world.settle();
    expect(bob.closed).toBeUndefined();
    await expectWhole(world, bob);
  });

  it('[SLOW-7] [NET-6] who is silent too is dropped as any silent one', async () => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world)];
    bob.link.paused = true;
    bob.link.pongs = false;
    await writeMuch(world, ada);
    await world.pass(LIMITS.silenceMs + bob.link.queued / LIMITS.slowBytesPerMs + TICK_MS, TICK_MS);
    expect(bob.closed?.code ?? bob.link.isCut).toBe(true);
  });
});

describe('whatever happens', () => {
  it.each(Array.from({ length: 12 }, (_, i) => i + 1))(
    '[SLOW-2] [SLOW-3] everybody ends with the whole document and every acknowledgement (seed %i)',
    async (seed) => {
      const world = new World();
      const random = new Random(seed);
      const people = [await joined(world), await joined(world, 'hocuspocus'), await joined(world, 'y-websocket')];
      const sent = new Map<RawClient, number>(people.map((one) => [one, 0]));
      for (let step = 0; step < 150; step++) {
        const one = people[random.between(0, 2)] as RawClient;
        switch (random.between(0, 7)) {
          case 0:
            one.link.paused = !one.link.paused;
            break;
          case 1:
            world.disk.held = !world.disk.held;
            if (!world.disk.held) await world.disk.release();
            break;
          case 2:
            world.threads.held = !world.threads.held;
            if (!world.threads.held) await world.threads.release();
            break;
          case 3:
            await world.disk.work();
            world.disk.answer();
            break;
          case 4:
            if (random.between(0, 3) === 0) one.ask(Y.encodeStateVector(one.seen));
            break;
          default:
            one.type('z'.repeat(random.between(1, 4 * PIECE)));
            sent.set(one, (sent.get(one) ?? 0) + 1);
        }
        if (random.between(0, 1) === 0) await world.settle();
      }
      await world.disk.release();
      await world.threads.release();
      for (const one of people) one.link.paused = false;
      await world.settle();
      const expected = textOf(await world.stored()).length;
      for (const one of people) {
        const all = new Y.Doc();
        Y.applyUpdate(all, Y.encodeStateAsUpdate(one.doc));
        Y.applyUpdate(all, Y.encodeStateAsUpdate(one.seen));
        expect([one.voice, textOf(all).length]).toEqual([one.voice, expected]);
      }
      const [ada, bob] = people as [RawClient, RawClient, RawClient];
      if (sent.get(ada))
        expect(ada.heard.filter(({ type }) => type === 'saved').at(-1)).toMatchObject({ number: sent.get(ada) });
      expect(bob.heard.filter(({ type }) => type === 'syncStatus')).toHaveLength(sent.get(bob) ?? 0);
      expect(world.witness.complaints).toEqual([]);
    },
  );
});
