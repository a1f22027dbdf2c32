import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../scripts/tools.mjs';

// The numbered rules of docs/ and CONTRIBUTING.md, and the titles of the tests: each rule is stated once and shown by a test, and no test shows a rule that is none.

const RULE = /[A-Z][A-Z\d]*-\d+/g;

/** `- **UPD-1** ...`, `- **EDIT-20** to **EDIT-24** ...` */
function statedIn(page: string): string[] {
  return page.split('\n').flatMap((line) => {
    const head = /^- ((?:\*\*[A-Z][A-Z\d]*-\d+\*\*(?: to |, | and )?)+)/.exec(line)?.[1];
    if (head === undefined) return [];
    const named = head.match(RULE) ?? [];
    if (!head.includes(' to ')) return named;
    const [first = 0, last = 0] = named.map((rule) => Number(rule.split('-')[1]));
    return Array.from({ length: last - first + 1 }, (_, at) => `${named[0]?.split('-')[0]}-${first + at}`);
  });
}

function read(folder: string, ending: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith(ending)).map((file) => readFileSync(join(ROOT, folder, file), 'utf8'));
}

const stated = [...read('docs', '.md'), readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')].flatMap(statedIn);
const shown = new Set(
  read('tests', '.ts').flatMap((test) => [...test.matchAll(/\[([A-Z][A-Z\d]*-\d+)\]/g)].map(([, rule]) => rule)),
);

it('[HOUSE-10] each rule is stated once', () => {
  expect(stated.length).toBeGreaterThan(300);
  expect(stated.filter((rule, at) => stated.indexOf(rule) !== at)).toEqual([]);
});

it('[HOUSE-10] each rule is shown by a test', () => {
  expect(stated.filter((rule) => !shown.has(rule))).toEqual([]);
});

it('[HOUSE-10] each test shows a rule that is stated', () => {
  expect([...shown].filter((rule) => !stated.includes(rule ?? ''))).toEqual([]);
});

it('[HOUSE-10] each rule that docs/THREATS.md names is shown by a test that it names beside it', () => {
  const rows = readFileSync(join(ROOT, 'docs/THREATS.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| .*\.ts/.test(line));
  expect(rows.length).toBeGreaterThan(40);
  const unshown = rows.flatMap((row) => {
    const shownBy = row.split(' | ').at(-1) ?? '';
    let folder = '';
    const tests = [...shownBy.matchAll(/(tests\/\w+\/)?([\w-]+\.(?:test|e2e)\.ts)/g)].map(([, given, file]) => {
      folder = given ?? folder; // one that is named stands for those after it
      return readFileSync(join(ROOT, folder, file ?? ''), 'utf8');
    });
    return (shownBy.match(RULE) ?? []).filter((rule) => !tests.some((test) => test.includes(`[${rule}]`)));
  });
  expect(unshown).toEqual([]);
});

it('[HOUSE-10] the rules whose tests run in Firefox too are shown in the browser', () => {
  const config = readFileSync(join(ROOT, 'playwright.config.ts'), 'utf8');
  const named = [
    ...(/const IN_FIREFOX = rules\((.*?)\n\);/s.exec(config)?.[1] ?? '').matchAll(/'([A-Z][A-Z\d]*-\d+)'/g),
  ];
  const inBrowser = read('tests/e2e', '.ts').join('\n');
  expect(named.length).toBeGreaterThan(15);
  expect(named.map(([, rule]) => rule).filter((rule) => !inBrowser.includes(`[${rule}]`))).toEqual([]);
});
