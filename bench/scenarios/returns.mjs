// A thousand people return at once: to a server that has just been killed and started again, and once more after all their connections were cut.

import { setTimeout as sleep } from 'node:timers/promises';
import * as Y from 'yjs';
import { KEYS, MARK, ROOMS, returningDocument } from '../harness/returning.mjs';
import { fill } from './store.mjs';

const PEOPLE = 1_000;
const MISSED = 100; // edits, where all lack the same
const PROOFS = 8;
const CUT_MS = 1_000; // the server notices, and is still holding what it had open

const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/** `roomOf(person)`, and `seenBy(person)`: how many of the last KEYS edits that person has. */
function returnCase({ id, title, roomOf, seenBy, onlyFull }) {
  return {
    id: `return-${id}`,
    onlyFull,
    title: `${PEOPLE} return at once, ${title}`,
    metrics: {
      restart: { label: 'after a restart, until the last is synced', unit: 's', bar: { most: 5 } },
      cut: { label: 'after a cut, until the last is synced', unit: 's', bar: { most: 5 } },
      refused: { label: 'refused', unit: '', bar: { most: 0 } },
      restartCpu: { label: 'CPU after a restart', unit: 'ms' },
      cutCpu: { label: 'CPU after a cut', unit: 'ms' },
    },
    async measure({ name, startOn, stored, load, newLoad }) {
      const document = await returningDocument();
      const path = await stored('open', (directory) =>
        fill({ name, startOn, newLoad, directory, rooms: ROOMS, updates: document.updates, document }),
      );
      const vectors = new Map();
      const vectorOf = (keys) => {
        if (!vectors.has(keys)) vectors.set(keys, stateVector(document, keys));
        return vectors.get(keys);
      };
      const server = await startOn(path);
      await server.idle({ quietMs: 500 });
      const call = {
        port: server.port,
        dialect: server.dialect,
        mark: MARK,
        seats: Array.from({ length: PEOPLE }, (_, person) => ({
          room: roomOf(person),
          path: server.path(roomOf(person)),
          vector: vectorOf(seenBy(person)),
        })),
        proofs: Array.from({ length: PROOFS }, (_, i) => {
          const seat = Math.floor(((i + 0.5) * PEOPLE) / PROOFS);
          return { seat, held: base64(Y.encodeStateAsUpdate(document.held(seenBy(seat)))) };
        }),
        expected: base64(document.update),
      };
      const wave = async () => {
        const before = server.usage.cpuMs();
        const result = await load.call('comeBack', call);
        return { ...result, cpuMs: server.usage.cpuMs() - before };
      };
      const restart = await wave();
      await load.call('cut');
      await sleep(CUT_MS);
      const cut = await wave();
      return {
        valid: restart.complete && cut.complete,
        values: {
          restart: restart.lastMs / 1_000,
          cut: cut.lastMs / 1_000,
          refused: restart.refused + cut.refused,
          restartCpu: restart.cpuMs,
          cutCpu: cut.cpuMs,
        },
        details: { restart, cut },
      };
    },
  };
}

/** Base64. The author's clock after `keys` edits is what counts; nobody has the mark. */
function stateVector(document, keys) {
  return base64(Y.encodeStateVector(document.held(keys)));
}

export const cases = [
  returnCase({
    id: 'same',
    title: 'all lacking the same edits of one document',
    roomOf: () => ROOMS[0],
    seenBy: () => KEYS - MISSED,
  }),
  returnCase({
    id: 'differing',
    title: 'each lacking other edits of one document',
    roomOf: () => ROOMS[0],
    seenBy: (person) => person % KEYS,
  }),
  returnCase({
    id: 'rooms',
    onlyFull: true,
    title: `to ${ROOMS.length} documents`,
    roomOf: (person) => ROOMS[person % ROOMS.length],
    seenBy: () => KEYS - MISSED,
  }),
];
