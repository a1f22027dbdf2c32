// What people elsewhere notice while something happens: the time that their edits take, beside what they took just before.
// Invariant: an edit belongs to the time at which it was sent, and a run in which one never arrives does not count.

import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from './stats.mjs';

const PAIRS = 5; // 250 edits a second: enough for a p99 of one second
const WARM_MS = 1_000; // the first edits find a cold server: they belong to neither
const CALM_MS = 4_000;
const LEAST_MS = 1_000; // what is over sooner is looked at for this long
const EARLIER_MS = 40; // an edit sent so much before may still be on its way

/** The metrics that every case with bystanders has. */
export const BYSTANDER_METRICS = {
  times: { label: "bystander's p99, beside its own undisturbed", unit: '×', bar: { most: 2 } },
  p99: { label: "bystander's edits meanwhile, p99", unit: 'ms' },
  calm: { label: "bystander's edits undisturbed, p99", unit: 'ms' },
  max: { label: "bystander's slowest edit", unit: 'ms' },
};

/** Runs `disturb()` on a server where others type, in the process `load`. Returns values for BYSTANDER_METRICS. Rejects when edits were lost. */
export async function beside({ server, load, seed, disturb }) {
  const rooms = Array.from({ length: PAIRS }, (_, i) => [`small-${i}`, server.path(`small-${i}`)]);
  await load.call('startBystanders', { port: server.port, rooms, dialect: server.dialect, seed });
  await sleep(WARM_MS);
  const calmFrom = Date.now();
  await sleep(CALM_MS);
  const from = Date.now();
  await disturb();
  await sleep(Math.max(0, from + LEAST_MS - Date.now()));
  const until = Date.now();
  if (!server.running) throw new Error(`the ${server.name} server ended meanwhile`);
  const { samples, lost } = await load.call('stopBystanders');
  if (lost > 0) throw new Error(`${lost} edits of bystanders had not arrived 20 s later`);
  const calm = new Histogram();
  const during = new Histogram();
  for (const { at, ms } of samples) {
    if (at >= calmFrom && at < from - EARLIER_MS) calm.add(ms);
    else if (at >= from - EARLIER_MS && at <= until) during.add(ms);
  }
  const p99 = during.percentile(0.99);
  return {
    values: { times: p99 / calm.percentile(0.99), p99, calm: calm.percentile(0.99), max: during.max },
    details: { ms: until - from, calm: calm.summary(), during: during.summary() },
  };
}
