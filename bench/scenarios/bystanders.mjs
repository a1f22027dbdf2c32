// What people who type in small rooms notice of a large document that is stored or merged elsewhere, and of a peer that means harm.

import { setTimeout as sleep } from 'node:timers/promises';
import { BYSTANDER_METRICS, beside } from '../harness/bystanders.mjs';
import { largeDocument } from '../harness/documents.mjs';
import { bringIn, LARGE } from './store.mjs';

const MEGABYTES = 20;
const HARM_MS = 6_000;
const WRITING = { keys: 3_000, everyMs: 1 }; // more than any server lets pass without storing or merging
const STORING_MS = 7_000;

const storing = {
  id: 'bystander-storing',
  title: `a ${MEGABYTES} MB document is written to, stored and merged`,
  metrics: { ...BYSTANDER_METRICS, cpu: { label: 'CPU of it all', unit: 'ms' } },
  without: ['relay'], // it stores nothing
  async measure({ name, startOn, stored, load, newLoad, seed }) {
    const document = await largeDocument(MEGABYTES);
    const path = await stored(`large-${MEGABYTES}`, (directory) => bringIn({ name, startOn, directory, document }));
    const server = await startOn(path);
    await load.call('connect', {
      port: server.port,
      paths: { [LARGE]: server.path(LARGE) },
      perRoom: 1,
      dialect: server.dialect,
      keys: WRITING.keys,
      seed,
    });
    await server.idle({ quietMs: 500 });
    let before;
    const others = await beside({
      server,
      load: newLoad(),
      seed,
      async disturb() {
        before = server.usage.cpuMs();
        await load.call('edit', { ...WRITING, seed });
        await sleep(STORING_MS);
      },
    });
    return {
      valid: true,
      values: { ...others.values, cpu: server.usage.cpuMs() - before },
      details: others.details,
    };
  },
};

/** `address`: where the peer comes from; undefined: this machine itself, which a server may not hold to account. */
const harmFrom = ({ id, title, address }) => ({
  id,
  title,
  metrics: {
    ...BYSTANDER_METRICS,
    cpu: { label: 'CPU of it all', unit: 'ms' },
    refused: { label: 'connections refused at the door', unit: '' },
  },
  async measure({ start, load, newLoad, seed }) {
    const server = await start();
    let harassed;
    let before;
    const others = await beside({
      server,
      load: newLoad(),
      seed,
      async disturb() {
        before = server.usage.cpuMs();
        harassed = await load.call('harass', {
          port: server.port,
          path: server.path('attacked'), // which a relay does not pass on
          address,
          room: 'attacked',
          dialect: server.dialect,
          seed,
          ms: HARM_MS,
        });
      },
    });
    return {
      valid: true,
      values: { ...others.values, cpu: server.usage.cpuMs() - before, refused: harassed.refused },
      details: { ...others.details, ...harassed },
    };
  },
});

const harm = harmFrom({
  id: 'bystander-harm',
  title: 'a peer sends hostile frames, connecting again and again',
  address: undefined,
});
const harmByName = harmFrom({
  id: 'bystander-harm-address',
  title: 'the same, from one address',
  address: '198.51.100.7',
});

export const cases = [storing, harm, harmByName];
