import type { ChatMessage } from './messages.ts';

// Which messages somebody has not seen.
// Invariant: by id, not by time or place: what somebody wrote offline comes in between older messages, with an older time.

/** Ids that are remembered as seen: as many messages as are looked at. */
export const SEEN = 200;

/** Those of others among `messages` that are not in `seen`, oldest first. */
export function unreadOf(
  messages: readonly ChatMessage[],
  seen: ReadonlySet<string>,
  self: string | undefined,
): readonly ChatMessage[] {
  return messages.filter(({ id, person }) => person.id !== self && !seen.has(id));
}

/** What is kept when all of `messages` have been seen. */
export function seenNow(messages: readonly ChatMessage[]): readonly string[] {
  return messages.slice(-SEEN).map(({ id }) => id);
}
