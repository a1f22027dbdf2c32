// One person opens a document. Its frames are only kept, with the time each arrived; whether and when the content was whole
// is worked out afterwards, so that the joiner costs nothing while the server is measured.

import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as Y from 'yjs';
import { DIALECTS } from '../harness/dialects.mjs';
import { sameDocument } from '../harness/inputs.mjs';
import { frameOf, RawSocket } from './socket.mjs';

const QUIET_MS = 300; // silence after which all is taken to be there
const ENOUGH = 0.8; // part of the expected bytes below which it is not
const GIVE_UP_MS = 90_000;

let arrived = [];
let startedAt = 0;
let socket;

/** Joins `room` and resolves when about `expectedBytes` have come and nothing more does. */
export async function join({ port, path, room, dialect: dialectName, expectedBytes }) {
  const dialect = DIALECTS[dialectName];
  arrived = [];
  let bytes = 0;
  startedAt = performance.now();
  let lastAt = startedAt;
  socket = new RawSocket({
    port,
    path,
    onOpen: () => {
      for (const payload of dialect.hello(room)) socket.send(frameOf(payload));
    },
    onFrame: (payload) => {
      const { kind, from, to } = dialect.read(payload);
      if (kind === 'step1') socket.send(frameOf(dialect.answer(room)));
      if (kind !== 'step2' && kind !== 'update') return;
      lastAt = performance.now();
      bytes += to - from;
      arrived.push({ at: lastAt, update: Uint8Array.prototype.slice.call(payload, from, to) });
    },
  });
  do await sleep(20);
  while (
    performance.now() - startedAt < GIVE_UP_MS &&
    (bytes < expectedBytes * ENOUGH || performance.now() - lastAt < QUIET_MS)
  );
  return { bytes };
}

/** Whether what came is the document in `expectedFile` (a V1 update), and after how many milliseconds it was. */
export async function joined({ expectedFile }) {
  socket.close();
  const expected = new Y.Doc();
  Y.applyUpdate(expected, readFileSync(expectedFile));
  const doc = new Y.Doc();
  for (const { at, update } of arrived) {
    Y.applyUpdate(doc, update);
    if (sameDocument(doc, expected)) return { complete: true, waitMs: at - startedAt };
  }
  return { complete: false, waitMs: undefined };
}
