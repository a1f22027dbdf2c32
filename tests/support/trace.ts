import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

// A recorded session of two people (tests/fixtures/traces/README.md), made ready to be typed again.
// Invariant: whoever types `turns[agent]` in order, each when exactly `needs` transactions of the other have arrived, sees what that
// person saw at every key.

/** Deleted characters and then inserted text, at a position in UTF-16 units. */
export type Patch = readonly [position: number, deleted: number, inserted: string];

export interface Turn {
  /** How many transactions of the other person were on the screen when this one was typed. */
  readonly needs: number;
  readonly patches: readonly Patch[];
}

export interface Trace {
  readonly endContent: string;
  readonly turns: readonly [readonly Turn[], readonly Turn[]];
}

interface Recorded {
  readonly numAgents: number;
  readonly endContent: string;
  readonly txns: readonly { parents: readonly number[]; agent: number; patches: readonly Patch[] }[];
}

const ASTRAL = /[\u{10000}-\u{10ffff}]/u;

/** Throws when the recording is not one of two people, or one that this replay would get wrong. */
export function loadTrace(name: string): Trace {
  const file = new URL(`../fixtures/traces/${name}.json.gz`, import.meta.url);
  const { numAgents, endContent, txns } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Recorded;
  if (numAgents !== 2) throw new Error(`${name} is no session of two people.`);
  const turns: [Turn[], Turn[]] = [[], []];
  /** Per transaction: how many of each person's were there when it had been typed. */
  const seen: (readonly [number, number])[] = [];
  for (const { parents, agent, patches } of txns) {
    if (agent !== 0 && agent !== 1) throw new Error(`${name} has a third person.`);
    const before: [number, number] = [0, 0];
    for (const parent of parents) {
      before[0] = Math.max(before[0], seen[parent]?.[0] ?? 0);
      before[1] = Math.max(before[1], seen[parent]?.[1] ?? 0);
    }
    const own = turns[agent];
    if (before[agent] !== own.length) throw new Error(`${name} has a person who forgot what he had typed.`);
    // Positions count code points. They are UTF-16 units too, as long as nobody types beyond the basic plane.
    if (patches.some(([, , inserted]) => ASTRAL.test(inserted)))
      throw new Error(`${name} needs its positions converted.`);
    own.push({ needs: before[1 - agent] as number, patches });
    before[agent]++;
    seen.push(before);
  }
  return { endContent, turns };
}
