import type { ChatMessage } from './messages.ts';

// Messages as they are set: by day, and those that one person wrote one after the other under one name.
// Invariant: nothing is left out, and nothing changes its place.

/** Milliseconds after which a person's next message stands under their name again. */
const PAUSE_MS = 5 * 60_000;

export interface Run {
  /** The first message of a day: the day is written above. */
  readonly startsDay: boolean;
  /** The first that the reader has not seen. */
  readonly startsUnread: boolean;
  readonly messages: readonly [ChatMessage, ...ChatMessage[]];
}

/** `firstUnread`: id of the message above which a line is drawn. `dayOf` tells days apart, in the reader's time zone. */
export function runsOf(
  messages: readonly ChatMessage[],
  { firstUnread, dayOf }: { firstUnread: string | undefined; dayOf: (at: number) => string },
): readonly Run[] {
  const runs: { startsDay: boolean; startsUnread: boolean; messages: [ChatMessage, ...ChatMessage[]] }[] = [];
  let before: ChatMessage | undefined;
  for (const message of messages) {
    const startsDay = !before || dayOf(before.at) !== dayOf(message.at);
    const startsUnread = message.id === firstUnread;
    const run = runs.at(-1);
    const goesOn =
      before?.person.id === message.person.id &&
      before.person.name === message.person.name &&
      Math.abs(message.at - before.at) < PAUSE_MS;
    if (run && goesOn && !startsDay && !startsUnread) run.messages.push(message);
    else runs.push({ startsDay, startsUnread, messages: [message] });
    before = message;
  }
  return runs;
}
