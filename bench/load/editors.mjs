// People who type: prepared updates out, every character that arrives counted and timed.
// Invariant: a receiver is done when it has seen each character and each deletion of everybody else in its room.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DIALECTS } from '../harness/dialects.mjs';
import { clientId, typingRun } from '../harness/inputs.mjs';
import { Histogram, random } from '../harness/stats.mjs';
import { readUnits, units } from '../harness/updates.mjs';
import { frameOf } from './socket.mjs';
import { openSockets } from './sockets.mjs';

const BURST_SLICE = 16; // updates a client hands to its socket before the next client's turn
const SETTLE_MS = 60_000;

/** @type {Map<number, Editor>} */
const editors = new Map();
let latency = new Histogram();
let ack = new Histogram();
let delivered = 0;
let frames = 0;
/** Performance time at which what is being handled arrived. */
let now = 0;

class Editor {
  next = 0;
  received = 0;
  expected = 0;

  constructor({ index, room, dialect, keys, seed }) {
    this.client = clientId(index);
    this.room = room;
    this.dialect = DIALECTS[dialect];
    const { updates, marks } = typingRun({ client: this.client, length: keys, seed });
    this.frames = updates.map((update) => frameOf(this.dialect.update(room, update)));
    this.marks = marks;
    this.insertedAt = new Float64Array(keys);
    this.deletedAt = new Float64Array(keys);
    /** When each update that is not acknowledged was sent, oldest first; NaN for what is not timed. */
    this.unacknowledged = [];
  }

  /** The socket is passed in because it needs `onFrame` first. */
  joined(socket) {
    this.socket = socket;
  }

  send() {
    const mark = this.marks[this.next];
    const at = performance.now();
    if (mark < 0) this.deletedAt[~mark] = at;
    else this.insertedAt[mark] = at;
    if (this.dialect.acknowledges) this.unacknowledged.push(at);
    this.socket.send(this.frames[this.next]);
    this.next++;
  }

  onFrame(payload) {
    const found = this.dialect.read(payload);
    if (found.kind === 'saved') {
      const sentAt = this.unacknowledged.shift();
      ack.add(performance.now() - sentAt);
      return;
    }
    if (found.kind !== 'update' && found.kind !== 'step2') return;
    now = performance.now();
    frames++;
    readUnits(payload, found.from);
    for (let i = 0; i < units.count; i++) {
      const from = editors.get(units.client[i]);
      if (from === undefined || from === this) continue; // a server's echo is its own affair
      const times = units.deleted[i] ? from.deletedAt : from.insertedAt;
      const clock = units.clock[i];
      const length = units.length[i];
      for (let j = 0; j < length; j++) latency.add(now - times[clock + j]);
      this.received += length;
      delivered += length;
    }
  }
}

/** Opens `rooms` rooms of `perRoom` editors, each ready to type `keys` keys. Resolves when all have joined. */
export async function connect({ port, paths, perRoom, dialect, keys, seed }) {
  const all = [];
  for (const [room, path] of Object.entries(paths)) {
    for (let i = 0; i < perRoom; i++) {
      const editor = new Editor({ index: all.length, room, dialect, keys, seed });
      editors.set(editor.client, editor);
      all.push({ room, path, listener: editor });
    }
  }
  await openSockets({ port, dialect, seats: all });
}

/**
 * Everyone types `keys` of their keys: one each `everyMs` on average when given, else as fast as the sockets take them.
 * Resolves when everything has arrived everywhere.
 */
export async function edit({ keys, everyMs, seed }) {
  latency = new Histogram();
  ack = new Histogram();
  delivered = 0;
  frames = 0;
  const all = [...editors.values()];
  const perRoom = new Map();
  for (const { room } of all) perRoom.set(room, (perRoom.get(room) ?? 0) + 1);
  for (const editor of all) editor.expected += (perRoom.get(editor.room) - 1) * keys;
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  if (everyMs) await paced(all, keys, everyMs, seed);
  else await burst(all, keys);
  const sentAt = performance.now();
  const deadline = sentAt + SETTLE_MS;
  const arrived = () => all.every((editor) => editor.received >= editor.expected && editor.unacknowledged.length === 0);
  while (!arrived() && performance.now() < deadline) await sleep(10);
  const cpu = process.cpuUsage(cpuBefore);
  return {
    complete: all.every((editor) => editor.received === editor.expected),
    sent: all.length * keys,
    delivered,
    frames,
    sendingMs: sentAt - startedAt,
    ms: performance.now() - startedAt,
    loadCpuMs: (cpu.user + cpu.system) / 1000,
    latency: latency.summary(),
    ack: ack.summary(),
  };
}

/** Each client's keys at times of its own: one in each stretch of `everyMs`, somewhere in it. */
async function paced(all, keys, everyMs, seed) {
  const next = random(seed);
  const times = [];
  for (let turn = 0; turn < keys; turn++) {
    for (const editor of all) times.push({ at: (turn + next()) * everyMs, editor });
  }
  times.sort((a, b) => a.at - b.at);
  const start = performance.now();
  for (let i = 0; i < times.length; ) {
    const elapsed = performance.now() - start;
    while (i < times.length && times[i].at <= elapsed) times[i++].editor.send();
    if (i < times.length) await sleep(Math.max(1, times[i].at - elapsed));
  }
}

async function burst(all, keys) {
  const ends = new Map(all.map((editor) => [editor, editor.next + keys]));
  for (let left = all; left.length > 0; ) {
    for (const editor of left) {
      if (editor.socket.full) continue;
      editor.socket.cork();
      for (let i = 0; i < BURST_SLICE && editor.next < ends.get(editor); i++) editor.send();
      editor.socket.uncork();
    }
    left = left.filter((editor) => editor.next < ends.get(editor));
    await new Promise(setImmediate); // let the sockets be read
  }
}
