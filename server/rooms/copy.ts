import type { Coverage } from '../../lib/protocol/coverage.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Documents } from '../documents/documents.ts';
import { LIMITS } from '../limits.ts';
import type { Log, StoredDocument } from '../log/log.ts';
import { Differences } from './differences.ts';

// The stored bytes of one document in memory, for the joins of a few seconds: fifty people who open it at once cost one read.
// Invariant: what a reader takes, and what is committed from the moment it takes it, is the whole document.

/** What a joining client is sent: one update in pieces, then updates. */
export interface Contents {
  readonly whole: readonly Uint8Array[];
  /** Asked at the moment of sending: holds everything committed until then. */
  updates(): readonly Uint8Array[];
  /** To be called once sent, or given up: the copy may be dropped after that. */
  release(): void;
}

interface Loaded {
  readonly stored: Promise<StoredDocument>;
  /** Updates committed since loading began; some of them may be in `stored` too, which Yjs does not mind. */
  readonly since: Uint8Array[];
  readonly differences: Differences;
  sinceBytes: number;
  users: number;
  expiry: Timer | undefined;
}

export interface CopyOptions {
  readonly document: string;
  readonly log: Log;
  readonly documents: Documents;
  readonly clock: Clock;
}

export class SharedCopy {
  readonly #options: CopyOptions;
  #loaded: Loaded | undefined;
  /** Outdated, and still to be sent to those who took them. */
  readonly #outdated = new Set<Loaded>();

  constructor(options: CopyOptions) {
    this.#options = options;
  }

  /** The document as it is stored. Rejects with LogError. */
  async load(): Promise<StoredDocument> {
    const loaded = this.#use();
    try {
      return await loaded.stored;
    } finally {
      this.#release(loaded);
    }
  }

  /**
   * What a holder of `stateVector` is to be sent; a small document is cheaper sent whole. Rejects with LogError, DocumentError, and with
   * ProtocolError('malformed-frame') when that is no state vector.
   */
  async take(stateVector: Uint8Array, coverage: Coverage): Promise<Contents> {
    const loaded = this.#use();
    const release = () => this.#release(loaded);
    try {
      const stored = await loaded.stored;
      const whole = { whole: stored.snapshot, updates: () => [...stored.updates, ...loaded.since], release };
      if (holdsNothing(stateVector) || bytesOf(stored) + loaded.sinceBytes < LIMITS.diffBytes) return whole;
      const known = coverage.knownTo(stateVector);
      if (known.size === 0) return whole;
      const { update, from } = await loaded.differences.of(known);
      return { whole: [update], updates: () => loaded.since.slice(from), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** To be told of every commit, so that a copy in memory stays whole. */
  committed(updates: readonly Uint8Array[]): void {
    if (this.#outdated.size > 0) for (const loaded of this.#outdated) grow(loaded, updates);
    if (!this.#loaded) return;
    grow(this.#loaded, updates);
    if (this.#loaded.sinceBytes > LIMITS.tailBytes) this.outdate();
  }

  /** The store has something better now (a new snapshot): the next one to ask loads again, also while others are still being sent this one. */
  outdate(): void {
    const loaded = this.#loaded;
    if (!loaded) return;
    this.#drop(loaded);
    if (loaded.users > 0) this.#outdated.add(loaded);
  }

  #use(): Loaded {
    const loaded = this.#loaded ?? this.#read();
    loaded.expiry?.cancel();
    loaded.users++;
    return loaded;
  }

  #read(): Loaded {
    const stored = this.#options.log.load(this.#options.document);
    const since: Uint8Array[] = [];
    const differences = new Differences(async (stateVector) => {
      const { snapshot, updates, ...rest } = await stored;
      const from = since.length;
      const known = { ...rest, snapshot, updates: [...updates, ...since] };
      return { update: await this.#options.documents.diff(known, stateVector), from };
    });
    const loaded: Loaded = { stored, since, differences, sinceBytes: 0, users: 0, expiry: undefined };
    stored.catch(() => this.#drop(loaded)); // those who asked are told; the next one to ask tries again
    this.#loaded = loaded;
    return loaded;
  }

  #release(loaded: Loaded): void {
    loaded.users--;
    if (loaded.users > 0) return;
    this.#outdated.delete(loaded);
    if (this.#loaded === loaded) loaded.expiry = this.#options.clock.after(LIMITS.copyMs, () => this.#drop(loaded));
  }

  #drop(loaded: Loaded): void {
    loaded.expiry?.cancel();
    if (this.#loaded === loaded) this.#loaded = undefined;
  }

  /** Forgets everything; for a room that closes. */
  close(): void {
    if (this.#loaded) this.#drop(this.#loaded);
  }
}

function grow(loaded: Loaded, updates: readonly Uint8Array[]): void {
  for (const update of updates) {
    loaded.since.push(update);
    loaded.sinceBytes += update.length;
  }
}

function holdsNothing(stateVector: Uint8Array): boolean {
  return stateVector.length === 0 || stateVector[0] === 0;
}

export function bytesOf(stored: StoredDocument): number {
  let bytes = 0;
  for (const piece of stored.snapshot) bytes += piece.length;
  for (const update of stored.updates) bytes += update.length;
  return bytes;
}
