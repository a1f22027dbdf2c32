// Results as people read them: one table, medians, with what Inkroom costs beside Hocuspocus and beside the relay.

import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, release } from 'node:os';
import { median } from './stats.mjs';

const RESULTS = new URL('../results/', import.meta.url);
const OURS = 'inkroom';

function number(value) {
  if (value === undefined || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString('en');
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

function ratio(value, other) {
  return value === undefined || !other ? '–' : `${number(value / other)} ×`;
}

/** Whether a metric reaches its bar; undefined when there is none or nothing to compare with. */
function reaches(bar, medians) {
  if (bar?.most === undefined) return undefined;
  const value = medians[OURS];
  const limit = bar.times ? bar.most * medians[bar.times] : bar.most;
  return value === undefined || Number.isNaN(limit) ? undefined : value <= limit;
}

function barText(bar, unit) {
  if (bar?.most === undefined) return '';
  return bar.times ? `≤ ${bar.most} × ${bar.times}` : `≤ ${bar.most} ${unit}`;
}

/** One row for each metric of each case. `results`: case id -> server -> list of runs as `measure` returned them. */
export function rows(cases, results, servers) {
  return cases.flatMap((each) => {
    const runs = results[each.id] ?? {};
    return Object.entries(each.metrics).map(([key, { label, unit, bar }]) => {
      const medians = Object.fromEntries(
        servers.map((name) => [
          name,
          median((runs[name] ?? []).filter((run) => run.valid).map((run) => run.values[key])),
        ]),
      );
      return {
        id: each.id,
        key,
        title: each.title,
        label,
        unit,
        bar: barText(bar, unit),
        reached: reaches(bar, medians),
        medians,
      };
    });
  });
}

/** Runs that do not count, as sentences. */
export function invalidRuns(results) {
  return Object.entries(results).flatMap(([id, byServer]) =>
    Object.entries(byServer).flatMap(([name, runs]) => {
      const invalid = runs.filter((run) => !run.valid);
      const reason = invalid.find((run) => run.error)?.error.split('\n')[0] ?? 'the documents did not arrive whole';
      return invalid.length > 0
        ? [`${id}, ${name}: ${invalid.length} of ${runs.length} runs do not count (${reason})`]
        : [];
    }),
  );
}

/** The table in Markdown, as docs take it. */
export function markdown(table, servers, invalid) {
  const head = ['', '', ...servers, `÷ hocuspocus`, `÷ relay`, 'bar'];
  const lines = [`| ${head.join(' | ')} |`, `|${head.map((_, i) => (i < 2 ? ' --- |' : ' ---: |')).join('')}`];
  let title;
  for (const row of table) {
    const { medians } = row;
    const cells = [
      row.title === title ? '' : row.title,
      row.unit ? `${row.label}, ${row.unit}` : row.label,
      ...servers.map((name) => number(medians[name])),
      ratio(medians[OURS], medians.hocuspocus),
      ratio(medians[OURS], medians.relay),
      row.reached === undefined ? row.bar : `${row.bar} ${row.reached ? '✓' : '✗'}`,
    ];
    title = row.title;
    lines.push(`| ${cells.join(' | ')} |`);
  }
  return [...lines, '', ...invalid.map((line) => `- ${line}`)].join('\n');
}

/** Writes results/WHEN.json and .md, and the same as latest. Returns the Markdown and where it lies. */
export async function save({ when, cases, results, servers, options }) {
  const table = rows(cases, results, servers);
  const invalid = invalidRuns(results);
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    arch: arch(),
    kernel: release(),
  };
  const text = `${markdown(table, servers, invalid)}\nMedians of ${options.runs} runs on Node ${process.version}, ${machine.cores} cores.\n`;
  const json = JSON.stringify({ when, machine, options, table, invalid, results }, undefined, 1);
  await mkdir(RESULTS, { recursive: true });
  for (const name of [when.toISOString().replace(/[:.]/g, '-'), 'latest']) {
    await writeFile(new URL(`${name}.json`, RESULTS), json);
    await writeFile(new URL(`${name}.md`, RESULTS), text);
  }
  return { text, directory: RESULTS.pathname };
}
