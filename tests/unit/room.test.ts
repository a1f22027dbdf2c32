import * as encoding from 'lib0/encoding';
import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { EMPTY_UPDATE, encode } from '../../lib/protocol/bytes.ts';
import { Voices } from '../../server/frames/voices.ts';
import { LIMITS } from '../../server/limits.ts';
import type { Voice } from '../support/peer.ts';
import { DOCUMENT, World } from '../support/world.ts';
import { inProcessDocuments } from '../support/world-documents.ts';
import type { RawClient } from '../support/world-raw.ts';

// A long log and a large document that are made in a moment.
vi.mock('../../server/limits.ts', async (original) => {
  const { LIMITS } = await original<typeof import('../../server/limits.ts')>();
  return { LIMITS: { ...LIMITS, tailUpdates: 50, diffBytes: 4 * 1024 } };
});

const VOICES: readonly Voice[] = ['inkroom', 'hocuspocus', 'y-websocket'];

/** A client that has the document and has said so. */
async function joined(world: World, voice: Voice = 'inkroom'): Promise<RawClient> {
  const client = world.raw(voice);
  client.join();
  await world.settle();
  client.take();
  return client;
}

/** A client that has said all that is said at a join, and may still wait for the document. */
async function joinedBy(world: World, voice: Voice): Promise<RawClient> {
  const client = world.raw(voice);
  client.join();
  await world.settle();
  return client;
}

function textOf(doc: Y.Doc): string {
  return doc.getText('text').toString();
}

/** `count` updates of somebody who typed `word` as often. */
function typed(count: number, word = 'x'): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (let i = 0; i < count; i++) doc.getText('text').insert(doc.getText('text').length, word);
  return updates;
}

/** Stores a document that has been merged once: its snapshot, which is returned, holds `updates`. */
async function storeMerged(world: World, updates: Uint8Array[]): Promise<Uint8Array> {
  const sequence = await world.log.append(DOCUMENT, updates);
  const snapshot = await inProcessDocuments.compact(await world.log.load(DOCUMENT));
  await world.log.replace(DOCUMENT, snapshot, sequence);
  return snapshot.update;
}

const presenceOf = (client: number, state: string) =>
  Uint8Array.of(1, client, 1, state.length, ...new TextEncoder().encode(state));

describe('who joins', () => {
  it('[JOIN-1] is told the grant, who is present, and what the server has', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.say({ type: 'awareness', update: presenceOf(7, '{"name":"ada"}') });
    ada.type('hi');
    await world.settle();
    for (const [voice, expected] of [
      ['inkroom', ['granted', 'role', 'awareness', 'step1']],
      ['hocuspocus', ['granted', 'awareness', 'step1']],
      ['y-websocket', ['awareness', 'step1']],
    ] as const) {
      const bob = world.raw(voice);
      if (voice !== 'y-websocket') bob.showToken();
      await world.settle();
      const heard = bob.take();
      expect(heard.map(({ type }) => type)).toEqual(expected);
      expect(heard.at(-1)).toMatchObject({ stateVector: Y.encodeStateVector(ada.doc) });
    }
  });

  it.each(VOICES)(
    '[JOIN-2] is sent the snapshot as it lies on disk, then the updates since, the step2 last (%s)',
    async (voice) => {
      const world = new World();
      const updates = typed(5);
      const snapshot = await storeMerged(world, updates.slice(0, 3));
      await world.log.append(DOCUMENT, updates.slice(3));
      const ada = world.raw(voice);
      ada.join();
      await world.settle();
      const contents = ada.take().flatMap((message) => ('update' in message ? [[message.type, message.update]] : []));
      expect(contents).toEqual([
        ['update', snapshot],
        ['update', updates[3]],
        ['step2', updates[4]],
      ]);
      expect(ada.text).toBe('xxxxx');
    },
  );

  it('[JOIN-2] is sent a merged document as one step2', async () => {
    const world = new World();
    const snapshot = await storeMerged(world, typed(3));
    const ada = world.raw();
    ada.join();
    await world.settle();
    expect(ada.take().at(-1)).toMatchObject({ type: 'step2', update: snapshot });
  });

  it('[JOIN-2] is sent a step2 that says nothing when there is nothing', async () => {
    const world = new World();
    const ada = world.raw();
    ada.join();
    await world.settle();
    expect(ada.take().at(-1)).toMatchObject({ type: 'step2', update: EMPTY_UPDATE });
  });

  it('[JOIN-2] is answered as often as it asks', async () => {
    const world = new World();
    await storeMerged(world, typed(3));
    const ada = await joined(world);
    ada.ask();
    ada.ask();
    await world.settle();
    expect(ada.takeTypes()).toEqual(['step2', 'step2']);
  });
});

