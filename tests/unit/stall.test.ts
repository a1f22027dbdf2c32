import { beforeEach, expect, it } from 'vitest';
import { decodeServerFrame, encodeClientFrame } from '../../lib/protocol/hocuspocus.ts';
import { INKROOM_VERSION, type ServerMessage } from '../../lib/protocol/messages.ts';
import type { Documents } from '../../server/documents/documents.ts';
import { openToEveryone } from '../../server/grants/auth.ts';
import { LIMITS } from '../../server/limits.ts';
import { silentLogger } from '../../server/logger.ts';
import { Rooms } from '../../server/rooms/rooms.ts';
import { Connection } from '../../server/sockets/connection.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { messagesIn } from '../support/world-server.ts';

// A server that stood still (a busy event loop, SIGSTOP, a paused machine), and one that is asked to stop, as one connection sees it.

let now: number;
let closed: number | undefined;
let dropped: boolean;
let pings: number;
let heard: ServerMessage[];
let connection: Connection;

beforeEach(async () => {
  [now, closed, dropped, pings, heard] = [0, undefined, false, 0, []];
  const timers = new FakeClock();
  const clock = { now: () => now, after: timers.after.bind(timers), soon: timers.soon.bind(timers) };
  const log = new MemoryLog();
  const documents = {} as Documents; // nothing is merged or compared here
  const rooms = new Rooms({ log, documents, clock, logger: silentLogger, onStorageLost: () => expect.unreachable() });
  const wire = {
    write: (frames: Uint8Array) => {
      for (const frame of messagesIn(frames)) {
        const { message } = decodeServerFrame(frame);
        if (typeof message === 'object') heard.push(message);
      }
    },
    writeAll: () => undefined,
    queued: () => 0,
    pause: () => undefined,
    resume: () => undefined,
    ping: () => {
      pings++;
    },
    close: (code: number) => {
      closed = code;
    },
    destroy: () => {
      dropped = true;
    },
  };
  connection = new Connection({ wire, rooms, authorize: openToEveryone, clock, logger: silentLogger });
  connection.receive(encodeClientFrame('notes', { type: 'auth', token: '', version: INKROOM_VERSION }), true);
  await timers.settle();
  await new Promise((resolve) => setImmediate(resolve));
});

/** Rounds that come when they should. */
function rounds(count: number): void {
  for (let i = 0; i < count; i++) {
    now += LIMITS.tickMs;
    connection.tick();
  }
}

it('[NET-12] nobody is dropped because the server stood still, and who is silent afterwards still is', () => {
  rounds(2);
  now += 50_000;
  connection.tick();
  expect([dropped, closed]).toEqual([false, undefined]);
  rounds(3); // 15 s of silence before, and 15 s after
  expect(dropped).toBe(false);
  expect(pings).toBe(1);
  rounds(1);
  expect(dropped).toBe(true);
});

it.each([
  [LIMITS.lateMs, LIMITS.silenceMs + LIMITS.lateMs], // the first round that is later than the silence that is borne
  [LIMITS.lateMs + 1, LIMITS.silenceMs + LIMITS.tickMs + LIMITS.lateMs + 1], // and one round more
])('[NET-12] the silence of a round that is late by %i ms is the server’s own from one second on', (late, end) => {
  now += LIMITS.tickMs + late;
  connection.tick();
  while (!dropped) rounds(1);
  expect(now).toBe(end);
});

it.each([
  [0, 0],
  [1, 1],
])('[NET-6] a peer is pinged after 15 s of silence, and not before (%i ms later: %i)', (later, times) => {
  now = later;
  connection.tick();
  rounds(LIMITS.pingMs / LIMITS.tickMs);
  expect(pings).toBe(times);
});

it('[NET-6] a peer that vanished is gone within 35 s', () => {
  const at = now;
  while (!dropped) rounds(1);
  expect(now - at).toBeLessThanOrEqual(35_000);
});

it('[STOP-4] Inkroom’s client is asked to wait before the connection ends with 1012', () => {
  connection.dismiss(1234);
  expect(heard.at(-1)).toEqual({ type: 'retryAfter', milliseconds: 1234 });
  expect(closed).toBe(1012);
});
