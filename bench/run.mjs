// The bench: every case on every server in turns, medians, one table. See README.md.
// Invariant: load, witnesses and servers all run on the one Node that harness/setup.mjs names.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildInkroom, setUp } from './harness/setup.mjs';

const node = setUp();
if (!process.argv.includes('--no-build')) buildInkroom();
const { status } = spawnSync(node, [fileURLToPath(new URL('bench.mjs', import.meta.url)), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