describe('[JOIN-3] nothing falls between the answer and what comes after it', () => {
  it('when a commit ends after the document was read, and before the reading is answered', async () => {
    const world = new World();
    const ada = await joined(world);
    await world.pass(LIMITS.copyMs); // the copy of ada's own join is forgotten
    world.disk.held = true;
    const bob = world.raw();
    bob.join();
    await world.settle();
    await world.disk.work('load');
    ada.type('between');
    await world.settle();
    await world.disk.work('append');
    world.disk.answer('append');
    await world.settle();
    world.disk.answer('load');
    await world.settle();
    expect(bob.text).toBe('between');
  });

  it('when a commit was written before the document was read, and is answered after it', async () => {
    const world = new World();
    const ada = await joined(world);
    await world.pass(LIMITS.copyMs);
    world.disk.held = true;
    ada.type('both');
    await world.settle();
    await world.disk.work('append');
    const bob = world.raw();
    bob.join();
    await world.settle();
    await world.disk.work('load');
    world.disk.answer('load');
    await world.settle();
    world.disk.answer('append');
    await world.settle();
    expect(bob.text).toBe('both');
  });

  it('when an edit is on its way to the disk while the document is sent', async () => {
    const world = new World();
    const ada = await joined(world);
    world.disk.held = true;
    ada.type('after');
    await world.settle();
    const bob = world.raw();
    bob.join();
    await world.settle(); // answered from the copy in memory
    expect(bob.takeTypes()).toContain('step2');
    expect(bob.text).toBe('');
    await world.disk.release();
    await world.settle();
    expect(bob.text).toBe('after');
  });

  it('when commits end while a difference is computed', async () => {
    const world = new World();
    await storeMerged(world, typed(1, 'x'.repeat(LIMITS.diffBytes)));
    const ada = await joined(world);
    ada.type('before ');
    await world.settle();
    world.threads.held = true;
    const bob = world.raw();
    bob.showToken();
    bob.ask(Y.encodeStateVector(ada.seen));
    Y.applyUpdate(bob.seen, Y.encodeStateAsUpdate(ada.seen));
    await world.settle();
    ada.type('meanwhile ');
    await world.settle();
    await world.threads.work('diff');
    ada.type('before the answer');
    await world.settle();
    world.threads.answer();
    await world.settle();
    expect(textOf(bob.seen).replaceAll('x', '')).toBe(textOf(ada.doc));
  });

  it('when the copy that is being sent is outdated by a merge', async () => {
    const world = new World();
    await storeMerged(world, typed(1, 'x'.repeat(LIMITS.diffBytes)));
    const ada = await joined(world);
    world.threads.held = true;
    const bob = world.raw();
    bob.showToken();
    bob.ask(Y.encodeStateVector(ada.seen));
    Y.applyUpdate(bob.seen, Y.encodeStateAsUpdate(ada.seen));
    await world.settle();
    expect(world.threads.jobs).toEqual(['diff']);
    for (let i = 0; i < LIMITS.tailUpdates; i++) ada.type('y');
    await world.settle();
    await world.threads.work('compact');
    world.threads.answer('compact');
    await world.settle();
    expect((await world.log.load(DOCUMENT)).updates.length).toBe(0); // merged
    ada.type('z');
    await world.settle();
    const carol = await joined(world, 'y-websocket'); // enters while the outdated copy is still in use
    await world.threads.release();
    await world.settle();
    ada.type('!');
    await world.settle();
    const expected = `${'y'.repeat(LIMITS.tailUpdates)}z!`;
    expect(textOf(bob.seen).replaceAll('x', '')).toBe(expected);
    expect(textOf(carol.seen).replaceAll('x', '')).toBe(expected);
  });
});

describe('who returns', () => {
  it('[JOIN-4] to a large document is sent only what is lacking', async () => {
    const world = new World();
    const [large] = typed(1, 'x'.repeat(LIMITS.diffBytes)) as [Uint8Array];
    await world.log.append(DOCUMENT, [large]);
    const news = typed(1, 'news');
    await world.log.append(DOCUMENT, news);
    const ada = world.raw();
    ada.showToken();
    ada.ask(Y.encodeStateVectorFromUpdate(large));
    Y.applyUpdate(ada.seen, large);
    await world.settle();
    const contents = ada.take().filter((message) => 'update' in message);
    expect(contents.map(({ type }) => type)).toEqual(['step2']);
    expect((contents[0] as { update: Uint8Array }).update.length).toBeLessThan(100);
    expect(ada.text).toContain('news');
  });

  it('[JOIN-4] to a small one is sent the whole: it costs less than to compute what is lacking', async () => {
    const world = new World();
    const updates = typed(3);
    await world.log.append(DOCUMENT, updates);
    world.threads.held = true;
    const ada = world.raw();
    ada.showToken();
    ada.ask(Y.encodeStateVectorFromUpdate(Y.mergeUpdates(updates)));
    await world.settle();
    expect(ada.text).toBe('xxx');
  });
});

