// The editor bench's results as people read them, and their place in docs/PERFORMANCE.md.
// Invariant: the figures on the page come from one results file and are never written by hand.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { median } from '../harness/stats.mjs';

const RESULTS = new URL('../results/', import.meta.url);
const PAGE = new URL('../../docs/PERFORMANCE.md', import.meta.url);
const BEGIN = '<!-- editor: npm run bench:editor -- --report -->';
const END = '<!-- end of editor -->';

/** What is measured, in the order of the table. `most`: the bar. */
const ROWS = [
  ['readable', 'the first block can be read, ms', 1_500],
  ['ready', 'ready for typing, ms', 3_000],
  ['loading', 'main thread until then, ms'],
  ['key50', 'a key while two others type, median, ms'],
  ['key95', 'a key while two others type, 95th percentile, ms', 16],
  ['alone50', 'a key, alone, median, ms'],
  ['alone95', 'a key, alone, 95th percentile, ms'],
  ['remote', "another's key, mean, ms"],
  ['over16', 'tasks over 16 ms while three type'],
  ['over50', 'tasks over 50 ms while three type'],
  ['heap', 'JavaScript heap, MB'],
];

const number = (value) => (value === undefined ? '–' : value >= 100 ? `${Math.round(value)}` : value.toFixed(1));

/** `runs`: page -> its runs. */
export function markdown({ when, machine, counts, runs }) {
  const of = (page, key) => median((runs[page] ?? []).map((run) => run[key]));
  const lines = ROWS.map(([key, label, most]) => {
    const [ours, plain] = [of('inkroom', key), of('plain', key)];
    const bar = most === undefined ? '' : `≤ ${most} ${ours <= most ? '✓' : '✗'}`;
    return `| ${label} | ${number(ours)} | ${number(plain)} | ${plain ? `${(ours / plain).toFixed(2)} ×` : '–'} | ${bar} |`;
  });
  return [
    `A document of ${counts.words.toLocaleString('en')} words in ${counts.blocks.toLocaleString('en')} blocks, ${counts.tables} of them tables. ` +
      `Medians of ${runs.inkroom.length} runs, ${when.slice(0, 10)}, ${machine.cores} cores of ${machine.cpu}, Linux ${machine.kernel}, ${machine.browser}.`,
    '',
    '|  | Inkroom | plain page | ÷ plain | bar |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

/** Writes results/editor.json and .md. */
export async function save(run) {
  await mkdir(RESULTS, { recursive: true });
  await writeFile(new URL('editor.json', RESULTS), JSON.stringify(run, undefined, 1));
  await writeFile(new URL('editor.md', RESULTS), `${markdown(run)}\n`);
}

/** Puts the table of the latest run into docs/PERFORMANCE.md. */
export async function writePage() {
  const run = JSON.parse(await readFile(new URL('editor.json', RESULTS), 'utf8'));
  const page = await readFile(PAGE, 'utf8');
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`docs/PERFORMANCE.md has lost its markers: ${BEGIN} and ${END}`);
  await writeFile(PAGE, `${page.slice(0, from + BEGIN.length)}\n${markdown(run)}\n${page.slice(to)}`);
}
