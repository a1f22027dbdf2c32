// A hundred people whose carets move twenty times a second.

const PEOPLE = 100;
const EVERY_MS = 50;
const WARM_MOVES = 40;

export const cases = [
  {
    id: 'presence',
    title: `${PEOPLE} people moving at ${1_000 / EVERY_MS} Hz`,
    metrics: {
      cpu: { label: 'CPU per person and second', unit: 'ms', bar: { times: 'hocuspocus', most: 0.2 } },
      p50: { label: 'age of a shown position, median', unit: 'ms' },
      p999: { label: 'age of a shown position, p99.9', unit: 'ms', bar: { most: 60 } },
      max: { label: 'age of a shown position, oldest', unit: 'ms' },
      states: { label: 'states to a reader, per person and second', unit: '' },
    },
    async measure({ start, load, seed, quick }) {
      const moves = quick ? 40 : 120;
      const room = 'presence';
      const server = await start();
      await load.call('connectPresence', {
        port: server.port,
        paths: { [room]: server.path(room) },
        people: PEOPLE,
        dialect: server.dialect,
        moves: WARM_MOVES + moves,
      });
      const warm = await load.call('move', { moves: WARM_MOVES, everyMs: EVERY_MS, seed });
      const before = server.usage.cpuMs();
      const run = await load.call('move', { moves, everyMs: EVERY_MS, seed: seed + 1 });
      const cpuMs = server.usage.cpuMs() - before;
      return {
        valid: warm.complete && run.complete,
        values: {
          cpu: cpuMs / (PEOPLE * ((moves * EVERY_MS) / 1_000)),
          p50: run.age.p50,
          p999: run.age.p999,
          max: run.age.max,
          states: run.statesPerPersonSecond,
        },
        details: { ...run, serverCpuMs: cpuMs },
      };
    },
  },
];
