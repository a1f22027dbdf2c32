import { expect, test, vi } from 'vitest';
import { Simulation } from './simulation.ts';

// Thousands of schedules of what may happen to people who write one document. A failure prints its seed:
// `SEED=n npx vitest run tests/fuzz/simulation.test.ts` takes that one again and prints its steps.

// A table of its own, which each schedule changes: short logs and small documents show what long ones would.
vi.mock('../../server/limits.ts', async (original) => {
  const { LIMITS } = await original<typeof import('../../server/limits.ts')>();
  return { LIMITS: { ...LIMITS } };
});

const SEED = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
const SCHEDULES = Number(process.env.SCHEDULES ?? 2_000);

test('[ROOM] nothing that anybody wrote is lost, and everybody ends with the same document', async () => {
  const seeds = SEED === undefined ? Array.from({ length: SCHEDULES }, (_, i) => i + 1) : [SEED];
  const failures: string[] = [];
  for (const seed of seeds) {
    const simulation = new Simulation(seed, { traced: SEED !== undefined });
    try {
      await simulation.run();
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      if (failures.length > 20) break;
      if (SEED !== undefined) console.log((error as Error).cause);
    }
    if (SEED !== undefined) console.log(simulation.steps.join('\n'));
  }
  expect(failures).toEqual([]);
});
