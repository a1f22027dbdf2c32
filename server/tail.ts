import type { Clock } from './clock.ts';
import type { Documents } from './documents/documents.ts';
import { LIMITS } from './limits.ts';
import type { Log, StoredDocument } from './log/log.ts';
import type { Logger } from './logger.ts';

// The part of one document's log that is not yet in its snapshot, and when it is merged.
// Invariant: one merge of a document at a time, and edits never wait for it: it reads what is on disk and works in a document thread.

export interface TailOptions {
  readonly document: string;
  readonly log: Log;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when a new snapshot is on disk. */
  readonly onMerged: () => void;
}

export class Tail {
  readonly #options: TailOptions;
  #updates = 0;
  #bytes = 0;
  #merging = false;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(options: TailOptions, stored: StoredDocument) {
    this.#options = options;
    // Not merged yet, however long it is: whoever opened the document is about to be sent it.
    this.#count(stored.updates);
  }

  /** To be told of every commit. */
  grew(updates: readonly Uint8Array[]): void {
    this.#count(updates);
    if (this.#options.clock.now() >= this.#notBefore) this.#mergeIfLong(1);
  }

  /** The room closes: merges what is worth it already, in the background, so that the next to open finds little. */
  close(): void {
    this.#mergeIfLong(0.1); // also in the rest after a merge: nobody is here whom it could hold up
  }

  #count(updates: readonly Uint8Array[]): void {
    this.#updates += updates.length;
    for (const update of updates) this.#bytes += update.length;
  }

  #mergeIfLong(share: number): void {
    if (this.#merging) return;
    if (this.#updates < LIMITS.tailUpdates * share && this.#bytes < LIMITS.tailBytes * share) return;
    this.#merging = true;
    void this.#merge();
  }

  async #merge(): Promise<void> {
    const { document, log, documents, clock, logger } = this.#options;
    const started = clock.now();
    const [updates, bytes] = [this.#updates, this.#bytes];
    this.#updates = 0;
    this.#bytes = 0;
    logger.debug({ document, updates, bytes }, 'merging');
    try {
      const stored = await log.load(document);
      const snapshot = await documents.compact(stored);
      if (await log.replace(document, snapshot, stored.sequence)) this.#options.onMerged();
      const took = clock.now() - started;
      this.#notBefore = clock.now() + took * LIMITS.mergeRest;
      logger.debug({ document, updates, bytes: snapshot.update.length, ms: Math.round(took) }, 'merged');
    } catch (error) {
      // The log keeps every update, so nothing is lost: joins are longer until a merge succeeds.
      this.#updates += updates;
      this.#bytes += bytes;
      this.#notBefore = clock.now() + LIMITS.mergeRetryMs;
      logger.error({ document, err: error }, 'merge failed');
    } finally {
      this.#merging = false;
    }
  }
}
