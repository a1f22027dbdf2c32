import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { decodeServerFrame, encodeClientFrame } from '../../lib/protocol/hocuspocus.ts';
import type { ClientMessage } from '../../lib/protocol/messages.ts';
import type { Documents } from '../../server/documents/documents.ts';
import { openToEveryone } from '../../server/grants/auth.ts';
import { silentLogger } from '../../server/logger.ts';
import { Rooms } from '../../server/rooms/rooms.ts';
import { Connection } from '../../server/sockets/connection.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { messagesIn } from '../support/world-server.ts';

/** Milliseconds of a commit on a slow disk, and between two keys: a batch is always under way, and another always waits. */
const COMMIT_MS = 20;
const KEY_MS = 5;

it('[STOP-3] what was accepted comes to an end, however much is typed, and all of it is acknowledged', async () => {
  const clock = new FakeClock();
  const log = new MemoryLog({ clock, latency: COMMIT_MS });
  const rooms = new Rooms({
    log,
    documents: {} as Documents, // nothing is merged or compared here
    clock,
    logger: silentLogger,
    onStorageLost: () => expect.unreachable(),
  });
  let acknowledged = 0;
  const wire = {
    write: (frames: Uint8Array) => {
      for (const frame of messagesIn(frames)) {
        const { key, message } = decodeServerFrame(frame);
        if (key !== undefined && message.type === 'syncStatus' && message.saved) acknowledged++;
      }
    },
    writeAll: () => undefined,
    queued: () => 0,
    pause: () => undefined,
    resume: () => undefined,
    ping: () => undefined,
    close: () => undefined,
    destroy: () => undefined,
  };
  const connection = new Connection({ wire, rooms, authorize: openToEveryone, clock, logger: silentLogger });
  const say = (message: ClientMessage) => connection.receive(encodeClientFrame('notes', message), true);
  const doc = new Y.Doc();
  doc.on('update', (update: Uint8Array) => say({ type: 'update', update, answer: false }));
  const pass = async (milliseconds: number) => {
    for (let elapsed = 0; elapsed < milliseconds; elapsed += KEY_MS) {
      doc.getText('text').insert(0, 'x');
      clock.advance(KEY_MS);
      await clock.settle();
    }
  };

  say({ type: 'auth', token: '', version: undefined });
  await pass(10 * COMMIT_MS);
  connection.drain();
  let stopped = false;
  const stopping = rooms.close().then(() => {
    stopped = true;
  });
  await pass(10 * COMMIT_MS);
  expect(stopped).toBe(true);
  await stopping;

  const loading = log.load('notes');
  clock.advance(COMMIT_MS);
  const { updates } = await loading;
  expect(updates.length).toBeGreaterThan(COMMIT_MS / KEY_MS);
  expect(acknowledged).toBe(updates.length);
});
