// Pairs of people in small rooms of their own who notice what happens elsewhere: one of each pair types every 20 ms, the other reads.
// Invariant: the typist never waits for the reader, so a stall of the server shows in every edit that it held up.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DIALECTS } from '../harness/dialects.mjs';
import { clientId, typingRun } from '../harness/inputs.mjs';
import { readUnits, units } from '../harness/updates.mjs';
import { frameOf } from './socket.mjs';
import { openSockets } from './sockets.mjs';

const EVERY_MS = 20;
const KEYS = 6_000; // 120 s
const ARRIVE_MS = 20_000; // for what is on its way when the typing ends

let timer;
let samples = [];
let sent = 0;

class Pair {
  next = 0;
  insertedAt = new Float64Array(KEYS);
  deletedAt = new Float64Array(KEYS);

  constructor({ index, room, dialect, seed }) {
    this.dialect = DIALECTS[dialect];
    const { updates, marks } = typingRun({ client: clientId(index), length: KEYS, seed });
    this.frames = updates.map((update) => frameOf(this.dialect.update(room, update)));
    this.marks = marks;
  }

  type() {
    if (this.next === KEYS) return;
    const mark = this.marks[this.next];
    if (mark < 0) this.deletedAt[~mark] = performance.now();
    else this.insertedAt[mark] = performance.now();
    this.socket.send(this.frames[this.next++]);
    sent++;
  }

  read(payload) {
    const { kind, from } = this.dialect.read(payload);
    if (kind !== 'update' && kind !== 'step2') return;
    const now = performance.now();
    readUnits(payload, from);
    for (let i = 0; i < units.count; i++) {
      const times = units.deleted[i] ? this.deletedAt : this.insertedAt;
      for (let j = 0; j < units.length[i]; j++) {
        const sentAt = times[units.clock[i] + j];
        samples.push({ at: performance.timeOrigin + sentAt, ms: now - sentAt });
      }
    }
  }
}

/** One pair in each of the rooms, `[room, path]`. Resolves when all have joined and the typing begins. */
export async function startBystanders({ port, rooms, dialect, seed }) {
  const pairs = rooms.map(([room], index) => new Pair({ index, room, dialect, seed }));
  samples = [];
  sent = 0;
  for (const [i, [room, path]] of rooms.entries()) {
    const seats = [{ onFrame: (payload) => pairs[i].read(payload) }, {}].map((listener) => ({ room, path, listener }));
    const [, typist] = await openSockets({ port, dialect, seats });
    pairs[i].socket = typist;
  }
  let turn = 0;
  timer = setInterval(() => pairs[turn++ % pairs.length].type(), EVERY_MS / pairs.length);
}

/** @returns {{ samples: { at: number, ms: number }[], lost: number }} `at`: wall time in milliseconds when it was sent */
export async function stopBystanders() {
  clearInterval(timer);
  const deadline = performance.now() + ARRIVE_MS;
  while (samples.length < sent && performance.now() < deadline) await sleep(20);
  return { samples, lost: sent - samples.length };
}
