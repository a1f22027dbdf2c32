import type { Clock } from '../clock.ts';
import type { Documents } from '../documents/documents.ts';
import { LIMITS } from '../limits.ts';
import type { Log } from '../log/log.ts';
import type { Logger } from '../logger.ts';
import type { Rooms } from './rooms.ts';
import { WORTH_MERGING } from './tail.ts';

// Documents that nobody has open and whose logs are long, as a kill leaves them, a full disk, or a merge that failed. Each is visited as a reader would:
// its room merges the log when it closes.
// Invariant: one at a time, and only while no document thread has anything else to do.

export interface LeftoversOptions {
  readonly log: Pick<Log, 'scan'>;
  readonly rooms: Pick<Rooms, 'enter' | 'isOpen' | 'full'>;
  readonly documents: Pick<Documents, 'pending'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Documents that the log is asked for at once: a millisecond of it. */
const PAGE = 200;
/** Records after its snapshot from which on a room that closes merges its log. */
const LONG = LIMITS.tailUpdates * WORTH_MERGING;

/** Owned by the server; `close()` may be called twice. */
export class Leftovers {
  readonly #options: LeftoversOptions;
  #count = 0;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(options: LeftoversOptions) {
    this.#options = options;
    void this.#run();
  }

  /** How many were found when it was looked last. */
  get count(): number {
    return this.#count;
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#pause(LIMITS.leftoversMs);
      if (this.#closed) return;
      try {
        const found = await this.#find();
        this.#count = found.length;
        for (const document of found) await this.#visit(document);
      } catch (error) {
        if (this.#closed) return;
        this.#options.logger.error({ err: error }, 'the logs that are left could not be looked for');
      }
    }
  }

  async #find(): Promise<string[]> {
    const { log, rooms } = this.#options;
    const found: string[] = [];
    for (let cursor = 0; ; ) {
      const page = await log.scan(cursor, PAGE);
      for (const { name, unmerged } of page.documents) if (unmerged >= LONG && !rooms.isOpen(name)) found.push(name);
      cursor = page.cursor;
      if (cursor === 0 || this.#closed) return found;
    }
  }

  /** It closes `LIMITS.lingerMs` later, and is merged; the next one waits for both. */
  async #visit(document: string): Promise<void> {
    const { rooms, documents } = this.#options;
    do await this.#pause(LIMITS.lingerMs + 1);
    while (documents.pending > 0 && !this.#closed);
    if (this.#closed || rooms.full) return; // a merge takes room before it gives any back
    const visit = rooms.enter(document);
    await visit.room.catch(() => undefined); // that it could not be loaded is in the log
    visit.leave();
  }

  #pause(milliseconds: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(milliseconds, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
