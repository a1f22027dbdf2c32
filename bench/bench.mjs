// Runs the chosen cases on the chosen servers, in turns, and prints the table.
// Invariant: every run starts a fresh server and ends in time, whatever the server does, and the runs of one case are interleaved between
// servers, so that noise of the machine hits all alike.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Load } from './harness/load.mjs';
import { Disturbance, describeMachine } from './harness/machine.mjs';
import { readOptions } from './harness/options.mjs';
import { writePage } from './harness/page.mjs';
import { DISTURBED, save } from './harness/report.mjs';
import { start } from './harness/server.mjs';
import { copyOfStored } from './harness/stored.mjs';
import { cases as bystanders } from './scenarios/bystanders.mjs';
import { cases as crash } from './scenarios/crash.mjs';
import { cases as edits } from './scenarios/edits.mjs';
import { cases as joins } from './scenarios/joins.mjs';
import { cases as memory } from './scenarios/memory.mjs';
import { cases as presence } from './scenarios/presence.mjs';
import { cases as returns } from './scenarios/returns.mjs';

const BOUND_MS = 300_000; // for one run: the slowest peer with 20 MB is done in a third of it
const REPEATS = 2; // of a run that others disturbed

const cases = [...edits, ...presence, ...joins, ...bystanders, ...returns, ...crash, ...memory];

/** One run of one case on one server. Whatever it starts has ended when it resolves, and it resolves in time. */
async function measure(each, name, { seed, quick, profiles, directory }) {
  const servers = [];
  const loads = [];
  let over = false;
  const newLoad = () => {
    const load = new Load();
    loads.push(load);
    return load;
  };
  const freshData = () => mkdtemp(join(directory, `${name}-`));
  const startOn = async (data) => {
    if (over) throw new Error('this run was given up');
    const server = await start(name, { data, profiles });
    servers.push(server);
    if (over) await server.stop();
    return server;
  };
  let disturbance = new Disturbance();
  let ownBefore = 0;
  const ownMs = () => [...servers, ...loads].reduce((sum, { usage }) => sum + usage.cpuMs(), 0);
  const context = {
    name,
    seed,
    quick,
    load: newLoad(),
    newLoad,
    freshData,
    startOn,
    start: async () => startOn(await freshData()),
    /** A directory with what `make(directory)` stores, a copy for this run alone. Making it is not a part of the measurement. */
    async stored(key, make) {
      const into = await copyOfStored({ name, key, into: await freshData(), make });
      disturbance = new Disturbance();
      ownBefore = ownMs();
      return into;
    },
  };
  const outcome = await inTime(each.measure(context)).catch((error) => ({
    valid: false,
    error: error.stack,
    values: {},
  }));
  over = true;
  for (const load of loads) await load.stop();
  for (const server of servers) await server.stop();
  return { ...outcome, others: disturbance.share(ownMs() - ownBefore) };
}

/** What `work` resolves with, or a rejection when it takes too long; then the rest of it fails with the processes that it waits for. */
async function inTime(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${BOUND_MS / 1_000} s`)), BOUND_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** As `measure`, and again when other programs took too much of the machine; the calmest of the runs counts. */
async function calmly(each, name, options) {
  let calmest = await measure(each, name, options);
  for (let repeat = 0; repeat < REPEATS && !options.quick && calmest.others > DISTURBED; repeat++) {
    console.error(`${each.id} ${name}: others took ${percent(calmest.others)} of the machine, once more`);
    const again = await measure(each, name, options);
    if (again.valid >= calmest.valid && again.others < calmest.others) calmest = again;
  }
  return calmest;
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;

function brief(each, { valid, values, error, others }) {
  const figures = Object.entries(each.metrics).map(
    ([key, { unit }]) => `${key} ${values[key]?.toFixed(2) ?? '–'} ${unit}`,
  );
  const counted = valid ? figures.join(', ') : `does not count: ${error ?? `documents differ (${figures.join(', ')})`}`;
  return `${counted}; others ${percent(others)}`;
}

async function main() {
  const options = readOptions(process.argv.slice(2), cases);
  if (options.report) {
    console.log(await writePage(JSON.parse(await readFile(options.report, 'utf8'))));
    return;
  }
  if (options.list) {
    for (const { id, title } of cases) console.log(`${id.padEnd(18)} ${title}`);
    return;
  }
  const { chosen, servers, runs } = options;
  const directory = await mkdtemp(join(tmpdir(), 'inkroom-bench-'));
  const report = {
    when: new Date(),
    machine: describeMachine(directory),
    options: { ...options, chosen: undefined },
    cases: chosen,
    servers,
    results: {},
  };
  let saved;
  try {
    for (const each of chosen) {
      const able = servers.filter((name) => !each.without?.includes(name));
      report.results[each.id] = Object.fromEntries(able.map((name) => [name, []]));
      const times = Math.min(runs, each.mostRuns ?? runs);
      for (let run = 0; run < times; run++) {
        for (let turn = 0; turn < able.length; turn++) {
          const name = able[(turn + run) % able.length];
          const from = performance.now();
          const result = await calmly(each, name, { ...options, seed: options.seed + run, directory });
          report.results[each.id][name].push(result);
          const seconds = ((performance.now() - from) / 1_000).toFixed(0);
          console.error(`${each.id} ${run + 1}/${times} ${name} (${seconds} s): ${brief(each, result)}`);
        }
      }
      saved = await save(report); // after each case: an hour of figures is not lost to the last of them
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  console.log(`\n${saved.text}\nWritten to ${saved.directory}`);
}

await main().then(
  () => process.exit(), // a run that was given up may have left timers
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