describe('[JOIN-5] a document that cannot be loaded is refused, and never served blank', () => {
  it.each([
    ['inkroom', { type: 'refused', number: 0, code: 'document-unavailable' }],
    ['hocuspocus', { type: 'denied', reason: 'document-unavailable' }],
    ['y-websocket', undefined],
  ] as const)('to a %s client', async (voice, message) => {
    const world = new World();
    await world.log.append(DOCUMENT, typed(3));
    world.damage();
    const ada = world.raw(voice);
    ada.join();
    await world.settle();
    expect(ada.heard).toMatchObject(message ? [message] : []);
    expect(ada.closed?.code).toBe(message ? undefined : 4500);
    expect(world.server.rooms.size).toBe(0);
  });

  it('to someone who joins later, while those who are in it go on', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.type('here');
    await world.pass(LIMITS.copyMs);
    world.damage();
    const bob = world.raw();
    bob.join();
    await world.settle();
    expect(bob.take().at(-1)).toMatchObject({ type: 'refused', number: 0, code: 'document-unavailable' });
    ada.take();
    ada.type('and there');
    await world.settle();
    expect(ada.take()).toMatchObject([{ type: 'saved', number: 2 }]);
  });
});

describe('an edit', () => {
  it('[ROOM-1] is neither acknowledged nor passed on before the append that holds it has resolved', async () => {
    const world = new World();
    const ada = await joined(world);
    const readers = [await joined(world), await joined(world, 'hocuspocus'), await joined(world, 'y-websocket')];
    world.disk.held = true;
    ada.type('durable');
    await world.settle();
    await world.disk.work(); // on disk, but nobody knows
    await world.settle();
    for (const client of [ada, ...readers]) expect(client.heard).toEqual([]);
    world.disk.answer();
    await world.settle();
    expect(ada.takeTypes()).toEqual(['saved']);
    for (const reader of readers) expect(reader.text).toBe('durable');
  });

  it('[ROOM-2] is acknowledged in the order of its author, and passed on in the order of the log', async () => {
    const world = new World();
    const [ada, bob, carol] = [await joined(world), await joined(world), await joined(world)];
    world.disk.held = true;
    const sent: Uint8Array[] = [];
    for (let i = 0; i < 4; i++) {
      const author = i % 2 === 0 ? ada : bob;
      const update = author.write(`${i}`);
      sent.push(update);
      author.send(update);
      await world.settle();
    }
    await world.disk.release();
    await world.settle();
    const updatesOf = (client: RawClient) => client.heard.flatMap((m) => (m.type === 'update' ? [m.update] : []));
    expect(updatesOf(carol)).toEqual(sent);
    expect(updatesOf(ada)).toEqual([sent[1], sent[3]]);
    const numbers = ada.heard.flatMap((m) => (m.type === 'saved' ? [m.number] : []));
    expect(numbers).toEqual([1, 2]);
    expect((await world.log.load(DOCUMENT)).updates.map((update) => Uint8Array.from(update))).toEqual(sent);
  });

  it('[ROOM-3] is not sent back to the session that made it', async () => {
    const world = new World();
    const ada = await joined(world, 'y-websocket');
    const bob = await joined(world, 'y-websocket');
    world.disk.held = true;
    ada.type('mine');
    bob.type('yours');
    await world.settle();
    await world.disk.release();
    await world.settle();
    expect(ada.text).toBe('yours');
    expect(bob.text).toBe('mine');
  });

  it.each([
    ['that does not decode', Uint8Array.of(1, 2, 3), 4400],
    ['that leaves a gap', typed(2)[1] as Uint8Array, undefined],
  ])('[ROOM-4] %s changes nothing', async (_, update, closeCode) => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world)];
    bob.type('before');
    await world.settle();
    ada.take();
    bob.take();
    ada.send(update);
    await world.settle();
    expect(ada.closed?.code).toBe(closeCode);
    expect(bob.heard).toEqual([]);
    expect(textOf(await world.stored())).toBe('before');
    const carol = world.raw();
    carol.showToken();
    await world.settle();
    expect(carol.take().at(-1)).toMatchObject({ type: 'step1', stateVector: Y.encodeStateVector(bob.doc) });
    bob.type(' after');
    await world.settle();
    expect(bob.takeTypes()).toEqual(['saved']);
  });

  it('[ROOM-5] that comes while an append is in flight is part of the next, which waits for it', async () => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world)];
    world.disk.held = true;
    ada.type('a');
    await world.settle();
    ada.type('b');
    bob.type('c');
    bob.type('d');
    await world.settle();
    expect(world.disk.jobs).toEqual(['append']);
    await world.disk.work();
    world.disk.answer();
    await world.settle();
    expect(world.disk.jobs).toEqual(['append']);
    await world.disk.release();
    await world.settle();
    const { sequence, updates } = await world.log.load(DOCUMENT);
    expect([sequence, updates.length]).toEqual([2, 4]);
  });

  it('[ROOM-5] of another room does not wait', async () => {
    const world = new World();
    const ada = await joined(world);
    const bob = world.raw('inkroom', { document: 'other' });
    bob.join();
    await world.settle();
    world.disk.held = true;
    ada.type('a');
    bob.type('b');
    await world.settle();
    expect(world.disk.jobs).toEqual(['append', 'append']);
  });
});

