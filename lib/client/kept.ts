import { uuidv4 } from 'lib0/random'; // not crypto.randomUUID, which pages without TLS do not have
import * as Y from 'yjs';
import { EMPTY_UPDATE } from '../protocol/bytes.ts';
import type { KeptEdit, OfflineStore } from './offline.ts';

// The unsent edits of one open document: kept as they are made, forgotten as they are saved, and those of earlier tabs found again.
// Invariant: an edit found here is forgotten only when the server has a state on disk that contains it.

export class KeptEdits {
  readonly #store: OfflineStore;
  readonly #document: string;
  /** This opening of the document. */
  readonly #session = uuidv4();
  /** How far other sessions' edits were found. */
  readonly #found = new Map<string, number>();
  /** The local edit as which they count. */
  #foundAs = Number.POSITIVE_INFINITY;

  constructor(store: OfflineStore, document: string) {
    this.#store = store;
    this.#document = document;
  }

  get durable(): boolean {
    return this.#store.durable;
  }

  subscribe(listener: () => void): () => void {
    return this.#store.subscribe(listener);
  }

  keep(number: number, update: Uint8Array, fromScratch: boolean): void {
    this.#store.put({ document: this.#document, session: this.#session, number, update, fromScratch });
  }

  /** What earlier tabs have kept, and other tabs keep. */
  async find(): Promise<KeptEdit[]> {
    const kept = await this.#store.load(this.#document);
    const others = kept.filter((edit) => edit.session !== this.#session);
    for (const { session, number } of others) {
      this.#found.set(session, Math.max(number, this.#found.get(session) ?? 0));
    }
    return others;
  }

  /** What was found is in the document, and saved as soon as local edit `number` is. */
  adoptAs(number: number): void {
    this.#foundAs = number;
  }

  /** These stay: they cannot be saved. So does what their tabs kept after them. */
  strand(edits: readonly KeptEdit[]): void {
    for (const { session, number } of edits) {
      this.#found.set(session, Math.min(number - 1, this.#found.get(session) ?? 0));
    }
  }

  forget(upTo: number): void {
    this.#store.remove(this.#document, this.#session, upTo);
    if (upTo < this.#foundAs) return;
    for (const [session, last] of this.#found) this.#store.remove(this.#document, session, last);
    this.#found.clear();
  }
}

const BATCH = 100; // Y.mergeUpdates slows down with the square of their count: 20,000 at once take 15 s, by hundreds a fraction of one

/** One update that says all that `updates` say. */
export function mergeUpdates(updates: readonly Uint8Array[]): Uint8Array {
  let left = updates;
  while (left.length > 1) {
    const merged: Uint8Array[] = [];
    for (let i = 0; i < left.length; i += BATCH) merged.push(Y.mergeUpdates(left.slice(i, i + BATCH)));
    left = merged;
  }
  return left[0] ?? EMPTY_UPDATE;
}
