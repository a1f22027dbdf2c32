// What people who are there and do nothing cost in memory, and what a room with a page of text does.

import { setTimeout as sleep } from 'node:timers/promises';
import { page } from '../harness/documents.mjs';
import { Witness } from '../harness/witness.mjs';

const CONNECTIONS = 500;
const SETTLE_MS = 6_000; // longer than any server keeps what it may need again at once

export const cases = [
  {
    id: 'memory',
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
