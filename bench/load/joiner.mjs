// People who open one document at the same moment. Two of them keep what they are sent; whether and when it was the whole document is
// worked out afterwards. The others count bytes, so that all of them together cost less than the server that is measured.
// Invariant: somebody has joined when as much has come as made a witness whole.

import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as Y from 'yjs';
import { DIALECTS } from '../harness/dialects.mjs';
import { sameDocument } from '../harness/inputs.mjs';
import { frameOf, RawSocket } from './socket.mjs';

const WITNESSES = 2;
const QUIET_MS = 300; // silence after which all is taken to be there
const ENOUGH = 0.8; // part of the expected bytes below which it is not
const SAME = 0.99; // a server may cut the same content a little differently for each
const GIVE_UP_MS = 150_000;

/** @type {Joiner[]} */
let joiners = [];
let startedAt = 0;

class Joiner {
  bytes = 0;
  closed = false;
  /** When each piece of content arrived, and the bytes until then. */
  arrivals = [];

  constructor({ index, port, path, room, dialect }) {
    this.dialect = DIALECTS[dialect];
    this.room = room;
    this.kept = index < WITNESSES ? [] : undefined;
    this.socket = new RawSocket({
      port,
      path,
      heads: !this.kept,
      onOpen: () => {
        for (const payload of this.dialect.hello(room)) this.socket.send(frameOf(payload));
      },
      onFrame: (payload) => this.#onFrame(payload),
      onClose: () => {
        this.closed = true;
      },
    });
  }

  #onFrame(payload) {
    const { kind, from, to } = this.dialect.read(payload);
    if (kind === 'step1') this.socket.send(frameOf(this.dialect.answer(this.room)));
    if (kind !== 'step2' && kind !== 'update') return;
    this.bytes += to - from;
    this.arrivals.push({ at: performance.now(), bytes: this.bytes });
    this.kept?.push(Uint8Array.prototype.slice.call(payload, from, to));
  }

  get lastAt() {
    return this.arrivals.at(-1)?.at ?? startedAt;
  }
}

/** `people` join `room`. Resolves when about `expectedBytes` have come to each and nothing more does. */
export async function join({ port, path, room, dialect, people = 1, expectedBytes }) {
  startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  joiners = Array.from({ length: people }, (_, index) => new Joiner({ index, port, path, room, dialect }));
  const waiting = (joiner) => joiner.bytes < expectedBytes * ENOUGH || performance.now() - joiner.lastAt < QUIET_MS;
  do await sleep(20);
  while (
    performance.now() - startedAt < GIVE_UP_MS &&
    !joiners.some((joiner) => joiner.closed) &&
    joiners.some(waiting)
  );
  const cpu = process.cpuUsage(cpuBefore);
  return {
    bytes: joiners[0].bytes,
    loadCpuMs: (cpu.user + cpu.system) / 1000,
    closed: joiners.filter((joiner) => joiner.closed).length,
  };
}

/** Whether what came is the document in `expectedFile` (a V1 update), and after how many milliseconds the last one had it. */
export async function joined({ expectedFile }) {
  for (const { socket } of joiners) socket.close();
  const expected = new Y.Doc();
  Y.applyUpdate(expected, readFileSync(expectedFile));
  const needed = [];
  for (const joiner of joiners.filter(({ kept }) => kept)) {
    const bytes = neededBy(joiner, expected);
    if (bytes === undefined) return { complete: false, waitMs: undefined };
    needed.push(bytes);
  }
  const enough = Math.min(...needed) * SAME;
  const times = joiners.map(({ arrivals }) => arrivals.find(({ bytes }) => bytes >= enough)?.at);
  return times.includes(undefined)
    ? { complete: false, waitMs: undefined }
    : { complete: true, waitMs: Math.max(...times) - startedAt };
}

/** How many bytes it took until a witness held the document; undefined when it never did. */
function neededBy({ kept, arrivals }, expected) {
  const doc = new Y.Doc();
  for (const [i, update] of kept.entries()) {
    Y.applyUpdate(doc, update);
    if (sameDocument(doc, expected)) return arrivals[i].bytes;
  }
  return undefined;
}