describe('[ROOM-11] while the disk is full', () => {
  it('edits are refused, each client hears of it in its own words, and everybody stays', async () => {
    const world = new World();
    const [ada, bob, carol] = [
      await joined(world),
      await joined(world, 'hocuspocus'),
      await joined(world, 'y-websocket'),
    ];
    for (const stock of [bob, carol]) stock.answer();
    await world.settle();
    bob.take();
    world.disk.held = true;
    world.diskFault = 'full';
    ada.type('too much');
    bob.type('too much');
    await world.settle();
    carol.type('also');
    await world.disk.release();
    await world.settle();
    expect(ada.take()).toMatchObject([{ type: 'refused', number: 1, code: 'storage-full' }]);
    expect([bob.takeTypes(), carol.takeTypes()]).toEqual([[], []]);
    for (const client of [ada, bob, carol]) expect(client.closed).toBeUndefined();
    expect((await world.log.load(DOCUMENT)).sequence).toBe(0);
    expect(world.server.rooms.full).toBe(true);
    expect(world.server.storageLost).toBeUndefined();
    const dave = await joined(world); // who may still come in
    dave.say({ type: 'awareness', update: presenceOf(7, '{"name":"dave"}') });
    await world.settle();
    expect(ada.takeTypes()).toEqual(['awareness']);
  });

  it('no append is tried, whatever is typed in any room, and what says nothing new is acknowledged', async () => {
    const world = new World();
    const ada = await joined(world);
    const known = ada.write('known');
    ada.send(known);
    const eve = world.raw('inkroom', { document: 'another' });
    eve.join();
    await world.settle();
    world.diskFault = 'full';
    ada.type('x');
    await world.settle();
    ada.take();
    eve.take();
    world.disk.held = true;
    eve.type('y');
    ada.type('builds on x');
    ada.send(known);
    await world.settle();
    expect(world.disk.jobs).toEqual([]);
    expect(eve.take()).toMatchObject([{ type: 'refused', number: 1, code: 'storage-full' }]);
    expect(ada.take()).toMatchObject([
      { type: 'refused', number: 3, code: 'storage-full' },
      { type: 'saved', number: 4 },
    ]);
  });

  it('it is probed at intervals; when there is room, whoever was refused is asked, and what it answers is stored', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.type('kept ');
    await world.settle();
    world.diskFault = 'full';
    ada.type('offered twice');
    await world.pass(3 * LIMITS.probeMs);
    ada.take();
    const idle = await joined(world);
    idle.take();
    world.diskFault = undefined;
    await world.pass(LIMITS.probeMs);
    expect(ada.take()).toMatchObject([{ type: 'step1', stateVector: Y.encodeStateVector(await world.stored()) }]);
    expect(idle.takeTypes()).toEqual([]);
    ada.send(Y.encodeStateAsUpdate(ada.doc, Y.encodeStateVector(await world.stored())));
    await world.settle();
    expect(ada.take()).toMatchObject([{ type: 'saved', number: 3 }]);
    expect(idle.text).toBe('kept offered twice');
    expect(textOf(await world.stored())).toBe('kept offered twice');
    expect(world.server.rooms.full).toBe(false);
  });

  it('a stock client is owed the statuses of what was refused, and gets them when its answer is on disk', async () => {
    const world = new World();
    const ada = await joined(world, 'hocuspocus');
    ada.answer();
    await world.settle();
    expect(ada.takeTypes()).toEqual(['syncStatus']);
    world.diskFault = 'full';
    for (const word of ['a', 'b', 'c']) {
      ada.type(word);
      await world.settle();
    }
    expect(ada.takeTypes()).toEqual([]);
    world.diskFault = undefined;
    await world.pass(LIMITS.probeMs);
    expect(ada.takeTypes()).toEqual(['step1']);
    ada.type('d'); // before it has heard the question: waits for the answer
    world.disk.held = true;
    ada.answer();
    await world.settle();
    expect(ada.takeTypes()).toEqual([]);
    await world.disk.release();
    await world.settle();
    expect(ada.take()).toMatchObject(Array(4).fill({ type: 'syncStatus', saved: true }));
    expect(textOf(await world.stored())).toBe('abcd');
  });

  it('an answer that finds the disk full again leaves the statuses owed', async () => {
    const world = new World();
    const ada = await joined(world, 'hocuspocus');
    ada.answer();
    world.diskFault = 'full';
    ada.type('a');
    await world.settle();
    for (let round = 0; round < 3; round++) {
      world.diskFault = undefined;
      await world.pass(LIMITS.probeMs);
      world.diskFault = 'full';
      ada.take();
      ada.answer();
      await world.settle();
      expect(ada.takeTypes()).toEqual([]);
    }
    world.diskFault = undefined;
    await world.pass(LIMITS.probeMs);
    ada.take();
    ada.answer();
    await world.settle();
    expect(ada.takeTypes().filter((type) => type === 'syncStatus').length).toBe(1);
  });

  it('who was told that the server has what it then refused joins anew', async () => {
    const world = new World();
    const ada = await joined(world);
    world.disk.held = true;
    world.diskFault = 'full';
    ada.type('on its way');
    await world.settle();
    const bob = world.raw('hocuspocus');
    bob.join(); // is told of a state vector with what is on its way
    while (bob.link.up.length > 0) bob.link.deliverUp();
    await world.endTurn();
    await world.disk.release();
    await world.settle();
    expect(bob.closed?.code).toBe(4513);
    expect(ada.closed).toBeUndefined();
  });

  it('who is refused by a room that is reading what is on disk is asked when it has', async () => {
    const world = new World();
    const ada = await joined(world);
    world.disk.held = true;
    world.diskFault = 'full';
    ada.type('a');
    await world.settle();
    await world.disk.work();
    world.disk.answer(); // the room now waits for a load
    await world.endTurn();
    expect(world.disk.jobs).toEqual(['load']);
    world.diskFault = undefined;
    const bob = await joinedBy(world, 'inkroom');
    bob.type('b');
    await world.settle();
    expect(bob.take().at(-1)).toMatchObject({ type: 'refused', number: 1, code: 'storage-full' });
    await world.disk.release();
    await world.pass(LIMITS.probeMs);
    for (const client of [ada, bob]) client.send(Y.encodeStateAsUpdate(client.doc));
    await world.settle();
    expect(
      textOf(await world.stored())
        .split('')
        .sort()
        .join(''),
    ).toBe('ab');
  });

  it('a document that turns out to be damaged then is unavailable, and the server goes on', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.type('kept');
    await world.settle();
    world.diskFault = 'full';
    world.damage();
    ada.type('x');
    await world.settle();
    expect(ada.take().at(-1)).toMatchObject({ type: 'refused', number: 0, code: 'document-unavailable' });
    expect(world.server.storageLost).toBeUndefined();
  });
});

