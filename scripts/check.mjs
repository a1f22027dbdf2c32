// npm run check: everything that can be said about the sources without running them.
//
//   format, lint, import rules and cycles (Biome, biome.json) · types (tsc) · the lock file (scripts/lock.mjs) · the tables of
//   docs/OPERATING.md (scripts/reference.mjs)
//
// Invariant: every step runs, whatever the one before it found, and the exit code is 0 only when all are clean.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { checkLock } from './lock.mjs';
import { checkReference } from './reference.mjs';
import { ROOT, tool } from './tools.mjs';

/** @type {[title: string, run: () => number | Promise<number>][]} */
const STEPS = [
  ['Format, lint, import rules', () => tool('biome', ['check', '--error-on-warnings', '.'])],
  ['Types', checkTypes],
  ['Lock file', checkLock],
  ['Reference tables', checkReference],
];

const failed = [];
for (const [title, step] of STEPS) {
  console.log(`${title} ...`);
  if ((await step()) !== 0) failed.push(title);
}
console.log(failed.length === 0 ? 'The check passed.' : `The check failed: ${failed.join('; ')}.`);
process.exit(failed.length === 0 ? 0 : 1);

/** Tests import the built server, and pages import styles: their types must be there first. */
async function checkTypes() {
  if (!(await build('server'))) return 1;
  if (!existsSync(join(ROOT, 'next-env.d.ts')) && (await tool('next', ['typegen'])) !== 0) return 1;
  return tool('tsc', ['-p', 'tsconfig.json']);
}
