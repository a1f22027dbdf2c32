import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missingPackages } from '../../scripts/lock.mjs';

// `npm ci` needs every optional package that the lock file's packages ask for, whatever the platform (scripts/lock.mjs).

function lockOf(packages: Record<string, string[]>) {
  const entries = Object.entries(packages).map(([path, names]) => {
    const optionalDependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']));
    return [path, { optionalDependencies }] as const;
  });
  return { packages: Object.fromEntries(entries) };
}

test('[HOUSE-1] a platform package that the lock file does not hold is named', () => {
  const lock = lockOf({ 'node_modules/tool': ['tool-linux', 'tool-darwin'], 'node_modules/tool-linux': [] });
  expect(missingPackages(lock)).toEqual(['node_modules/tool -> tool-darwin']);
});

test('[HOUSE-1] a package is found beside its asker and in every node_modules above it', () => {
  const lock = lockOf({
    '': ['own'],
    'node_modules/own': [],
    'node_modules/outer/node_modules/inner': ['near', 'middle', 'own'],
    'node_modules/outer/node_modules/inner/node_modules/near': [],
    'node_modules/outer/node_modules/middle': [],
  });
  expect(missingPackages(lock)).toEqual([]);
});

test('[HOUSE-1] a package below another one is not found from beside it', () => {
  const lock = lockOf({ 'node_modules/a': ['x'], 'node_modules/b/node_modules/x': [], 'node_modules/b': [] });
  expect(missingPackages(lock)).toEqual(['node_modules/a -> x']);
});

test('[HOUSE-1] our own lock file lacks nothing', () => {
  expect(missingPackages(JSON.parse(readFileSync('package-lock.json', 'utf8')))).toEqual([]);
});
