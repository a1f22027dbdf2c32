// npm test: builds, then runs everything there is to run, and ends with one line: "N passed, N failed".
//
//   npm test                        the check, the tests, the browser tests in Chromium and in Firefox
//   npm test -- unit fuzz           only these parts: check, unit, contract, fuzz, fault, e2e
//   npm test -- e2e offline         only the files whose name has "offline" in it
//   npm test -- fuzz --seed 12345   the same random choices again
//
// Invariant: the exit code is 0 only when that line says "0 failed". What did not run counts as failed: a part that could not
// start, a file that could not be loaded, a test that was skipped.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBrowser } from './browsers.mjs';
import { build } from './build.mjs';
import { ROOT, run, tool } from './tools.mjs';

/** @typedef {{ passed: number, failed: number }} Count */

const VITEST_PARTS = ['unit', 'contract', 'fuzz', 'fault'];
const PARTS = ['check', ...VITEST_PARTS, 'e2e'];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string' } } });
const filters = positionals.filter((word) => !PARTS.includes(word));
const named = PARTS.filter((part) => positionals.includes(part));
// A file's name alone means the tests: the check knows no files.
const parts = named.length > 0 ? named : PARTS.filter((part) => filters.length === 0 || part !== 'check');
/** @type {Record<string, string>} */
const env = values.seed === undefined ? {} : { SEED: values.seed };
const reports = mkdtempSync(join(tmpdir(), 'inkroom-test-'));

/** @type {Count[]} */
const counts = [];
if (await build('server', ...(parts.includes('e2e') ? /** @type {const} */ (['page']) : []))) {
  if (parts.includes('check')) counts.push(await check());
  const projects = VITEST_PARTS.filter((part) => parts.includes(part));
  if (projects.length > 0) counts.push(await vitest(projects));
  if (parts.includes('e2e')) counts.push(await playwright());
} else {
  counts.push({ passed: 0, failed: 1 });
}
rmSync(reports, { recursive: true });

if (counts.every((count) => count.passed + count.failed === 0) && parts.some((part) => part !== 'check')) {
  console.error('There is no such test.');
  counts.push({ passed: 0, failed: 1 });
}
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Its steps are no tests: they add nothing when they pass. @returns {Promise<Count>} */
async function check() {
  const code = await run(process.execPath, [join(ROOT, 'scripts/check.mjs')]);
  return { passed: 0, failed: code === 0 ? 0 : 1 };
}

/** @param {string[]} projects @returns {Promise<Count>} */
async function vitest(projects) {
  const file = join(reports, 'vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  if (filters.length > 0) args.push('--passWithNoTests');
  const code = await tool('vitest', [...args, ...projects.flatMap((name) => ['--project', name]), ...filters], env);
  const report = read(file);
  if (!report) return { passed: 0, failed: 1 };
  const files = /** @type {{ status: string, name: string, assertionResults: unknown[] }[]} */ (report.testResults);
  const unloaded = files.filter((result) => result.status === 'failed' && result.assertionResults.length === 0).length;
  const skipped = report.numPendingTests + report.numTodoTests;
  if (skipped > 0) console.error(`${skipped} tests were skipped. Nothing may be.`);
  return settle(code, { passed: report.numPassedTests, failed: report.numFailedTests + unloaded + skipped });
}

/** @returns {Promise<Count>} */
async function playwright() {
  const file = join(reports, 'playwright.json');
  const browsers = { ...env };
  try {
    browsers.INKROOM_CHROMIUM = await ensureBrowser('chromium');
    browsers.INKROOM_FIREFOX = await ensureBrowser('firefox');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1 };
  }
  const args = [
    'test',
    '--project=e2e',
    '--project=firefox',
    '--reporter=list,json',
    ...(filters.length > 0 ? ['--pass-with-no-tests'] : []),
    ...filters,
  ];
  const code = await tool('playwright', args, { ...browsers, PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  const report = read(file);
  if (!report) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  if (skipped > 0) console.error(`${skipped} browser tests were skipped or not reached. Nothing may be.`);
  return settle(code, { passed: expected, failed: unexpected + flaky + skipped });
}

/** A runner that failed for a reason outside its tests (an unhandled error, no files) fails the run too. @param {number} code @param {Count} count */
function settle(code, count) {
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
