import { expect, test } from 'vitest';
import { BoardSimulation } from './board-simulation.ts';

// Thousands of schedules of what people may do at one board. A failure prints its seed:
// `SEED=n npx vitest run tests/fuzz/board.test.ts` takes that one again and prints its steps.

const SEED = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
const SCHEDULES = Number(process.env.SCHEDULES ?? 250);

test('[BOARD-20] all see the same shapes in the same order at the end, and nothing that anybody did is lost', () => {
  const seeds = SEED === undefined ? Array.from({ length: SCHEDULES }, (_, i) => i + 1) : [SEED];
  const failures: string[] = [];
  for (const seed of seeds) {
    const simulation = new BoardSimulation(seed);
    try {
      simulation.run();
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      if (failures.length > 20) break;
      if (SEED !== undefined) console.log((error as Error).cause);
    }
    if (SEED !== undefined) console.log(simulation.steps.join('\n'));
  }
  expect(failures).toEqual([]);
});