describe('[ROOM-6] when the log fails', () => {
  it('for good, the server is told that it is of no use any more', async () => {
    const world = new World();
    const ada = await joined(world);
    world.diskFault = 'failed';
    ada.type('lost');
    await world.settle();
    expect(ada.take()).toMatchObject([{ type: 'refused', number: 0, code: 'storage-failed' }]);
    expect(world.server.storageLost).toMatchObject({ code: 'failed' });
  });
});

describe('[ROOM-14] when telling of a commit fails', () => {
  it('the room ends with everyone in it, another goes on, and nothing is lost', async () => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world, 'hocuspocus')];
    const cid = world.raw('inkroom', { document: 'another' });
    cid.join();
    await world.settle();
    cid.take();
    vi.spyOn(Voices.prototype, 'of').mockImplementationOnce(() => {
      throw new TypeError('a fault');
    });
    ada.type('kept');
    await world.settle();
    expect(ada.take()).toMatchObject([
      { type: 'saved', number: 1 },
      { type: 'refused', number: 0, code: 'internal' },
    ]);
    expect(bob.closed).toMatchObject({ code: 1011 });
    expect(world.server.storageLost).toBeUndefined();
    cid.type('on');
    await world.settle();
    expect(cid.take()).toMatchObject([{ type: 'saved', number: 1 }]);
    const stored = new Y.Doc();
    for (const update of (await world.log.load(DOCUMENT)).updates) Y.applyUpdate(stored, update);
    expect(textOf(stored)).toBe('kept');
    expect((await joinedBy(world, 'inkroom')).take().at(-1)).toMatchObject({ type: 'step2' });
  });
});

