// npm run fuzz: attackers who know the grammar of the frames, against the built server, for as long as you like.
//
//   npm run fuzz                          one minute, from seed 1 on
//   npm run fuzz -- --minutes 30 --seed N thirty, from another seed on
//   npm run fuzz -- --replay FILE         the attack that a failure left behind
//
// A failure names its seed and its step, is made as small as possible, and is written to test-results/.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { tool } from './tools.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, replay: { type: 'string' } },
});
if (!(await build('server'))) process.exit(1);
/** @type {Record<string, string>} */
const env = values.replay ? { FUZZ_REPLAY: resolve(values.replay) } : { FUZZ_MINUTES: values.minutes ?? '1' };
if (values.seed) env.SEED = values.seed;
// Without a timeout of the runner's: the minutes are the end of it, and making a failure small takes some more.
const args = ['run', 'tests/fuzz/frames.test.ts', '--project=fuzz', '--testTimeout=0', '--disableConsoleIntercept'];
process.exit(await tool('vitest', args, env));
