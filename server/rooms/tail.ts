import type { Clock } from '../clock.ts';
import type { Documents } from '../documents/documents.ts';
import { LIMITS } from '../limits.ts';
import type { Log, StoredDocument } from '../log/log.ts';
import type { Logger } from '../logger.ts';
import { Metrics } from '../metrics.ts';
import type { Space } from './space.ts';

// The part of one document's log that is not yet in its snapshot, and when it is merged.
// Invariant: one merge of a document at a time, and edits never wait for it: it reads what is on disk and works in a document thread.

/** Share of what is long from which on a log is merged that nobody writes in any more. */
export const WORTH_MERGING = 0.1;

export interface TailOptions {
  readonly document: string;
  readonly log: Log;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  readonly space: Space;
  /** Called when a new snapshot is on disk. */
  readonly onMerged: () => void;
}

export class Tail {
  readonly #options: TailOptions;
  readonly #metrics: Metrics;
  #updates = 0;
  #bytes = 0;
  #merging = false;
  /** After a merge: none before this, unless the log has become very long. */
  #restsUntil = Number.NEGATIVE_INFINITY;
  /** After one that failed: none before this. */
  #retryAt = Number.NEGATIVE_INFINITY;
  /** Since when a merge has been due: the log is long, and the rest is over. Nothing is due in a document that nobody changes. */
  #dueSince: number | undefined;

  constructor(options: TailOptions, stored: StoredDocument) {
    this.#options = options;
    this.#metrics = options.metrics ?? new Metrics();
    // Not merged yet, however long it is: whoever opened the document is about to be sent it.
    this.#count(stored.updates);
  }

  /** Bytes that wait for a merge. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Milliseconds for which it was due to be merged, and is not yet. */
  get overdueMs(): number {
    return this.#dueSince === undefined ? 0 : this.#options.clock.now() - this.#dueSince;
  }

  /** To be told of every commit. */
  grew(updates: readonly Uint8Array[]): void {
    this.#count(updates);
    const now = this.#options.clock.now();
    const share = now >= this.#restsUntil ? 1 : LIMITS.tailMost;
    if (this.#isLong(share)) this.#dueSince ??= now;
    if (now >= this.#retryAt) this.#mergeIfLong(share);
  }

  /** The room closes: merges what is worth it already, in the background, so that the next to open finds little. */
  close(): void {
    this.#mergeIfLong(WORTH_MERGING); // also in the rest after a merge: nobody is here whom it could hold up
  }

  #count(updates: readonly Uint8Array[]): void {
    this.#updates += updates.length;
    for (const update of updates) this.#bytes += update.length;
  }

  #isLong(share: number): boolean {
    return this.#updates >= LIMITS.tailUpdates * share || this.#bytes >= LIMITS.tailBytes * share;
  }

  #mergeIfLong(share: number): void {
    if (this.#merging || !this.#isLong(share)) return;
    if (this.#options.space.full) return; // a merge takes room before it gives any back
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
      this.#restsUntil = clock.now() + took * LIMITS.mergeRest;
      this.#dueSince = undefined;
      this.#metrics.mergeSeconds.observe(took / 1000);
      logger.debug({ document, updates, bytes: snapshot.update.length, ms: Math.round(took) }, 'merged');
    } catch (error) {
      // The log keeps every update, so nothing is lost: joins are longer until a merge succeeds.
      this.#updates += updates;
      this.#bytes += bytes;
      this.#retryAt = clock.now() + LIMITS.mergeRetryMs;
      this.#metrics.mergesFailed++;
      logger.error({ document, err: error }, 'merge failed');
    } finally {
      this.#merging = false;
    }
  }
}
