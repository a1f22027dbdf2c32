import * as Y from 'yjs';
import { isRecord, type Person, readPerson } from '../person/person.ts';

// The side chat of a document: a list of messages in the document's own Yjs document (docs/decisions/0020-the-chat-lies-in-the-document.md).
// Invariant: whatever another client has put there, a message that is shown has been checked here: bounded, with a name, a time and words.

/** Root type of an Inkroom document: a Y.Array of plain objects, oldest first. */
export const CHAT = 'chat';

/** UTF-16 units of a message: more is a document. */
export const MESSAGE_LENGTH = 4_000;

/** UTF-16 units of an id. */
const ID_LENGTH = 64;
/** Milliseconds since 1970 of the last moment that a Date can hold. */
const LAST_DATE = 8.64e15;

export interface ChatMessage {
  readonly id: string;
  /** As its author's machine told it: a name to show, not a proof. */
  readonly person: Person;
  readonly text: string;
  /** Milliseconds since 1970, by the clock of its author's machine. Never used to order: the list is in order. */
  readonly at: number;
}

export interface Chat {
  /** The newest, oldest first. */
  readonly messages: readonly ChatMessage[];
  /** There are more before these. */
  readonly hasEarlier: boolean;
}

/** The newest `limit` messages. What is none is passed over, and so is a second message of the same id. */
export function readChat(doc: Y.Doc, limit: number): Chat {
  const entries = chatOf(doc).toArray();
  const newest = new Map<string, ChatMessage>();
  let hasEarlier = false;
  for (let at = entries.length - 1; at >= 0 && !hasEarlier; at--) {
    const message = readMessage(entries[at]);
    if (!message || newest.has(message.id)) continue;
    if (newest.size === limit) hasEarlier = true;
    else newest.set(message.id, message);
  }
  return { messages: [...newest.values()].reverse(), hasEarlier };
}

/** Sends `text` in a transaction of its own, which no editor's undo takes back. False when no words are in it. */
export function sendMessage(doc: Y.Doc, { person, text, at }: Omit<ChatMessage, 'id'>): boolean {
  const words = cleanText(text);
  if (words === '') return false;
  const { id, name, color } = person;
  chatOf(doc).push([{ id: newId(), person: { id, name, color }, text: words, at }]);
  return true;
}

/** Calls `changed` after the list has changed, by whomever. Returns what ends that. */
export function watchChat(doc: Y.Doc, changed: () => void): () => void {
  const chat = chatOf(doc);
  chat.observe(changed);
  return () => chat.unobserve(changed);
}

const idsByUpdate = new WeakMap<Uint8Array, readonly string[]>();

/** Ids of the messages that are in `updates`: of unsent edits, those that wait. Each update is read once. */
export function messagesIn(updates: readonly Uint8Array[]): ReadonlySet<string> {
  return new Set(updates.flatMap((update) => idsByUpdate.get(update) ?? readIds(update)));
}

function readIds(update: Uint8Array): readonly string[] {
  const ids = Y.decodeUpdate(update).structs.flatMap((struct) =>
    struct instanceof Y.Item && struct.content instanceof Y.ContentAny
      ? struct.content.arr.flatMap((entry: unknown) => readMessage(entry)?.id ?? [])
      : [],
  );
  idsByUpdate.set(update, ids);
  return ids;
}

function chatOf(doc: Y.Doc): Y.Array<unknown> {
  return doc.getArray<unknown>(CHAT);
}

function readMessage(entry: unknown): ChatMessage | undefined {
  if (!isRecord(entry)) return undefined;
  const { id, text, at } = entry;
  if (typeof id !== 'string' || id === '' || id.length > ID_LENGTH) return undefined;
  if (typeof at !== 'number' || !(at >= 0 && at <= LAST_DATE)) return undefined;
  const person = readPerson({ user: entry.person }, 0);
  const words = typeof text === 'string' ? cleanText(text) : '';
  return person && words !== '' ? { id, person, text: words, at } : undefined;
}

/** MESSAGE_LENGTH of it, without control characters but for tabs and single or double line breaks, and nothing at either end. */
export function cleanText(text: string): string {
  return (
    text
      .slice(0, MESSAGE_LENGTH)
      .replace(/\r\n?/g, '\n')
      // A lone half of a pair, which cutting may leave, is not valid UTF-8.
      .replace(/(?![\n\t])\p{Cc}|\p{Cs}/gu, '')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  );
}

/** 72 bits. Not crypto.randomUUID, which is missing on plain http. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
