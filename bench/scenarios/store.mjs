// Brings documents into a server through its own protocol, as people did who wrote them, and stops it when it has done with them.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { storedFrame } from '../harness/dialects.mjs';
import { freshWitnessesAgree, Witness } from '../harness/witness.mjs';

/** The room of a large document. */
export const LARGE = 'large';

const OPENING_MS = 500; // for y-websocket, which answers before it has loaded
const STORING_MS = 8_000; // longer than any server waits before it stores, or merges what it has
const AGREE_MS = 120_000;

/** The relay stores nothing: the bytes that it serves are given to it. */
export async function layReady(directory, room, update) {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${room}.bin`), storedFrame(update));
}

/** One large document, part by part. */
export async function bringIn({ name, startOn, directory, document }) {
  if (name === 'relay') return layReady(directory, LARGE, document.whole);
  const server = await startOn(directory);
  const author = await new Witness(server, LARGE).open();
  await sleep(OPENING_MS);
  const reader = await new Witness(server, LARGE).open();
  for (const update of document.parts) author.send(update);
  const agrees = await reader.agrees(document.doc(), AGREE_MS);
  author.close();
  reader.close();
  await sleep(STORING_MS);
  await server.idle();
  await server.stop();
  if (!agrees) throw new Error(`${name} did not take the document whole`);
}

/** Many documents alike: each is opened by one person, who sends `updates` and leaves. */
export async function fill({ name, startOn, newLoad, directory, rooms, updates, document }) {
  if (name === 'relay') {
    for (const room of rooms) await layReady(directory, room, document.update);
    return;
  }
  const server = await startOn(directory);
  const load = newLoad();
  await load.call('fill', {
    port: server.port,
    seats: rooms.map((room) => [room, server.path(room)]),
    dialect: server.dialect,
    updates: updates.map((update) => Buffer.from(update).toString('base64')),
  });
  await load.stop();
  await sleep(STORING_MS);
  await server.idle();
  const samples = [rooms[0], rooms[rooms.length >> 1], rooms.at(-1)];
  const agree = await freshWitnessesAgree(server, new Map(samples.map((room) => [room, document.doc])));
  await server.stop();
  if (!agree) throw new Error(`${name} did not take the documents whole`);
}
