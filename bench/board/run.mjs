// npm run bench:board: what a board costs in the document, without a browser. See ../README.md.
// Invariant: the code that is measured is the code of lib/whiteboard, bundled as it is.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const CACHE = join(HERE, '../.cache/board');

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
});

const { build } = await import('vite');
await build({
  configFile: false,
  root: HERE,
  logLevel: 'warn',
  build: {
    ssr: join(HERE, 'figures.mjs'),
    outDir: CACHE,
    emptyOutDir: true,
    rollupOptions: { output: { format: 'es' } },
  },
});
const { figures } = await import(join(CACHE, 'figures.js'));
for (const [what, figure] of figures({ minutes: Number(options.minutes), seed: Number(options.seed) }))
  console.log(`${what.padEnd(66)} ${figure}`);
