import { EMPTY_STATE_VECTOR, EMPTY_UPDATE } from '../../lib/protocol/bytes.ts';
import type { Clock } from '../../server/clock.ts';
import { Batch } from '../../server/log/batch.ts';
import { type DocumentInfo, type Log, LogError, type Snapshot, type StoredDocument } from '../../server/log/log.ts';
import { decodeBatch, decodeRecords } from '../../server/log/record.ts';

// A log whose disk is a map, for simulations. Without a clock everything is done at once.
// Invariant: the disk holds what was acknowledged, and nothing that was not yet committed.

interface Stored {
  readonly createdAt: number;
  updatedAt: number;
  sequence: number;
  snapshot: (Snapshot & { upTo: number }) | undefined;
  records: { sequence: number; updates: Uint8Array[] }[];
  damaged: boolean;
}

type State = 'open' | 'closing' | 'closed' | 'failed' | 'crashed';

export interface MemoryLogOptions {
  /** Decides when a commit is on the disk. */
  readonly clock?: Clock;
  /** Milliseconds that a commit, or reading a document, takes. */
  readonly latency?: number;
}

const AT_ONCE: Clock = {
  now: () => 0,
  after(_milliseconds, task) {
    queueMicrotask(task);
    return { cancel: () => undefined };
  },
  soon: queueMicrotask,
};

export class MemoryLog implements Log {
  /** While `full`, batches are refused; `failed` is for good. */
  fault: 'full' | 'failed' | undefined;
  readonly #clock: Clock;
  readonly #latency: number;
  readonly #disk: Map<string, Stored>;
  #now: State = 'open';
  #forming = new Batch();
  #committing = false;
  readonly #idle: (() => void)[] = [];

  constructor({ clock = AT_ONCE, latency = 1 }: MemoryLogOptions = {}, disk = new Map<string, Stored>()) {
    this.#clock = clock;
    this.#latency = latency;
    this.#disk = disk;
  }

  /** Ends as a killed process does: what is not committed is gone, and nobody is told. Returns the log of the next process. */
  crash(): MemoryLog {
    this.#now = 'crashed';
    return new MemoryLog({ clock: this.#clock, latency: this.#latency }, this.#disk);
  }

  /** From now on the stored bytes of `document` do not match their checksum. */
  damage(document: string): void {
    const stored = this.#disk.get(document);
    if (stored) stored.damaged = true;
  }

  /** Nothing is gained by waiting: a commit costs nothing. */
  ready(): undefined {
    return undefined;
  }

  append(document: string, updates: readonly Uint8Array[]): Promise<number> {
    const refusal = this.#refusal();
    if (refusal) return Promise.reject(refusal);
    if (this.#forming.empty && !this.#committing) this.#clock.soon(() => this.#commit());
    return this.#forming.add(document, updates);
  }

  #commit(): void {
    const batch = this.#forming;
    this.#forming = new Batch();
    this.#committing = true;
    const drafts = decodeBatch(batch.encode(Buffer.alloc(0))); // copies, as a disk does
    this.#later(() => {
      this.#committing = false;
      if (this.fault === 'failed') this.#now = 'failed';
      if (this.fault) batch.refused(new LogError(this.fault, `injected: ${this.fault}`));
      else batch.committed(drafts.map(({ document, record }) => this.#write(document, record)));
      if (this.#forming.empty) for (const idle of this.#idle.splice(0)) idle();
      else if (this.#now === 'failed') this.#forming.refused(new LogError('failed', 'injected: failed'));
      else this.#clock.soon(() => this.#commit());
    });
  }

  #write(document: string, record: Uint8Array): number {
    const at = Date.now();
    const stored = this.#disk.get(document) ?? {
      createdAt: at,
      updatedAt: at,
      sequence: 0,
      snapshot: undefined,
      records: [],
      damaged: false,
    };
    const updates: Uint8Array[] = [];
    decodeRecords(record, updates);
    stored.sequence++;
    stored.updatedAt = at;
    stored.records.push({ sequence: stored.sequence, updates });
    this.#disk.delete(document);
    this.#disk.set(document, stored); // last: the order of the map is the order of change
    return stored.sequence;
  }

  load(document: string): Promise<StoredDocument> {
    return this.#do(() => {
      const stored = this.#disk.get(document);
      if (stored?.damaged) throw new LogError('damaged', `injected: ${JSON.stringify(document)} is damaged`);
      return {
        snapshot: stored?.snapshot ? [stored.snapshot.update] : [],
        stateVector: stored?.snapshot?.stateVector ?? EMPTY_STATE_VECTOR,
        deletions: stored?.snapshot?.deletions ?? EMPTY_UPDATE,
        updates: stored?.records.flatMap(({ updates }) => updates) ?? [],
        sequence: stored?.sequence ?? 0,
      };
    });
  }

  replace(document: string, { update, stateVector, deletions }: Snapshot, upTo: number): Promise<boolean> {
    return this.#do(() => {
      const stored = this.#disk.get(document);
      if (!stored || upTo > stored.sequence || upTo <= (stored.snapshot?.upTo ?? 0)) return false;
      stored.snapshot = {
        update: new Uint8Array(update),
        stateVector: new Uint8Array(stateVector),
        deletions: new Uint8Array(deletions),
        upTo,
      };
      stored.records = stored.records.filter(({ sequence }) => sequence > upTo);
      return true;
    });
  }

  delete(document: string): Promise<void> {
    return this.#do(() => {
      this.#disk.delete(document);
    });
  }

  info(document: string): Promise<DocumentInfo | undefined> {
    return this.#do(() => {
      const stored = this.#disk.get(document);
      return stored && infoOf(document, stored);
    });
  }

  list({ limit, offset = 0 }: { limit: number; offset?: number }): Promise<DocumentInfo[]> {
    return this.#do(() =>
      [...this.#disk]
        .reverse()
        .slice(offset, offset + limit)
        .map(([name, stored]) => infoOf(name, stored)),
    );
  }

  scan(cursor: number, limit: number): Promise<{ documents: DocumentInfo[]; cursor: number }> {
    return this.#do(() => {
      const names = [...this.#disk.keys()].sort();
      const documents = names.slice(cursor, cursor + limit).map((name) => infoOf(name, this.#disk.get(name) as Stored));
      return { documents, cursor: cursor + limit < names.length ? cursor + limit : 0 };
    });
  }

  probe(): Promise<void> {
    return this.#do(() => {
      if (this.fault === 'full') throw new LogError('full', 'injected: full');
    });
  }

  async close(): Promise<void> {
    if (this.#now === 'open') {
      this.#now = 'closing';
      if (this.#committing || !this.#forming.empty) await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
    if (this.#now === 'closing') this.#now = 'closed';
  }

  #do<T>(work: () => T): Promise<T> {
    const refusal = this.#refusal();
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#later(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #later(task: () => void): void {
    this.#clock.after(this.#latency, () => {
      if (this.#now !== 'crashed') task();
    });
  }

  #refusal(): LogError | undefined {
    if (this.#now === 'open') return undefined;
    if (this.#now === 'failed') return new LogError('failed', 'injected: failed');
    return new LogError('closed', 'The log is closed.');
  }
}

function infoOf(name: string, { sequence, createdAt, updatedAt, records }: Stored): DocumentInfo {
  return { name, sequence, createdAt, updatedAt, unmerged: records.length };
}
