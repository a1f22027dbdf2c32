// Builds what is missing or older than its sources: the server into dist/, the page into .next/.
// Invariant: a stamp is written only after its build succeeded, and it is the hash of the sources as they were before it began.
//
//   node scripts/build.mjs [server] [page]

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, tool } from './tools.mjs';

/**
 * @typedef {object} Target
 * @property {string} title
 * @property {string} stamp where the hash of what was built is kept
 * @property {string} proof a file that the build makes last or needs most
 * @property {() => string[]} sources files and folders, missing ones included: their coming into being is a change
 * @property {() => Promise<number>} build resolves with an exit code
 */

// Versions decide what comes out too: the lock file is a source of both.
const SHARED_SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json'];

/** @satisfies {Record<string, Target>} */
const TARGETS = {
  server: {
    title: 'the server',
    stamp: 'dist/.built',
    proof: 'dist/server/main.js',
    // Of lib/whiteboard it takes what draws pictures; the rest is the browser's.
    sources: () => [...SHARED_SOURCES, 'tsconfig.server.json', ...serverFolders(), 'lib/whiteboard'],
    build: async () => {
      const code = await tool('tsc', ['-p', 'tsconfig.server.json']);
      if (code === 0) removeOrphans('dist');
      return code;
    },
  },
  page: {
    title: 'the page (this takes a while the first time)',
    stamp: '.next/.built',
    proof: '.next/BUILD_ID',
    sources: () => [...SHARED_SOURCES, 'next.config.mjs', 'proxy.ts', 'app', 'lib', 'public'],
    build: () => tool('next', ['build'], { NODE_ENV: 'production' }),
  },
};

/** @typedef {keyof typeof TARGETS} TargetName */

/**
 * Builds the targets that are not what their sources say, one after the other.
 * @param {...TargetName} names
 * @returns {Promise<boolean>} false when a build failed; its errors are on the terminal
 */
export async function build(...names) {
  for (const name of names) {
    const target = TARGETS[name];
    const hash = fingerprint(target.sources());
    if (isBuilt(target, hash)) continue;
    const started = Date.now();
    console.log(`Building ${target.title} ...`);
    if ((await target.build()) !== 0) {
      console.error(`Building ${target.title} failed.`);
      return false;
    }
    writeFileSync(join(ROOT, target.stamp), hash);
    console.log(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  }
  return true;
}

/**
 * @param {Target} target
 * @param {string} hash
 */
function isBuilt(target, hash) {
  const stamp = join(ROOT, target.stamp);
  return existsSync(join(ROOT, target.proof)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** Contents, not times: a checkout or a copy changes the times of files that it leaves as they were. @param {string[]} sources */
function fingerprint(sources) {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesOf)) {
    const bytes = readFileSync(join(ROOT, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * Every file at or below a path, sorted; none when there is nothing.
 * @param {string} path relative to the root
 * @returns {string[]}
 */
function filesOf(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

/** @returns {string[]} */
function serverFolders() {
  return JSON.parse(readFileSync(join(ROOT, 'tsconfig.server.json'), 'utf8')).include;
}

/** The compiler leaves the output of deleted sources behind, and an import of it would go on working. @param {string} folder */
function removeOrphans(folder) {
  for (const file of filesOf(folder)) {
    const source = file.slice(folder.length + 1).replace(/\.(d\.ts|js\.map|js)$/, '.ts');
    if (source.endsWith('.ts') && !existsSync(join(ROOT, source))) rmSync(join(ROOT, file));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const all = /** @type {TargetName[]} */ (Object.keys(TARGETS));
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !all.some((known) => known === name));
  if (unknown !== undefined) {
    console.error(`No such target: ${unknown}. There are ${all.join(' and ')}.`);
    process.exit(2);
  }
  const names = wanted.length > 0 ? all.filter((name) => wanted.includes(name)) : all;
  process.exit((await build(...names)) ? 0 : 1);
}
