import { afterEach, expect, test } from 'vitest';
import { closeScenes } from '../support/store-scene.ts';
import { LogSimulation } from './log-simulation.ts';

// Hundreds of random runs of the store against a model of it. A failure prints its seed:
// `SEED=n npx vitest run tests/fuzz/log.test.ts` takes that one again and prints its steps.

const SEED = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
const FROM = Number(process.env.FROM ?? 1);
const SCHEDULES = Number(process.env.SCHEDULES ?? 100);

afterEach(closeScenes);

test('[LOG-27] whatever is written, replaced, deleted, refused and cut short, in whatever order: what was acknowledged is there, and nothing else', () => {
  const seeds = SEED === undefined ? Array.from({ length: SCHEDULES }, (_, i) => FROM + i) : [SEED];
  const failures: string[] = [];
  for (const seed of seeds) {
    const simulation = new LogSimulation(seed);
    try {
      simulation.run();
    } catch (error) {
      failures.push(`seed ${seed}: ${error instanceof Error ? error.message : error}`);
      if (failures.length > 5) break;
      if (SEED !== undefined) console.log(error);
    }
    closeScenes();
    if (SEED !== undefined) console.log(simulation.steps.join('\n'));
  }
  expect(failures).toEqual([]);
});
