import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { seedOfRun } from '../support/random.ts';
import { type Attack, attackOf } from './frame-attack.ts';
import { replay, shrink } from './frame-shrink.ts';
import { Target } from './frame-target.ts';

// Attackers who know the grammar, against the built server, while others write beside them and in the same room.
// A failure names its seed, is made small, and lies in a file that `npm run fuzz -- --replay FILE` plays again.

/** What `npm run fuzz` asks for; without it, a fixed number of seeds. */
const { FUZZ_MINUTES, FUZZ_REPLAY } = process.env;
const ATTACKS = 20;
const MINUTE = 60_000;

const root = join(import.meta.dirname, '../..');
const kept = join(root, 'tests/fixtures/attacks');
const results = join(root, 'test-results');

/** Attacks from `first` on, for as long as `goOn` says. Throws at the first that does harm. */
async function attackFrom(first: number, goOn: (played: number) => boolean): Promise<void> {
  const target = await Target.launch();
  try {
    for (let seed = first; goOn(seed - first); seed++) {
      const attack = attackOf(seed, target.sessions);
      const failure = await target.play(attack);
      if (FUZZ_MINUTES && (seed - first) % 20 === 19) console.info(`SEED=${seed}: ${target.figures}`);
      if (!failure) continue;
      const { fault, detail, step } = failure;
      const small = await shrink(attack, failure, target.sessions);
      throw new Error(
        `SEED=${seed}, step ${step}: ${fault}: ${detail}\n${write(small ?? attack, small !== undefined)}`,
      );
    }
    console.info(target.figures);
  } finally {
    await target.close();
  }
}

/** Returns what to do with it. */
function write(attack: Attack, showsAlone: boolean): string {
  mkdirSync(results, { recursive: true });
  const file = join(results, `attack-${attack.seed}.json`);
  writeFileSync(file, `${JSON.stringify(attack, undefined, 1)}\n`);
  const again = showsAlone ? `npm run fuzz -- --replay ${file}` : `npm run fuzz -- --seed ${seedOfRun()}`;
  return `${attack.steps.length} steps in ${file}. Again: ${again}`;
}

function read(file: string): Attack {
  return JSON.parse(readFileSync(file, 'utf8')) as Attack;
}

if (FUZZ_REPLAY) {
  it('the attack that was kept does no harm', async () => {
    expect(await replay(read(FUZZ_REPLAY))).toBeUndefined();
  });
} else if (FUZZ_MINUTES) {
  it('no attack does harm', async () => {
    const end = performance.now() + Number(FUZZ_MINUTES) * MINUTE;
    await attackFrom(seedOfRun(), () => performance.now() < end);
  });
} else {
  it.each(readdirSync(kept))('[NET-2] [ROOM-4] what once did harm does none: %s', async (file) => {
    expect(await replay(read(join(kept, file)))).toBeUndefined();
  });

  it(`[NET-2] [NET-4] [ROOM-4] ${ATTACKS} attacks do no harm`, async () => {
    await attackFrom(seedOfRun(), (played) => played < ATTACKS);
  });
}
