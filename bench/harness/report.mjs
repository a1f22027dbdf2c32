// Results as people read them: one table, medians, with what Inkroom costs beside Hocuspocus and beside the relay.
// Invariant: a figure from a disturbed run is marked as such wherever it is shown.

import { mkdir, writeFile } from 'node:fs/promises';
import { median } from './stats.mjs';

const RESULTS = new URL('../results/', import.meta.url);
const OURS = 'inkroom';

/** The part of the machine from which on what others took makes a run doubtful. */
export const DISTURBED = 0.05;

function number(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return '–';
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
  return bar.times ? `≤ ${bar.most} × ${bar.times}` : `≤ ${bar.most} ${unit}`.trim();
}

/** One row for each metric of each case. `results`: case id -> server -> list of runs as `measure` returned them. */
export function rows(cases, results, servers) {
  return cases.flatMap((each) => {
    const runs = Object.fromEntries(
      servers.map((name) => [name, (results[each.id]?.[name] ?? []).filter((run) => run.valid)]),
    );
    return Object.entries(each.metrics).map(([key, { label, unit, bar }]) => {
      const medians = Object.fromEntries(
        servers.map((name) => [name, median(runs[name].map((run) => run.values[key]))]),
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
        disturbed: servers.filter((name) => runs[name].some((run) => run.others > DISTURBED)),
      };
    });
  });
}

/** What a reader must know about single runs, as sentences: those that do not count, and those that others disturbed. */
export function remarks(results) {
  return Object.entries(results).flatMap(([id, byServer]) =>
    Object.entries(byServer).flatMap(([name, runs]) => {
      const invalid = runs.filter((run) => !run.valid);
      const disturbed = runs.filter((run) => run.valid && run.others > DISTURBED);
      const most = Math.max(...disturbed.map((run) => run.others)) * 100;
      const reason = invalid.find((run) => run.error)?.error.split('\n')[0] ?? 'the documents did not arrive whole';
      return [
        ...(invalid.length > 0
          ? [`${id}, ${name}: ${invalid.length} of ${runs.length} runs do not count (${reason})`]
          : []),
        ...(disturbed.length > 0
          ? [
              `${id}, ${name}: other programs took up to ${most.toFixed(0)} % of the machine in ${disturbed.length} of ${runs.length} runs`,
            ]
          : []),
      ];
    }),
  );
}

/** The table in Markdown, as docs take it. */
export function markdown(table, servers) {
  const head = ['', '', ...servers, `÷ hocuspocus`, `÷ relay`, 'bar'];
  const lines = [`| ${head.join(' | ')} |`, `|${head.map((_, i) => (i < 2 ? ' --- |' : ' ---: |')).join('')}`];
  let title;
  for (const row of table) {
    const { medians, disturbed } = row;
    const mark = (name) => (disturbed.includes(name) && medians[name] !== undefined ? '~' : '');
    const cells = [
      row.title === title ? '' : row.title,
      row.unit ? `${row.label}, ${row.unit}` : row.label,
      ...servers.map((name) => mark(name) + number(medians[name])),
      ratio(medians[OURS], medians.hocuspocus),
      ratio(medians[OURS], medians.relay),
      row.reached === undefined ? row.bar : `${row.bar} ${row.reached ? '✓' : '✗'}`,
    ];
    title = row.title;
    lines.push(`| ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}

/** Where and when it was measured, as a paragraph. */
export function provenance({ when, machine, options }) {
  const { cpu, cores, memoryGb, kernel, arch, node, disk, syncMs } = machine;
  const runs = options.quick
    ? options.runs < 3
      ? 'A quick look: short runs, fewer than three of each, no figures to quote.'
      : `Medians of ${options.runs} short runs (\`--quick\`).`
    : `Medians of ${options.runs} runs (50 joins of 20 MB: one run).`;
  return (
    `${runs} Measured ${new Date(when).toISOString().slice(0, 10)} on ${cores} cores of ${cpu} with ${memoryGb} GB of memory, ` +
    `Linux ${kernel} (${arch}), ${disk} (4 KB written and synced in ${number(syncMs)} ms), all servers on Node ${node}. ` +
    '`~` marks a figure that other programs may have disturbed.'
  );
}

/** Writes results/WHEN.json and .md, and the same as latest. Returns the Markdown and where it lies. */
export async function save({ when, machine, options, cases, servers, results }) {
  const table = rows(cases, results, servers);
  const notes = remarks(results);
  const run = { when, machine, options, servers, table, remarks: notes, results };
  const text = `${[provenance(run), markdown(table, servers), notes.map((line) => `- ${line}`).join('\n')].join('\n\n')}\n`;
  const json = JSON.stringify(run, undefined, 1);
  await mkdir(RESULTS, { recursive: true });
  for (const name of [when.toISOString().replace(/[:.]/g, '-'), 'latest']) {
    await writeFile(new URL(`${name}.json`, RESULTS), json);
    await writeFile(new URL(`${name}.md`, RESULTS), text);
  }
  return { text, directory: RESULTS.pathname };
}
