// npm test: builds, then runs everything there is to run, and ends with one line: "N passed, N failed".
//
//   npm test                        the check, the tests, the browser tests in Chromium and in Firefox
//   npm test -- unit fuzz           only these parts: check, unit, contract, fuzz, fault, e2e
//   npm test -- e2e offline         only the files whose name has "offline" in it
//   npm test -- fuzz --seed 12345   the same random choices again
//   npm test -- e2e page --trace    a trace of each browser test that fails
//
// Invariant: the exit code is 0 only when that line says "0 failed". What did not run counts as failed: a part that could not
// start, a file that could not be loaded, a test that was skipped.
// What failed is named again before that line: of a long run often only the end is kept.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { ensureBrowser } from './browsers.mjs';
import { build } from './build.mjs';
import { installProxies } from './proxies.mjs';
import { ROOT, run, tool } from './tools.mjs';

/** @typedef {{ passed: number, failed: number, failures: string[] }} Count `failures` says which they were, a text each */

const VITEST_PARTS = ['unit', 'contract', 'fuzz', 'fault'];
const PARTS = ['check', ...VITEST_PARTS, 'e2e'];
/** The tests that need nginx and Caddy. */
const PROXY_TESTS = 'tests/contract/proxies.test.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, trace: { type: 'boolean' } },
});
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
  counts.push(failure('the build'));
}
rmSync(reports, { recursive: true });

if (counts.every((count) => count.passed + count.failed === 0) && parts.some((part) => part !== 'check')) {
  counts.push(failure('There is no such test.'));
}
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
const failures = counts.flatMap((count) => count.failures);
if (failures.length > 0) console.error(`\nWhat failed:\n${failures.map((text) => `  ${text}`).join('\n')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Its steps are no tests: they add nothing when they pass. @returns {Promise<Count>} */
async function check() {
  const code = await run(process.execPath, [join(ROOT, 'scripts/check.mjs')]);
  return code === 0 ? { passed: 0, failed: 0, failures: [] } : failure('the check');
}

/** @param {string[]} projects @returns {Promise<Count>} */
async function vitest(projects) {
  const file = join(reports, 'vitest.json');
  if (projects.includes('contract') && (filters.length === 0 || filters.some((word) => PROXY_TESTS.includes(word))))
    await installProxies();
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  if (filters.length > 0) args.push('--passWithNoTests');
  const code = await tool('vitest', [...args, ...projects.flatMap((name) => ['--project', name]), ...filters], env);
  const report = read(file);
  if (!report) return failure('the tests below the browser: they wrote no report');
  const files = /** @type {VitestFile[]} */ (report.testResults);
  const unloaded = files.filter((result) => result.status === 'failed' && result.assertionResults.length === 0);
  const tests = files.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: file.name })));
  const failed = tests.filter((test) => test.status === 'failed');
  const skipped = report.numPendingTests + report.numTodoTests;
  return settle(code, {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length + skipped,
    failures: [
      ...failed.map((test) => failedTest(test.file, test.fullName, test.failureMessages[0])),
      ...unloaded.map((file) => failedTest(file.name, 'could not be loaded', file.message)),
      ...(skipped > 0 ? [`${skipped} tests were skipped. Nothing may be.`] : []),
    ],
  });
}

/** @returns {Promise<Count>} */
async function playwright() {
  const file = join(reports, 'playwright.json');
  const browsers = { ...env };
  try {
    browsers.INKROOM_CHROMIUM = await ensureBrowser('chromium');
    browsers.INKROOM_FIREFOX = await ensureBrowser('firefox');
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
  const args = [
    'test',
    '--project=e2e',
    '--project=firefox',
    '--reporter=list,json',
    ...(values.trace ? ['--trace=retain-on-failure'] : []), // a third of the time of them all: so not always
    ...(filters.length > 0 ? ['--pass-with-no-tests'] : []),
    ...filters,
  ];
  const code = await tool('playwright', args, { ...browsers, PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  const report = read(file);
  if (!report) return failure('the browser tests: they wrote no report');
  const { expected, unexpected, flaky, skipped } = report.stats;
  return settle(code, {
    passed: expected,
    failed: unexpected + flaky + skipped,
    failures: [
      ...report.suites.flatMap(failedSpecs),
      ...(skipped > 0 ? [`${skipped} browser tests were skipped or not reached. Nothing may be.`] : []),
    ],
  });
}

/** @typedef {{ name: string, status: string, message: string, assertionResults: { fullName: string, status: string, failureMessages: string[] }[] }} VitestFile */
/** @typedef {{ projectName: string, status: string, results: { error?: { message?: string } }[] }} BrowserTest */
/** @typedef {{ file: string, specs: { title: string, tests: BrowserTest[] }[], suites?: Suite[] }} Suite Playwright's */

/** @param {Suite} suite @returns {string[]} */
function failedSpecs({ file, specs, suites = [] }) {
  const own = specs.flatMap(({ title, tests }) =>
    tests
      .filter((test) => test.status !== 'expected' && test.status !== 'skipped')
      .map((test) => failedTest(`${test.projectName}: ${file}`, title, test.results.at(-1)?.error?.message)),
  );
  return [...own, ...suites.flatMap(failedSpecs)];
}

/** @param {string} file @param {string} title @param {string} [message] */
function failedTest(file, title, message = '') {
  const [first = ''] = stripVTControlCharacters(message).split('\n');
  return `${file.replace(ROOT, '')}: ${title}${first && `\n    ${first}`}`;
}

/** @param {string} what @returns {Count} */
function failure(what) {
  return { passed: 0, failed: 1, failures: [what] };
}

/** A runner that failed for a reason outside its tests (an unhandled error, no files) fails the run too. @param {number} code @param {Count} count */
function settle(code, count) {
  if (code === 0 || count.failed > 0) return count;
  return { ...count, failed: 1, failures: ['an error outside the tests, which is printed above'] };
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
