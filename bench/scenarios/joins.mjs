// One person opens a large document just after a restart of the server; two people in another room go on typing.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { storedFrame } from '../harness/dialects.mjs';
import { largeDocument } from '../harness/documents.mjs';
import { Histogram } from '../harness/stats.mjs';
import { Witness } from '../harness/witness.mjs';

const ROOM = 'large';
const BYSTANDERS = 'small';
const CALM_MS = 1_500; // bystanders alone, before and after the join
const STORING_MS = 8_000; // longer than any server waits before it stores, or merges what it has

/** Brings the document in through the protocol, waits until the server has done with it, and stops the server. */
async function bringIn({ name, startOn, path, document }) {
  if (name === 'relay') {
    // It stores nothing: the bytes to serve are given to it.
    await mkdir(path, { recursive: true });
    await writeFile(join(path, `${ROOM}.bin`), storedFrame(document.whole));
    return;
  }
  const server = await startOn(path);
  const author = await new Witness(server, ROOM).open();
  await sleep(500); // for y-websocket, which answers before it has loaded
  const reader = await new Witness(server, ROOM).open();
  for (const update of document.parts) author.send(update);
  const agrees = await reader.agrees(document.doc(), 120_000);
  await sleep(STORING_MS);
  await server.idle();
  author.close();
  reader.close();
  await sleep(STORING_MS);
  await server.idle();
  await server.stop();
  if (!agrees) throw new Error(`${name} did not take the document whole`);
}

function joinCase({ megabytes }) {
  return {
    id: `joins-${megabytes}`,
    title: `joining ${megabytes} MB after a restart`,
    metrics: {
      cpu: { label: 'CPU of the join', unit: 'ms', bar: { times: 'relay', most: 2 } },
      wait: { label: 'until the content is whole', unit: 'ms' },
      max: { label: "bystander's slowest edit", unit: 'ms', bar: { most: 50 } },
      p99: { label: "bystander's edits, p99", unit: 'ms' },
      calm: { label: "bystander's edits without a join, p99", unit: 'ms' },
    },
    async measure({ name, startOn, load, newLoad, seed, once }) {
      const document = await largeDocument(megabytes);
      const path = await once(`joins-${megabytes}-${name}`, async (directory) => {
        await rm(directory, { recursive: true, force: true });
        await bringIn({ name, startOn, path: directory, document });
        return directory;
      });
      const alone = await joinAlone({ startOn, path, load, document });
      const beside = await joinBeside({ startOn, path, load, newLoad, seed, document });
      return {
        valid: alone.complete && beside.complete,
        values: {
          cpu: alone.cpuMs,
          wait: alone.waitMs,
          max: beside.during.max,
          p99: beside.during.p99,
          calm: beside.calm.p99,
        },
        details: { alone, beside, bytes: document.whole.length },
      };
    },
  };
}

async function joinAlone({ startOn, path, load, document }) {
  const server = await startOn(path);
  await server.idle({ quietMs: 500 });
  const before = server.usage.cpuMs();
  const { bytes } = await load.call('join', {
    port: server.port,
    path: server.path(ROOM),
    room: ROOM,
    dialect: server.dialect,
    expectedBytes: document.whole.length,
  });
  const cpuMs = server.usage.cpuMs() - before;
  const result = await load.call('joined', { expectedFile: document.file });
  await server.stop();
  return { ...result, cpuMs, bytes };
}

async function joinBeside({ startOn, path, load, newLoad, seed, document }) {
  const server = await startOn(path);
  const others = newLoad();
  await others.call('startBystanders', {
    port: server.port,
    path: server.path(BYSTANDERS),
    room: BYSTANDERS,
    dialect: server.dialect,
    seed,
  });
  await sleep(CALM_MS);
  const from = Date.now();
  await load.call('join', {
    port: server.port,
    path: server.path(ROOM),
    room: ROOM,
    dialect: server.dialect,
    expectedBytes: document.whole.length,
  });
  await sleep(CALM_MS);
  const { samples } = await others.call('stopBystanders');
  const result = await load.call('joined', { expectedFile: document.file });
  await server.stop();
  const calm = new Histogram();
  const during = new Histogram();
  // The first edits find a cold server: they belong to neither.
  for (const { at, ms } of samples) {
    if (at >= from - 40) during.add(ms);
    else if (at >= from - CALM_MS / 2) calm.add(ms);
  }
  return { ...result, calm: calm.summary(), during: during.summary() };
}

export const cases = [joinCase({ megabytes: 2 }), joinCase({ megabytes: 20 })];
