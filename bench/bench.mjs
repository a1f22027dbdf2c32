// Runs the chosen cases on the chosen servers, in turns, and prints the table.
// Invariant: every run starts a fresh server, and the runs of one case are interleaved between servers, so that noise of the
// machine hits all alike.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Load } from './harness/load.mjs';
import { readOptions } from './harness/options.mjs';
import { save } from './harness/report.mjs';
import { start } from './harness/server.mjs';
import { cases as edits } from './scenarios/edits.mjs';
import { cases as joins } from './scenarios/joins.mjs';
import { cases as memory } from './scenarios/memory.mjs';
import { cases as presence } from './scenarios/presence.mjs';

const cases = [...edits, ...presence, ...joins, ...memory];

/** One run of one case on one server. Whatever it starts has ended when it resolves. */
async function measure(each, name, { seed, quick, profiles, directory, kept }) {
  const servers = [];
  const loads = [];
  const newLoad = () => {
    const load = new Load();
    loads.push(load);
    return load;
  };
  const freshData = () => mkdtemp(join(directory, `${name}-`));
  const startOn = async (data) => {
    const server = await start(name, { data, profiles });
    servers.push(server);
    return server;
  };
  try {
    return await each.measure({
      name,
      seed,
      quick,
      load: newLoad(),
      newLoad,
      freshData,
      startOn,
      start: async () => startOn(await freshData()),
      /** What `make(directory)` resolves with, made once for all runs of this bench. */
      async once(key, make) {
        if (!kept.has(key)) kept.set(key, await make(join(directory, key)));
        return kept.get(key);
      },
    });
  } catch (error) {
    return { valid: false, error: error.stack, values: {} };
  } finally {
    for (const load of loads) await load.stop();
    for (const server of servers) await server.stop();
  }
}

function brief(each, { valid, values, error }) {
  const figures = Object.entries(each.metrics).map(
    ([key, { unit }]) => `${key} ${values[key]?.toFixed(2) ?? '–'} ${unit}`,
  );
  return valid ? figures.join(', ') : `does not count: ${error ?? `documents differ (${figures.join(', ')})`}`;
}

async function main() {
  const options = readOptions(process.argv.slice(2), cases);
  if (options.list) {
    for (const { id, title } of cases) console.log(`${id.padEnd(14)} ${title}`);
    return;
  }
  const { chosen, servers, runs } = options;
  const directory = await mkdtemp(join(tmpdir(), 'inkroom-bench-'));
  const kept = new Map();
  const results = {};
  const report = { when: new Date(), cases: chosen, results, servers, options: { ...options, chosen: undefined } };
  let saved;
  try {
    for (const each of chosen) {
      results[each.id] = Object.fromEntries(servers.map((name) => [name, []]));
      for (let run = 0; run < runs; run++) {
        for (let turn = 0; turn < servers.length; turn++) {
          const name = servers[(turn + run) % servers.length];
          const result = await measure(each, name, { ...options, seed: options.seed + run, directory, kept });
          results[each.id][name].push(result);
          console.error(`${each.id} ${run + 1}/${runs} ${name}: ${brief(each, result)}`);
        }
      }
      saved = await save(report); // after each case: an hour of figures is not lost to the last of them
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  console.log(`\n${saved.text}\nWritten to ${saved.directory}`);
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
