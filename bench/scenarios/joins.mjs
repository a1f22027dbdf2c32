// One person, or fifty at once, open a large document just after a restart of the server; elsewhere others go on typing.

import { BYSTANDER_METRICS, beside } from '../harness/bystanders.mjs';
import { largeDocument } from '../harness/documents.mjs';
import { bringIn, LARGE } from './store.mjs';

function joinCase({ megabytes, people, cpuBar, waitBar, mostRuns }) {
  const metrics = {
    cpu: { label: 'CPU of the join', unit: 'ms', bar: { times: 'relay', most: cpuBar } },
    wait: { label: 'until the content is whole', unit: 'ms', bar: waitBar && { times: 'relay', most: waitBar } },
    ...BYSTANDER_METRICS,
  };
  if (people > 1) metrics.wait.label = 'until the last has the content whole';
  return {
    id: `${people === 1 ? 'join' : 'joins'}-${megabytes}`,
    title: `${people === 1 ? 'joining' : `${people} joining`} ${megabytes} MB after a restart`,
    metrics,
    onlyFull: megabytes !== 2,
    mostRuns,
    async measure({ name, startOn, stored, load, newLoad, seed }) {
      const document = await largeDocument(megabytes);
      const path = await stored(`large-${megabytes}`, (directory) => bringIn({ name, startOn, directory, document }));
      const join = (server) =>
        load.call('join', {
          port: server.port,
          path: server.path(LARGE),
          room: LARGE,
          dialect: server.dialect,
          people,
          expectedBytes: document.whole.length,
        });
      const joined = () => load.call('joined', { expectedFile: document.file });

      let server = await startOn(path);
      await server.idle({ quietMs: 500 });
      const before = server.usage.cpuMs();
      const run = await join(server);
      const cpu = server.usage.cpuMs() - before;
      const alone = await joined();
      await server.stop();

      server = await startOn(path);
      const others = await beside({ server, load: newLoad(), seed, disturb: () => join(server) });
      const again = await joined();
      return {
        valid: alone.complete && again.complete,
        values: { cpu, wait: alone.waitMs, ...others.values },
        details: { ...run, waitMsBeside: again.waitMs, bystanders: others.details, storedBytes: document.whole.length },
      };
    },
  };
}

const SIZES = [0.2, 2, 20];

export const cases = [
  ...SIZES.map((megabytes) => joinCase({ megabytes, people: 1, cpuBar: megabytes < 2 ? undefined : 2 })),
  ...SIZES.map((megabytes) =>
    joinCase({
      megabytes,
      people: 50,
      ...(megabytes === 2 ? { cpuBar: 1.5, waitBar: 1.5 } : {}),
      ...(megabytes === 20 ? { mostRuns: 1 } : {}), // the peers take minutes
    }),
  ),
];
