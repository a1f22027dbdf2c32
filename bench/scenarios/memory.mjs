// What people who are there and do nothing cost in memory, and what a room with a page of text does.

import { setTimeout as sleep } from 'node:timers/promises';
import { page } from '../harness/documents.mjs';
import { ROOMS, returningDocument } from '../harness/returning.mjs';
import { Witness } from '../harness/witness.mjs';
import { fill } from './store.mjs';

const CONNECTIONS = 500;
const SETTLE_MS = 6_000; // longer than any server keeps what it may need again at once

export const cases = [
  {
    id: 'memory-idle',
    onlyFull: true,
    title: `${CONNECTIONS} idle connections`,
    metrics: {
      alone: { label: 'idle connection with a room of its own', unit: 'KB', bar: { most: 40 } },
      together: { label: 'idle connection in one room', unit: 'KB' },
      room: { label: 'the room itself', unit: 'KB' },
      page: { label: 'a page of text in each room, more', unit: 'KB' },
    },
    async measure(context) {
      const together = await held(context, () => 'all');
      const alone = await held(context, (i) => `room-${i}`, await page());
      return {
        valid: together.valid && alone.valid,
        values: { alone: alone.kb, together: together.kb, room: alone.kb - together.kb, page: alone.pageKb },
        details: { together, alone },
      };
    },
  },
  {
    id: 'memory-rooms',
    title: `${ROOMS.length} open documents of 0.2 MB`,
    metrics: {
      room: { label: 'an open document with one reader', unit: 'MB', bar: { most: 0.5 } },
    },
    without: ['relay'], // what it keeps is what was sent, and nothing else
    async measure({ name, startOn, stored, load, newLoad }) {
      const document = await returningDocument();
      const path = await stored('open', (directory) =>
        fill({ name, startOn, newLoad, directory, rooms: ROOMS, updates: document.updates, document }),
      );
      const server = await startOn(path);
      await server.idle();
      const before = server.usage.residentKb();
      const seats = ROOMS.map((room) => [room, server.path(room)]);
      const { open } = await load.call('hold', { port: server.port, seats, dialect: server.dialect });
      await sleep(SETTLE_MS);
      await server.idle();
      const kb = server.usage.residentKb() - before;
      const witness = await new Witness(server, ROOMS[0]).open();
      const agrees = await witness.agrees(document.doc);
      witness.close();
      return {
        valid: open === ROOMS.length && agrees,
        values: { room: kb / 1_024 / ROOMS.length },
        details: { beforeKb: before, moreKb: kb },
      };
    },
  },
];

/** Kilobytes more in the server's memory (resident, as an operator sees it, garbage included) for each connection, and for each page when each has written one. */
async function held({ startOn, freshData, newLoad }, roomOf, written) {
  const server = await startOn(await freshData());
  const load = newLoad();
  await server.idle();
  const empty = server.usage.residentKb();
  const seats = Array.from({ length: CONNECTIONS }, (_, i) => [roomOf(i), server.path(roomOf(i))]);
  const { open } = await load.call('hold', { port: server.port, seats, dialect: server.dialect });
  await sleep(SETTLE_MS);
  const idle = server.usage.residentKb();
  let pageKb;
  let valid = open === CONNECTIONS;
  if (written) {
    await load.call('say', { file: written.file, dialect: server.dialect });
    await sleep(SETTLE_MS);
    await server.idle();
    pageKb = (server.usage.residentKb() - idle) / CONNECTIONS;
    const witness = await new Witness(server, roomOf(CONNECTIONS - 1)).open();
    valid &&= await witness.agrees(written.doc());
    witness.close();
  }
  await load.stop();
  await server.stop();
  return { valid, kb: (idle - empty) / CONNECTIONS, pageKb };
}
