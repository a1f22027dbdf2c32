import type { Awareness } from 'y-protocols/awareness';
import { isRecord } from '../person/person.ts';

// Whom somebody follows, as presence tells it: on boards as in texts (follow.ts), so nothing of an editor is loaded here.

/** Field of a presence state: the client id of whom one follows. */
const FOLLOWING = 'following';

/** Follows the client, until it is told otherwise; undefined: nobody. */
export function follow(awareness: Awareness, client: number | undefined): void {
  if (followed(awareness.getLocalState()) !== client) awareness.setLocalStateField(FOLLOWING, client ?? null);
}

/** Whom the holder of a presence state follows. */
export function followed(state: unknown): number | undefined {
  return isRecord(state) && Number.isSafeInteger(state[FOLLOWING]) ? (state[FOLLOWING] as number) : undefined;
}