describe('a room', () => {
  it('[ROOM-7] stays open for 5 s after the last has left, and closes then', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.hangUp();
    await world.pass(LIMITS.lingerMs - 1);
    expect(world.server.rooms.size).toBe(1);
    const bob = await joined(world);
    await world.pass(2 * LIMITS.lingerMs);
    expect(world.server.rooms.size).toBe(1);
    bob.hangUp();
    await world.pass(LIMITS.lingerMs);
    expect(world.server.rooms.size).toBe(0);
  });

  it('[ROOM-7] is read from the log by the next to join', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.type('on disk');
    await world.settle();
    ada.hangUp();
    await world.pass(2 * LIMITS.lingerMs);
    world.disk.held = true;
    const bob = world.raw();
    bob.join();
    await world.settle();
    expect(world.disk.jobs).toEqual(['load']);
    await world.disk.release();
    await world.settle();
    expect(bob.text).toBe('on disk');
  });

  it('[ROOM-7] that cannot be loaded is forgotten, also when everybody has left long before that is known', async () => {
    const world = new World();
    (await joined(world)).type('unreadable');
    await world.settle();
    world.killServer();
    world.damage();
    world.startServer();
    world.disk.held = true;
    const ada = world.raw();
    ada.join();
    await world.settle();
    ada.hangUp();
    await world.pass(2 * LIMITS.lingerMs);
    await world.disk.release(); // a rejection that nobody takes would end the run, as it would the server
    await world.settle();
    expect(world.server.rooms.size).toBe(0);
  });

  it('[ROOM-7] closes only when all that was accepted is on disk', async () => {
    const world = new World();
    const ada = await joined(world);
    world.disk.held = true;
    ada.type('last words');
    await world.settle();
    ada.hangUp();
    await world.pass(2 * LIMITS.lingerMs);
    expect(world.server.rooms.size).toBe(1);
    const bob = world.raw(); // the copy in memory is gone, the room is not
    bob.join();
    await world.settle();
    await world.disk.release();
    await world.settle();
    expect(bob.text).toBe('last words');
    await world.pass(2 * LIMITS.lingerMs);
    expect(world.server.rooms.size).toBe(1); // bob is in it
  });

  it('[ROOM-8] is merged into a snapshot while edits go on, and who joins during and after it gets the same', async () => {
    const world = new World();
    const ada = await joined(world);
    world.threads.held = true;
    for (let i = 0; i < LIMITS.tailUpdates; i++) ada.type('x');
    await world.settle();
    expect(world.threads.jobs).toEqual(['compact']);
    ada.type('during');
    await world.settle();
    expect(ada.take().at(-1)).toMatchObject({ type: 'saved', number: LIMITS.tailUpdates + 1 });
    const bob = await joined(world, 'y-websocket');
    await world.threads.release();
    await world.settle();
    ada.type('after');
    await world.settle();
    const { snapshot, updates } = await world.log.load(DOCUMENT);
    expect([snapshot.length, updates.length]).toEqual([1, 2]);
    const carol = await joined(world);
    await world.pass(2 * LIMITS.copyMs);
    const dave = await joined(world, 'hocuspocus');
    for (const client of [bob, carol, dave]) expect(client.text).toBe(textOf(ada.doc));
    await world.inspect();
    expect(world.witness.complaints).toEqual([]);
  });

  it('[ROOM-10] rests after a merge, unless the log becomes very long', async () => {
    const world = new World();
    const ada = await joined(world);
    world.threads.held = true;
    const type = async (times: number) => {
      for (let i = 0; i < times; i++) ada.type('x');
      await world.settle();
      return world.threads.jobs.length;
    };
    expect(await type(LIMITS.tailUpdates)).toBe(1);
    await world.pass(1_000); // the merge takes a second, so the rest takes mergeRest of them
    await world.threads.release();
    world.threads.held = true;
    expect(await type(LIMITS.tailUpdates)).toBe(0);
    expect(await type(LIMITS.tailUpdates * (LIMITS.tailMost - 1))).toBe(1);
  });

  it('[ROOM-8] goes on when a merge fails, and tries again later', async () => {
    const world = new World();
    const ada = await joined(world);
    for (let i = 0; i < LIMITS.tailUpdates - 1; i++) ada.type('x');
    await world.settle();
    world.damage();
    ada.type('x');
    await world.settle();
    ada.take();
    ada.type('on');
    await world.settle();
    expect(ada.takeTypes()).toEqual(['saved']);
  });
});

