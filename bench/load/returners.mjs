// People who lost their connection and all come back in the same moment, each saying what it holds.
// Invariant: somebody is synced when the answer to that has come and the last edit of all with it; a few real documents prove it afterwards.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as Y from 'yjs';
import { DIALECTS } from '../harness/dialects.mjs';
import { sameDocument } from '../harness/inputs.mjs';
import { Histogram } from '../harness/stats.mjs';
import { frameOf, RawSocket } from './socket.mjs';

const WITNESSES = 8;
const AGAIN_MS = 1_000; // until one who was refused tries again, as Hocuspocus' provider does
const GIVE_UP_MS = 60_000;

/** @type {Returner[]} */
let returners = [];
let refusals = [];

class Returner {
  kept = undefined;
  answered = false;
  marked = false;
  syncedAt = undefined;

  constructor({ room, path, vector, port, dialect, mark }) {
    this.dialect = DIALECTS[dialect];
    this.room = room;
    this.mark = mark;
    this.address = { port, path };
    this.hello = this.dialect.hello(room, vector).map((payload) => frameOf(payload));
    this.answered = this.hello.length === 0; // the relay is not asked
  }

  dial() {
    const socket = new RawSocket({
      ...this.address,
      onOpen: () => {
        for (const frame of this.hello) socket.send(frame);
      },
      onFrame: (payload) => this.#onFrame(payload),
      onClose: () => {
        if (this.syncedAt !== undefined) return;
        refusals.push(socket.refusal ?? 'closed');
        this.again = setTimeout(() => this.dial(), AGAIN_MS);
      },
    });
    this.socket = socket;
  }

  #onFrame(payload) {
    const { kind, from, to } = this.dialect.read(payload);
    if (kind === 'step1') this.socket.send(frameOf(this.dialect.answer(this.room)));
    if (kind !== 'step2' && kind !== 'update') return;
    this.kept?.push(Uint8Array.prototype.slice.call(payload, from, to));
    if (kind === 'step2') this.answered = true;
    this.marked ||= payload.includes(this.mark);
    if (this.answered && this.marked) this.syncedAt ??= performance.now();
  }
}

/**
 * All `seats`, `{ room, path, vector }` with their state vectors in base64, dial at once. `mark`: what the last edit of all typed.
 * `proofs`: `{ seat, held }`, what the person on that seat has, and `expected`: what all must have in the end, V1 updates in base64.
 */
export async function comeBack({ port, dialect, seats, mark, proofs, expected }) {
  refusals = [];
  returners = seats.map(
    (seat) => new Returner({ ...seat, port, dialect, mark, vector: Buffer.from(seat.vector, 'base64') }),
  );
  const witnesses = proofs.slice(0, WITNESSES);
  for (const { seat } of witnesses) returners[seat].kept = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  for (const returner of returners) returner.dial();
  while (returners.some(({ syncedAt }) => syncedAt === undefined) && performance.now() - startedAt < GIVE_UP_MS) {
    await sleep(5);
  }
  const cpu = process.cpuUsage(cpuBefore);
  const waits = new Histogram();
  for (const { syncedAt } of returners) if (syncedAt !== undefined) waits.add(syncedAt - startedAt);
  return {
    complete: waits.count === returners.length && witnesses.every((witness) => holdsAll(witness, expected)),
    refused: refusals.length,
    refusals: [...new Set(refusals)],
    lastMs: waits.max,
    medianMs: waits.percentile(0.5),
    loadCpuMs: (cpu.user + cpu.system) / 1000,
  };
}

function holdsAll({ seat, held }, expected) {
  const [doc, whole] = [held, expected].map((update) => {
    const each = new Y.Doc();
    Y.applyUpdate(each, Buffer.from(update, 'base64'));
    return each;
  });
  for (const update of returners[seat].kept) Y.applyUpdate(doc, update);
  return sameDocument(doc, whole);
}

/** Cuts all their connections at once, as a proxy does that restarts. */
export async function cut() {
  for (const returner of returners) {
    clearTimeout(returner.again);
    returner.socket.close();
  }
}
