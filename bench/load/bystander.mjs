// Two people in a small room of their own who notice what happens elsewhere: one types every 20 ms, the other reads.
// Invariant: the typist never waits for the reader, so a stall of the server shows in every edit that it held up.

import { performance } from 'node:perf_hooks';
import { DIALECTS } from '../harness/dialects.mjs';
import { clientId, typingRun } from '../harness/inputs.mjs';
import { readUnits, units } from '../harness/updates.mjs';
import { frameOf } from './socket.mjs';
import { openSockets } from './sockets.mjs';

const EVERY_MS = 20;
const KEYS = 8_000; // 160 s
const CLIENT = clientId(0);

let timer;
let samples = [];

export async function startBystanders({ port, path, room, dialect: dialectName, seed }) {
  const dialect = DIALECTS[dialectName];
  const { updates, marks } = typingRun({ client: CLIENT, length: KEYS, seed });
  const frames = updates.map((update) => frameOf(dialect.update(room, update)));
  const insertedAt = new Float64Array(KEYS);
  const deletedAt = new Float64Array(KEYS);
  samples = [];
  const reader = {
    onFrame(payload) {
      const { kind, from } = dialect.read(payload);
      if (kind !== 'update' && kind !== 'step2') return;
      const now = performance.now();
      readUnits(payload, from);
      for (let i = 0; i < units.count; i++) {
        const times = units.deleted[i] ? deletedAt : insertedAt;
        for (let j = 0; j < units.length[i]; j++) {
          const sentAt = times[units.clock[i] + j];
          samples.push({ at: performance.timeOrigin + sentAt, ms: now - sentAt });
        }
      }
    },
  };
  const typist = {}; // sends only
  const seats = [reader, typist].map((listener) => ({ room, path, listener }));
  const [, socket] = await openSockets({ port, dialect: dialectName, seats });
  let next = 0;
  timer = setInterval(() => {
    if (next === KEYS) return;
    const mark = marks[next];
    if (mark < 0) deletedAt[~mark] = performance.now();
    else insertedAt[mark] = performance.now();
    socket.send(frames[next++]);
  }, EVERY_MS);
}

/** @returns {{ samples: { at: number, ms: number }[] }} `at`: wall time in milliseconds when it was sent */
export async function stopBystanders() {
  clearInterval(timer);
  return { samples };
}
