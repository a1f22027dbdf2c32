import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { Documents } from '../../server/documents/documents.ts';
import { LIMITS } from '../../server/limits.ts';
import { LogError } from '../../server/log/log.ts';
import { silentLogger } from '../../server/logger.ts';
import { Metrics } from '../../server/metrics.ts';
import { Leftovers } from '../../server/rooms/leftovers.ts';
import { Rooms } from '../../server/rooms/rooms.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { inProcessDocuments } from '../support/world-documents.ts';

/** Records that a room merges when it closes. */
const LONG = LIMITS.tailUpdates / 10;

/** A server that has just been started on what another one left. */
class Scene {
  readonly clock = new FakeClock();
  readonly log = new MemoryLog();
  readonly metrics = new Metrics();
  pending = 0;
  fails = false;
  readonly rooms: Rooms;
  readonly leftovers: Leftovers;

  constructor() {
    const { clock, log, metrics } = this;
    const isFailing = () => this.fails;
    const isPending = () => this.pending;
    const documents: Documents = {
      ...inProcessDocuments,
      async compact(stored) {
        if (isFailing()) throw new Error('out of memory');
        return inProcessDocuments.compact(stored);
      },
      get pending() {
        return isPending();
      },
    };
    const logger = silentLogger;
    const onStorageLost = () => expect.unreachable();
    this.rooms = new Rooms({ log, documents, clock, logger, metrics, onStorageLost });
    this.leftovers = new Leftovers({ log, rooms: this.rooms, documents, clock, logger });
  }

  /** Writes a letter a record, as somebody who types slowly. */
  async type(document: string, letters: number): Promise<void> {
    const doc = new Y.Doc();
    const written: Promise<number>[] = [];
    doc.on('update', (update: Uint8Array) => written.push(this.log.append(document, [update])));
    for (let letter = 0; letter < letters; letter++) {
      doc.getText('text').insert(0, 'x');
      await written[letter];
    }
  }

  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= LIMITS.lingerMs) {
      this.clock.advance(Math.min(left, LIMITS.lingerMs));
      await this.clock.settle();
    }
  }

  async unmerged(document: string): Promise<number | undefined> {
    return (await this.log.info(document))?.unmerged;
  }
}

/** Time for two documents to be visited, to be closed, and to be merged. */
const TWO_MS = 6 * LIMITS.lingerMs;

describe('[OPS-16] a long log that nobody has open', () => {
  it('is merged ten minutes after the start, and is in a metric until it is looked again', async () => {
    const scene = new Scene();
    await scene.type('left', LONG);
    await scene.type('left too', 3 * LONG);
    await scene.type('short', LONG - 1);
    await scene.pass(LIMITS.leftoversMs - LIMITS.lingerMs);
    expect([scene.leftovers.count, await scene.unmerged('left')]).toEqual([0, LONG]);
    await scene.pass(LIMITS.lingerMs + TWO_MS);
    expect(scene.leftovers.count).toBe(2);
    expect(await Promise.all(['left', 'left too', 'short'].map((name) => scene.unmerged(name)))).toEqual([
      0,
      0,
      LONG - 1,
    ]);
    expect(scene.rooms.size).toBe(0);
    await scene.pass(LIMITS.leftoversMs);
    expect(scene.leftovers.count).toBe(0);
  });

  it('is left alone while somebody has it open: then its room merges it', async () => {
    const scene = new Scene();
    await scene.type('open', LONG);
    const visit = scene.rooms.enter('open');
    await scene.pass(2 * LIMITS.leftoversMs);
    expect([scene.leftovers.count, await scene.unmerged('open')]).toEqual([0, LONG]);
    visit.leave();
    await scene.pass(2 * LIMITS.lingerMs);
    expect(await scene.unmerged('open')).toBe(0);
  });

  it('waits while the document threads have something else to do', async () => {
    const scene = new Scene();
    await scene.type('left', LONG);
    scene.pending = 1;
    await scene.pass(3 * LIMITS.leftoversMs);
    expect(await scene.unmerged('left')).toBe(LONG);
    scene.pending = 0;
    await scene.pass(TWO_MS);
    expect(await scene.unmerged('left')).toBe(0);
  });

  it('that cannot be merged, or read, is tried again, counted, and keeps no other from it', async () => {
    const scene = new Scene();
    for (const name of ['a damaged one', 'left']) await scene.type(name, LONG);
    scene.log.damage('a damaged one');
    scene.fails = true;
    await scene.pass(LIMITS.leftoversMs + TWO_MS);
    expect([scene.leftovers.count, scene.metrics.mergesFailed]).toEqual([2, 1]);
    scene.fails = false;
    await scene.pass(LIMITS.leftoversMs + TWO_MS);
    expect(await scene.unmerged('left')).toBe(0);
    await scene.pass(LIMITS.leftoversMs);
    expect(scene.leftovers.count).toBe(1);
  });

  it('is not merged on a full disk, which would take room, and after the end nothing is', async () => {
    const scene = new Scene();
    await scene.type('left', LONG);
    let full = true;
    const rooms = {
      enter: scene.rooms.enter.bind(scene.rooms),
      isOpen: () => false,
      get full() {
        return full;
      },
    };
    const { log, clock } = scene;
    scene.leftovers.close();
    const leftovers = new Leftovers({ log, rooms, documents: { pending: 0 }, clock, logger: silentLogger });
    await scene.pass(LIMITS.leftoversMs + TWO_MS);
    expect(await scene.unmerged('left')).toBe(LONG);
    leftovers.close();
    full = false;
    await scene.pass(3 * LIMITS.leftoversMs);
    expect(await scene.unmerged('left')).toBe(LONG);
    expect(clock.timers).toBe(0);
  });

  it('is looked for again after the log could not be read', async () => {
    const { clock } = new Scene();
    const said: string[] = [];
    const scan = () => Promise.reject(new LogError('damaged', 'a page'));
    const rooms = { enter: () => expect.unreachable(), isOpen: () => false, full: false };
    const logger = { ...silentLogger, error: (_: object, message: string) => void said.push(message) };
    const leftovers = new Leftovers({ log: { scan }, rooms, documents: { pending: 0 }, clock, logger });
    for (let look = 0; look < 2; look++) {
      clock.advance(LIMITS.leftoversMs);
      await clock.settle();
    }
    leftovers.close();
    expect(said).toEqual(Array(2).fill('the logs that are left could not be looked for'));
  });
});
