// People who type, at a pace and in bursts, in one room and in many: what an update that reaches somebody costs the server.

import { setTimeout as sleep } from 'node:timers/promises';
import { clientId, documentOf, typingRun } from '../harness/inputs.mjs';
import { freshWitnessesAgree, Witness } from '../harness/witness.mjs';

const WITNESSED_ROOMS = 3; // rooms in which a real client listens from the start, and another asks at the end
const FRAME_MS = 16; // what is shown later than a frame of a 60 Hz screen is seen to be late
const STORING_MS = 3_000; // Hocuspocus stores 2 s after the last edit

/**
 * `keys` typed by each of `perRoom` people in each of `rooms` rooms, after `warmKeys` that are not measured; one every `everyMs`
 * on average, or, without it, as fast as the sockets take them. The paces make two cores carry every server: 50,000 deliveries a second at most.
 */
function editCase({
  id,
  title,
  rooms = 1,
  perRoom,
  everyMs,
  warmKeys,
  keys,
  quickKeys,
  cpuBar,
  latencyBar,
  ackBar,
  onlyFull,
}) {
  return {
    id,
    title,
    onlyFull,
    metrics: {
      cpu: { label: 'CPU per delivered update', unit: 'µs', bar: { times: 'hocuspocus', most: cpuBar } },
      p50: { label: 'sender to reader, median', unit: 'ms', bar: latencyBar && { most: latencyBar } },
      p99: { label: 'sender to reader, p99', unit: 'ms' },
      ack: { label: 'acknowledged (on disk with Inkroom only), median', unit: 'ms' },
      ackP99: { label: 'acknowledged (on disk with Inkroom only), p99', unit: 'ms', bar: ackBar && { most: ackBar } },
      later: { label: 'CPU in the 3 s after', unit: 'ms' },
    },
    async measure({ start, load, seed, quick }) {
      const measured = quick ? quickKeys : keys;
      const names = Array.from({ length: rooms }, (_, i) => `room-${i}`);
      const server = await start();
      const paths = Object.fromEntries(names.map((name) => [name, server.path(name)]));
      const total = warmKeys + measured;
      await load.call('connect', { port: server.port, paths, perRoom, dialect: server.dialect, keys: total, seed });
      const expected = new Map(
        names.slice(0, WITNESSED_ROOMS).map((name, room) => [name, expectedRoom(room, perRoom, total, seed)]),
      );
      const witnesses = await Promise.all(Array.from(expected.keys(), (name) => new Witness(server, name).open()));
      const warm = await load.call('edit', { keys: warmKeys, everyMs, seed });
      await server.idle({ quietMs: 300 });
      const before = server.usage.cpuMs();
      const run = await load.call('edit', { keys: measured, everyMs, seed: seed + 1 });
      const after = server.usage.cpuMs();
      await sleep(STORING_MS);
      const later = server.usage.cpuMs() - after;
      const agree = await Promise.all(witnesses.map((witness, i) => witness.agrees(expected.get(names[i]))));
      const valid =
        warm.complete && run.complete && agree.every(Boolean) && (await freshWitnessesAgree(server, expected));
      for (const witness of witnesses) witness.close();
      const witnessed = witnesses.length * perRoom * measured;
      return {
        valid,
        values: {
          cpu: ((after - before) * 1_000) / (run.delivered + witnessed),
          p50: run.latency.p50,
          p99: run.latency.p99,
          ack: run.ack.p50,
          ackP99: run.ack.p99,
          later,
        },
        details: { ...run, serverCpuMs: after - before },
      };
    },
  };
}

/** The `room`-th room when everybody's keys have arrived. */
function expectedRoom(room, perRoom, keys, seed) {
  const runs = Array.from({ length: perRoom }, (_, i) =>
    typingRun({ client: clientId(room * perRoom + i), length: keys, seed }),
  );
  return documentOf(runs);
}

const paced = [
  {
    id: '10',
    title: '10 in a room',
    perRoom: 10,
    everyMs: 100,
    warmKeys: 20,
    keys: 80,
    quickKeys: 30,
    cpuBar: 1,
    latencyBar: FRAME_MS,
  },
  {
    id: '100',
    title: '100 in a room',
    perRoom: 100,
    everyMs: 200,
    warmKeys: 10,
    keys: 40,
    quickKeys: 15,
    cpuBar: 0.75,
    ackBar: 25,
    latencyBar: FRAME_MS,
  },
  {
    id: '500',
    title: '500 in a room',
    perRoom: 500,
    everyMs: 5_000,
    warmKeys: 1,
    keys: 2,
    quickKeys: 1,
    cpuBar: 0.75,
    onlyFull: true,
  },
  {
    id: 'pairs',
    title: '500 rooms of 2',
    rooms: 500,
    perRoom: 2,
    everyMs: 500,
    warmKeys: 12,
    keys: 16,
    quickKeys: 6,
    cpuBar: 0.4,
    latencyBar: FRAME_MS,
  },
];

const bursts = [
  { id: '10', title: '10 in a room', perRoom: 10, warmKeys: 300, keys: 1_000, quickKeys: 300 },
  { id: '100', title: '100 in a room', perRoom: 100, warmKeys: 10, keys: 40, quickKeys: 20, onlyFull: true },
  { id: '500', title: '500 in a room', perRoom: 500, warmKeys: 1, keys: 4, quickKeys: 2, onlyFull: true },
  { id: 'pairs', title: '500 rooms of 2', rooms: 500, perRoom: 2, warmKeys: 10, keys: 40, quickKeys: 15 },
];

export const cases = [
  ...paced.map((each) => editCase({ ...each, id: `paced-${each.id}`, title: `typing, ${each.title}` })),
  ...bursts.map((each) => editCase({ ...each, id: `burst-${each.id}`, title: `burst, ${each.title}`, cpuBar: 0.4 })),
];