describe('a room of many', () => {
  it('[ROOM-9] rests after it has sent, longer the more there are, and sends what came meanwhile at once', async () => {
    const world = new World();
    const ada = await joined(world);
    const readers = [];
    for (let i = 0; i < 99; i++) readers.push(await joined(world, 'y-websocket'));
    ada.type('a');
    await world.settle();
    expect(ada.takeTypes()).toEqual(['saved']); // the first waits for nothing
    ada.type('b');
    await world.settle();
    ada.type('c');
    const rest = 100 * LIMITS.restPerReaderMs;
    await world.pass(rest - 0.5);
    expect(ada.takeTypes()).toEqual([]);
    await world.pass(0.5);
    expect(ada.take()).toMatchObject([{ type: 'saved', number: 3 }]);
    for (const reader of readers) expect(reader.text).toBe('abc');
  });

  it('[ROOM-9] of a few never rests', async () => {
    const world = new World();
    const ada = await joined(world);
    await joined(world);
    for (let number = 1; number < 5; number++) {
      ada.type('x');
      await world.settle();
      expect(ada.take()).toMatchObject([{ type: 'saved', number }]);
    }
  });
});

describe('presence', () => {
  it('[PRES-6] of who moves while somebody waits for the document reaches that one too', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.say({ type: 'awareness', update: presenceOf(7, '{"x":1}') });
    await world.pass(LIMITS.copyMs);
    world.disk.held = true;
    const bob = world.raw();
    bob.join();
    await world.settle();
    expect(bob.takeTypes()).toEqual(['granted', 'role', 'awareness', 'step1']);
    ada.hangUp();
    await world.settle();
    expect(bob.takeTypes()).toEqual(['awareness']); // that ada is gone: nobody would say it again
  });
});

describe('[PRES-4] presence', () => {
  /** When each of the states that somebody tells every millisecond reaches the only one who looks, in milliseconds. */
  async function arrivals(people: number): Promise<number[]> {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world)];
    const others: RawClient[] = [];
    for (let i = 2; i < people; i++) others.push(world.raw());
    for (const other of others) other.join();
    await world.settle();
    await world.pass(100);
    bob.take();
    const times: number[] = [];
    const movers = [ada, ...others.slice(0, 20)]; // several: one alone is told of 30 times a second
    for (let ms = 0; ms < 120; ms++) {
      movers[ms % movers.length]?.say({
        type: 'awareness',
        update: presenceOf(1 + (ms % movers.length), `{"x":${ms % 10}}`),
      });
      await world.settle();
      if (bob.takeTypes().includes('awareness')) times.push(ms);
      world.clock.advance(1);
      await world.settle();
      if (bob.takeTypes().includes('awareness')) times.push(ms + 1);
    }
    return times;
  }

  const least = (times: readonly number[]) => Math.min(...times.slice(1).map((time, i) => time - (times[i] as number)));

  it('is sent at once, and then no more often than every 8 ms', async () => {
    const times = await arrivals(22);
    expect(times[0]).toBe(0);
    expect(least(times)).toBe(8);
  });

  it('is sent less often where there are hundreds', async () => {
    const times = await arrivals(200);
    expect(times[0]).toBe(0);
    expect(least(times)).toBe(20);
  });
});

