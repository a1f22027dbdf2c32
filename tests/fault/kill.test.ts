import { expect, it } from 'vitest';
import { eagerServer } from '../support/mutant.ts';
import { seedOfRun } from '../support/random.ts';
import { Storm } from '../support/storm.ts';

// Nothing that was acknowledged, and nothing that anybody has seen, is lost by a server that dies at any moment.

const KILLS = 55;

it(`[ROOM-1] a fresh client finds all that was acknowledged or shown, after each of ${KILLS} kills`, async () => {
  const seed = seedOfRun();
  const storm = await Storm.begin({ seed, kills: KILLS });
  try {
    const lost = (await storm.rage()) ?? (await storm.calm());
    expect(lost, `SEED=${seed}: ${storm.figures}`).toBeUndefined();
    console.info(storm.figures);
    // It must have hit what it was aimed at. How many merges finish before the next kill depends on the machine, and is printed.
    expect(storm.merges.cut).toBeGreaterThan(0);
  } finally {
    await storm.close();
  }
});

it('[ROOM-1] a server that acknowledges before it stores does not pass', async () => {
  const mutant = eagerServer();
  const storm = await Storm.begin({ seed: seedOfRun(), kills: KILLS, entry: mutant.entry });
  try {
    expect(await storm.rage()).toMatch(/are gone|is back/);
    console.info(storm.figures);
  } finally {
    await storm.close();
    mutant.remove();
  }
});
