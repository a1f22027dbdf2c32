import { type Attack, type Session, withMutations } from './frame-attack.ts';
import { type Failure, Target } from './frame-target.ts';

// A failure made small enough to read: steps are left out, then mutations, for as long as the same goes wrong.
// Invariant: what is returned has failed, on a server of its own, in the same way as what came in.

/** Attacks that are tried: each starts a server, in one to two seconds. */
const TRIES = 100;

/** `failure` on a fresh server; undefined when it does not show there, and so needs what came before it. */
export async function shrink(
  attack: Attack,
  failure: Failure,
  sessions: readonly Session[],
  entry?: string,
): Promise<Attack | undefined> {
  let tries = TRIES;
  const fails = async (candidate: Attack) => {
    tries--;
    const found = await replay(candidate, entry);
    return found?.fault === failure.fault;
  };
  let smallest: Attack = { ...attack, steps: attack.steps.slice(0, failure.step + 1) };
  if (!(await fails(smallest))) smallest = attack; // it shows late
  if (smallest === attack && !(await fails(attack))) return undefined;

  for (let size = smallest.steps.length >> 1; size >= 1 && tries > 0; size >>= 1) {
    for (let start = 0; start < smallest.steps.length && tries > 0; ) {
      const steps = [...smallest.steps.slice(0, start), ...smallest.steps.slice(start + size)];
      const candidate = { ...smallest, steps };
      if (steps.length > 0 && (await fails(candidate))) smallest = candidate;
      else start += size;
    }
  }
  for (let at = 0; at < smallest.steps.length; at++) {
    for (let left = 0; tries > 0; ) {
      const step = smallest.steps[at];
      if (step?.do !== 'frame' || left >= step.mutations.length) break;
      const mutations = step.mutations.filter((_, i) => i !== left);
      const candidate = withMutations(smallest, at, mutations, sessions);
      if (await fails(candidate)) smallest = candidate;
      else left++;
    }
  }
  return smallest;
}

/** What goes wrong on a server of its own. */
export async function replay(attack: Attack, entry?: string): Promise<Failure | undefined> {
  const target = await Target.launch(entry);
  try {
    return await target.play(attack);
  } finally {
    await target.close();
  }
}