describe('[ROOM-13] a client id that somebody writes under', () => {
  /** Each token is a user; '' is nobody known. */
  const people = () => new World({ authorize: ({ token }) => ({ user: token || undefined, role: 'edit' }) });

  async function entered(world: World, voice: Voice, token: string): Promise<RawClient> {
    const client = world.raw(voice);
    client.showToken(token);
    client.ask();
    await world.settle();
    client.say({ type: 'awareness', update: presence(client.doc.clientID) });
    await world.settle();
    client.take();
    return client;
  }

  function presence(client: number): Uint8Array {
    return encode((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(encoder, '{}');
    });
  }

  /** Collected structs over the next clocks of `client`: what it writes there would be taken for known. */
  function theft(client: number, clock: number): Uint8Array {
    return encode((encoder) => {
      for (const part of [1, 1, client, clock, 0, 1_000, 0]) encoding.writeVarUint(encoder, part);
    });
  }

  it.each(['inkroom', 'hocuspocus'] as const)('is not written under by another user of a %s client', async (voice) => {
    const world = people();
    const [ada, eve] = [await entered(world, 'inkroom', 'ada'), await entered(world, voice, 'eve')];
    for (const clock of [0, 2]) {
      eve.send(theft(ada.doc.clientID, clock)); // before ada has written anything, and after
      await world.settle();
      ada.type('hi');
      await world.settle();
    }
    expect((await world.stored()).getText('text').toString()).toBe('hihi');
    const heard = eve.takeTypes();
    expect([heard.includes('refused'), heard.includes('syncStatus')]).toEqual([voice === 'inkroom', false]);
    eve.type('mine');
    if (voice === 'hocuspocus') eve.answer(); // what waited, waits on; the answer is what it has
    await world.settle();
    expect((await world.stored()).getText('text').toString()).toContain('mine');
  });

  it('is passed on by others when its content has come from its author, or he is not here', async () => {
    const world = people();
    const [ada, bob] = [await entered(world, 'inkroom', 'ada'), await entered(world, 'inkroom', 'bob')];
    const written = ada.write('hi');
    ada.send(written);
    await world.settle();
    bob.send(written);
    await world.settle();
    expect(bob.takeTypes()).toEqual(['update', 'saved']);
    const unsent = ada.write('unsent');
    ada.hangUp();
    await world.settle();
    bob.send(unsent);
    await world.settle();
    expect(bob.takeTypes()).toContain('saved');
    expect((await world.stored()).getText('text').toString()).toBe('hiunsent');
  });

  it.each(['ada', ''])('is taken over by the same user (%j), whose old connection may be dead', async (token) => {
    const world = people();
    const before = await entered(world, 'inkroom', token);
    before.type('hi');
    await world.settle();
    const after = await entered(world, 'hocuspocus', token);
    after.send(before.write('!'));
    await world.settle();
    expect((await world.stored()).getText('text').toString()).toBe('hi!');
    before.hangUp();
    await world.settle();
    after.send(before.write('?'));
    await world.settle();
    expect((await world.stored()).getText('text').toString()).toBe('hi!?');
  });

  it('is nobody’s for having been shown in presence after others wrote under it', async () => {
    const world = people();
    const ada = await entered(world, 'inkroom', 'ada');
    ada.type('hi');
    await world.settle();
    ada.hangUp();
    await world.settle();
    const eve = world.raw('inkroom');
    eve.showToken('eve');
    eve.ask();
    eve.say({ type: 'awareness', update: presence(ada.doc.clientID) }); // lies in wait for ada
    await world.settle();
    const back = await entered(world, 'inkroom', 'ada');
    back.send(ada.write('!'));
    await world.settle();
    expect((await world.stored()).getText('text').toString()).toBe('hi!');
  });
});

describe('everybody', () => {
  it('writes into one room, whatever their client', async () => {
    const world = new World();
    const people = [
      world.yWebsocket(),
      world.hocuspocus(),
      world.inkroom(),
      world.hocuspocus({ key: `${DOCUMENT}\0tab` }),
    ];
    await world.settle();
    for (const [index, person] of people.entries()) {
      world.type(person, `${index}`);
      await world.settle();
    }
    for (const person of people) expect(world.text(person)).toBe('0123');
    const [, stock, tab] = people;
    if (stock?.kind === 'hocuspocus') expect([stock.unsyncedChanges, stock.synced]).toEqual([0, true]);
    if (tab?.kind === 'inkroom') expect(tab.provider.state).toEqual({ state: 'saved' });
    expect(world.witness.complaints).toEqual([]);
  });

  it('finds their text again after a crash', async () => {
    const world = new World();
    const [ada, bob, carol] = [world.yWebsocket(), world.hocuspocus(), world.inkroom()];
    await world.settle();
    world.type(ada, 'a');
    world.type(bob, 'b');
    world.type(carol, 'c');
    await world.settle();
    world.disk.held = true;
    world.type(carol, 'd');
    await world.settle();
    expect(carol.provider.state).toEqual({ state: 'saving', changes: 1 });
    world.crashServer(); // before the commit
    world.disk.held = false;
    world.type(bob, 'e');
    await world.pass(10_000);
    for (const person of [ada, bob, carol]) expect(world.text(person).split('').sort().join('')).toBe('abcde');
    expect(carol.provider.state).toEqual({ state: 'saved' });
    expect(world.text(ada)).toBe(world.text(bob));
    expect(world.text(ada)).toBe(world.text(carol));
  });

  it('survives a restart in the middle of a sentence', async () => {
    const world = new World();
    const [ada, bob, carol] = [world.yWebsocket(), world.hocuspocus(), world.inkroom()];
    await world.settle();
    world.type(ada, 'a');
    world.type(bob, 'b');
    world.type(carol, 'c');
    await world.restartServer();
    world.type(carol, 'd');
    await world.pass(10_000);
    for (const person of [ada, bob, carol]) expect(world.text(person)).toBe(textOf(await world.stored()));
    expect(world.text(ada).length).toBe(4);
    expect(bob.unsyncedChanges).toBe(0);
  });
});
