// People whose carets move: prepared presence out; a few of them keep what they would show, and how old it is.
// Invariant: a reader has caught up when it holds the last state of everybody else.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as encoding from 'lib0/encoding';
import { Cursor } from '../harness/cursor.mjs';
import { DIALECTS } from '../harness/dialects.mjs';
import { clientId } from '../harness/inputs.mjs';
import { Histogram, random } from '../harness/stats.mjs';
import { frameOf } from './socket.mjs';
import { openSockets } from './sockets.mjs';

const READERS = 8; // people whose incoming presence is read, not only received
const LOOK_MS = 25; // how often a reader's picture is looked at
const SETTLE_MS = 60_000;

/** @type {Mover[]} */
const movers = [];
let states = 0;
const cursor = new Cursor();

class Mover {
  next = 0;

  constructor({ index, room, dialect, moves }) {
    this.index = index;
    this.dialect = DIALECTS[dialect];
    this.frames = [];
    for (let clock = 1; clock <= moves; clock++) {
      this.frames.push(frameOf(this.dialect.awareness(room, presence(clientId(index), clock))));
    }
    this.sentAt = new Float64Array(moves + 1);
    /** The newest clock held of each person, by index; undefined for those who do not look. */
    this.newest = index < READERS ? [] : undefined;
  }

  joined(socket) {
    this.socket = socket;
  }

  send() {
    this.sentAt[this.next + 1] = performance.now();
    this.socket.send(this.frames[this.next++]);
  }

  onFrame(payload) {
    if (!this.newest) return;
    const found = this.dialect.read(payload);
    if (found.kind !== 'awareness') return;
    cursor.set(payload, found.from);
    for (let people = cursor.varUint(); people > 0; people--) {
      const person = cursor.varUint() - clientId(0);
      const clock = cursor.varUint();
      cursor.skipVarBytes(); // the state itself
      if (person === this.index) continue;
      states++;
      if (clock > (this.newest[person] ?? 0)) this.newest[person] = clock;
    }
  }
}

/** One person's state as an editor with carets sends it: 220 bytes or so. */
function presence(client, clock) {
  const position = (shift) => ({
    type: { client: 4_021_133, clock: 17 },
    tname: null,
    item: { client: 4_021_133, clock: clock + shift },
    assoc: 0,
  });
  const state = {
    user: { name: `Person ${client % 1000}`, color: '#1971c2' },
    cursor: { anchor: position(0), head: position(4) },
  };
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint(encoder, client);
  encoding.writeVarUint(encoder, clock);
  encoding.writeVarString(encoder, JSON.stringify(state));
  return encoding.toUint8Array(encoder);
}

export async function connectPresence({ port, paths, people, dialect, moves }) {
  const [[room, path]] = Object.entries(paths);
  for (let index = 0; index < people; index++) movers.push(new Mover({ index, room, dialect, moves }));
  await openSockets({ port, dialect, seats: movers.map((listener) => ({ room, path, listener })) });
}

/** Everyone moves `moves` times, one move in each stretch of `everyMs`. Resolves when the readers hold every last state. */
export async function move({ moves, everyMs, seed }) {
  const ages = new Histogram();
  states = 0;
  const readers = movers.filter((mover) => mover.newest);
  const before = movers.map((mover) => mover.next); // what was shown before, nobody has moved since: its age says nothing about the server
  const looking = setInterval(() => {
    const now = performance.now();
    for (const reader of readers) {
      for (const person of movers) {
        const clock = reader.newest[person.index];
        if (person !== reader && clock > before[person.index]) ages.add(now - person.sentAt[clock]);
      }
    }
  }, LOOK_MS);
  const next = random(seed);
  const phases = movers.map(() => next() * everyMs);
  const times = [];
  for (let turn = 0; turn < moves; turn++) {
    movers.forEach((mover, i) => {
      times.push({ at: turn * everyMs + phases[i], mover });
    });
  }
  times.sort((a, b) => a.at - b.at);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < times.length; ) {
    const elapsed = performance.now() - start;
    while (i < times.length && times[i].at <= elapsed) times[i++].mover.send();
    if (i < times.length) await sleep(Math.max(1, times[i].at - elapsed));
  }
  clearInterval(looking);
  const movingMs = performance.now() - start;
  const deadline = performance.now() + SETTLE_MS;
  const current = () =>
    readers.every((reader) =>
      movers.every((person) => person === reader || reader.newest[person.index] === person.next),
    );
  while (!current() && performance.now() < deadline) await sleep(10);
  const cpu = process.cpuUsage(cpuBefore);
  return {
    complete: current(),
    people: movers.length,
    movingMs,
    ms: performance.now() - start,
    loadCpuMs: (cpu.user + cpu.system) / 1000,
    /** States that reached one reader, per person and second. */
    statesPerPersonSecond: states / readers.length / (movers.length - 1) / (movingMs / 1000),
    age: ages.summary(),
  };
}
