import * as Y from 'yjs';
import type { Participant } from './clients.ts';
import type { ServerProcess } from './server-process.ts';
import { until } from './until.ts';

// The words that people write into a document in tests, and waiting until they have come where they should.
// Invariant: all of it reads and writes the one text named `text`.

export const textOf = (doc: Y.Doc): string => doc.getText('text').toString();

export function write(doc: Y.Doc, words: string): void {
  doc.getText('text').insert(0, words);
}

/** Resolves with the text when all show the same, and it holds each of `words`. */
export function untilAllRead(all: readonly Participant[], words: readonly string[]): Promise<string> {
  return until(`all to read ${words.join(', ')}`, () => {
    const [text, ...others] = new Set(all.map(({ doc }) => textOf(doc)));
    return text !== undefined && others.length === 0 && words.every((word) => text.includes(word)) && text;
  });
}

export async function untilSynced(all: readonly Participant[]): Promise<void> {
  await until('everyone to be synced', () => all.every((participant) => participant.synced()));
}

/** What the disk holds of a document; nothing is the empty text. */
export async function storedText(server: ServerProcess, document: string): Promise<string> {
  const doc = await server.stored(document).catch(() => new Y.Doc()); // never written: 404
  return textOf(doc);
}

export async function untilStored(server: ServerProcess, document: string, text: string): Promise<void> {
  await until(`the disk to read ${text}`, async () => (await storedText(server, document)) === text);
}

/** The names that somebody sees, sorted. */
export function namesSeenBy({ awareness }: Participant): string[] {
  return [...awareness.getStates().values()].map((state): string => state.user?.name ?? 'nobody').sort();
}

export async function untilAllSee(all: readonly Participant[], names: readonly string[]): Promise<void> {
  const wanted = [...names].sort().join();
  await until(`everyone to see ${wanted}`, () => all.every((one) => namesSeenBy(one).join() === wanted));
}
