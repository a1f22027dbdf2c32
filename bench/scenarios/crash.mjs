// The server is killed while people type, with ten thousand documents on its disk: how long until it serves again.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as Y from 'yjs';
import { clientId, documentOf, typingRun } from '../harness/inputs.mjs';
import { fill } from './store.mjs';

const DOCUMENTS = 10_000;
const KEYS = 200; // in each of them, as typed
const KEYS_IN_ONE = 20;
const TYPING = { perRoom: 10, keys: 40, everyMs: 50 };

const ROOMS = Array.from({ length: DOCUMENTS }, (_, i) => `kept-${i}`);

export const cases = [
  {
    id: 'crash',
    title: `killed with ${DOCUMENTS.toLocaleString('en')} documents`,
    metrics: {
      ready: { label: 'from the kill until it takes connections', unit: 'ms' },
      joined: { label: 'until the first document is open', unit: 'ms' },
      cpu: { label: 'CPU until then', unit: 'ms' },
    },
    without: ['relay'], // it stores nothing
    async measure({ name, startOn, stored, freshData, load, newLoad, seed }) {
      const run = typingRun({ client: clientId(0), length: KEYS, seed: 1 });
      const updates = [];
      for (let i = 0; i < KEYS; i += KEYS_IN_ONE) updates.push(Y.mergeUpdates(run.updates.slice(i, i + KEYS_IN_ONE)));
      const doc = documentOf([run]);
      const document = { doc, update: Y.encodeStateAsUpdate(doc) };
      const path = await stored('ten-thousand', (directory) =>
        fill({ name, startOn, newLoad, directory, rooms: ROOMS, updates, document }),
      );
      const first = await startOn(path);
      await load.call('connect', {
        port: first.port,
        paths: { typing: first.path('typing') },
        perRoom: TYPING.perRoom,
        dialect: first.dialect,
        keys: TYPING.keys,
        seed,
      });
      const typed = await load.call('edit', { keys: TYPING.keys, everyMs: TYPING.everyMs, seed });
      const expectedFile = join(await freshData(), 'expected');
      await writeFile(expectedFile, document.update);
      const reader = newLoad();
      await reader.call('ready');
      const killedAt = performance.now();
      await first.crash();
      const server = await startOn(path);
      const ready = performance.now() - killedAt;
      const room = ROOMS[DOCUMENTS >> 1];
      await reader.call('join', {
        port: server.port,
        path: server.path(room),
        room,
        dialect: server.dialect,
        expectedBytes: document.update.length,
      });
      const cpu = server.usage.cpuMs();
      const { complete, waitMs } = await reader.call('joined', { expectedFile });
      await rm(expectedFile);
      return { valid: typed.complete && complete, values: { ready, joined: ready + waitMs, cpu } };
    },
  },
];
