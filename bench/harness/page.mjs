// docs/PERFORMANCE.md: puts a run's table between the page's two markers.
// Invariant: the figures on the page come from one results file and are never written by hand.

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { markdown, provenance } from './report.mjs';

const PAGE = new URL('../../docs/PERFORMANCE.md', import.meta.url);
const BEGIN = '<!-- figures: npm run bench -- --report FILE -->';
const END = '<!-- end of figures -->';

/** `run`: what report.mjs saved as JSON. Returns what was done, as a sentence. */
export async function writePage(run) {
  const page = await readFile(PAGE, 'utf8');
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`docs/PERFORMANCE.md has lost its markers: ${BEGIN} and ${END}`);
  const figures = [provenance(run), markdown(run.table, run.servers), run.remarks.map((line) => `- ${line}`).join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
  await writeFile(PAGE, `${page.slice(0, from + BEGIN.length)}\n${figures}\n${page.slice(to)}`);
  return `Wrote the figures of ${run.when} to ${fileURLToPath(PAGE)}`;
}
