import type { LogError } from './log.ts';
import { type Draft, encodeBatch } from './record.ts';

// What is appended until the next commit, and who waits for it.
// Invariant: one draft per document; promises are settled in the order of the calls.

interface Forming extends Draft {
  readonly updates: Uint8Array[];
  readonly index: number;
}

interface Waiter {
  readonly draft: Forming;
  resolve(sequence: number): void;
  reject(error: LogError): void;
}

export class Batch {
  readonly #drafts = new Map<string, Forming>();
  readonly #waiters: Waiter[] = [];

  get empty(): boolean {
    return this.#waiters.length === 0;
  }

  /** Resolves with the sequence number of the record that holds `updates`, once `committed` is called. */
  add(document: string, updates: readonly Uint8Array[]): Promise<number> {
    let draft = this.#drafts.get(document);
    if (!draft) {
      draft = { document, updates: [], index: this.#drafts.size };
      this.#drafts.set(document, draft);
    }
    for (const update of updates) draft.updates.push(update);
    const of = draft;
    return new Promise((resolve, reject) => {
      this.#waiters.push({ draft: of, resolve, reject });
    });
  }

  /** Into `room`, or into a buffer of its own where it does not fit. */
  encode(room: Buffer): Buffer {
    return encodeBatch([...this.#drafts.values()], room);
  }

  /** `sequences`: of each record, in the order of `encode`. */
  committed(sequences: readonly number[]): void {
    for (const { draft, resolve } of this.#waiters) resolve(sequences[draft.index] as number);
  }

  refused(error: LogError): void {
    for (const { reject } of this.#waiters) reject(error);
  }
}
