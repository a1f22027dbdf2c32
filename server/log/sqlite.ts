import { Worker } from 'node:worker_threads';
import type { Upload } from '../../lib/protocol/upload.ts';
import { Batch } from './batch.ts';
import { documentOf, type LoadStep } from './loads.ts';
import { type DocumentInfo, type Log, LogError, type Snapshot, type StoredDocument } from './log.ts';
import { Slot } from './slot.ts';
import { PIECE_BYTES } from './snapshot-table.ts';
import type { Failure, FromThread, Method, Methods, ThreadData, ToThread } from './thread-messages.ts';
import type { Changed, StoredUpload, UploadIndex, UploadTotals } from './upload-index.ts';

// The embedded log: SQLite in a thread of its own, which this side feeds.
// Invariant: one batch is in flight at a time, and what is appended meanwhile forms the next: the slower the disk, the bigger the batches.

/**
 * Milliseconds after the start of a commit in which an edit is taken for one of many, and how long it then waits for others to share its commit:
 * each commit costs half a millisecond of CPU whatever is in it (docs/decisions/0008). Nobody waits who types alone.
 */
const BUSY_MS = 25;
const GATHER_MS = 6;

type State =
  | { state: 'open' }
  /** Takes nothing more; what was asked before is being done. */
  | { state: 'closing' }
  /** All that was asked before is done: the thread may end. */
  | { state: 'done' }
  | { state: 'over'; reason: LogError };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: LogError): void;
}

/**
 * Opens the log in `directory`, creating it where there is none. Rejects with LogError `failed` when another process has it
 * open, when it was written by a newer Inkroom, or when it cannot be read.
 */
export async function openSqliteLog(options: { directory: string }): Promise<Log & UploadIndex> {
  const slot = new Slot();
  const workerData: ThreadData = { directory: options.directory, memory: slot.memory };
  const thread = new Worker(new URL('./sqlite-thread.js', import.meta.url), { name: 'inkroom-log', workerData });
  await new Promise<void>((resolve, reject) => {
    thread.once('message', (message: FromThread) => {
      if ('type' in message && message.type === 'failed') reject(errorOf(message.failure));
      else resolve(); // `ready`
    });
    thread.once('error', (error) => reject(new LogError('failed', 'The log thread did not start.', { cause: error })));
  });
  return new SqliteLog(thread, slot);
}

class SqliteLog implements Log, UploadIndex {
  readonly #thread: Worker;
  readonly #slot: Slot;
  #now: State = { state: 'open' };
  #forming = new Batch();
  #inFlight: Batch | undefined;
  #scheduled = false;
  /** When the last commit began. */
  #beganAt = Number.NEGATIVE_INFINITY;
  /** What those wait for who have something to append; opened by `#openTurn`. */
  #turn: Promise<void> | undefined;
  #openTurn: (() => void) | undefined;
  readonly #calls = new Map<number, Waiting>();
  #called = 0;
  /** Loads, replaces and the like that `close` waits for. */
  readonly #running = new Set<Promise<unknown>>();
  #idle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(thread: Worker, slot: Slot) {
    this.#thread = thread;
    this.#slot = slot;
    thread.removeAllListeners('error');
    thread.on('message', (message: FromThread) => this.#hear(message));
    thread.on('error', (error) => this.#end(new LogError('failed', 'The log thread died.', { cause: error })));
    // The news that it has ended may overtake its last word.
    thread.on('exit', () =>
      this.#end(this.#now.state === 'done' ? closed() : new LogError('failed', 'The log thread ended.')),
    );
  }

  append(document: string, updates: readonly Uint8Array[]): Promise<number> {
    const refusal = this.#refusal();
    if (refusal) return Promise.reject(refusal);
    this.#commitSoon();
    return this.#forming.add(document, updates);
  }

  ready(): Promise<void> | undefined {
    if (this.#now.state !== 'open') return undefined; // `append` says why not
    if (!this.#turn && performance.now() - this.#beganAt > BUSY_MS) return undefined;
    this.#turn ??= new Promise((resolve) => {
      this.#openTurn = resolve;
      setTimeout(() => this.#beginTurn(), GATHER_MS);
    });
    return this.#turn;
  }

  #beginTurn(): void {
    const open = this.#openTurn;
    this.#turn = undefined;
    this.#openTurn = undefined;
    open?.();
  }

  /** At the end of this turn of the event loop, when all sockets that were ready have been read. */
  #commitSoon(): void {
    if (this.#scheduled || this.#inFlight) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commit();
    });
  }

  #commit(): void {
    if (this.#forming.empty || this.#now.state === 'over') return;
    this.#inFlight = this.#forming;
    this.#forming = new Batch();
    this.#beganAt = performance.now();
    const batch = this.#inFlight.encode(this.#slot.room);
    if (batch.buffer === this.#slot.memory) this.#slot.fill(batch.length);
    else this.#send({ type: 'append', batch }, [batch.buffer as ArrayBuffer]);
  }

  #landed(): Batch | undefined {
    const batch = this.#inFlight;
    this.#inFlight = undefined;
    if (!this.#forming.empty) this.#commitSoon();
    else this.#idle?.();
    return batch;
  }

  load(document: string): Promise<StoredDocument> {
    return this.#run(async () => {
      const start = await this.#call('read', [document]);
      const later: LoadStep[] = [];
      for (let { load } = start as LoadStep; load !== 0; ) {
        const step = await this.#call('readOn', [load]);
        later.push(step);
        load = step.load;
      }
      return documentOf(start, later);
    });
  }

  replace(document: string, { update, stateVector, deletions }: Snapshot, upTo: number): Promise<boolean> {
    return this.#run(async () => {
      const replacement = await this.#call('beginReplace', [document, upTo]);
      if (replacement === 0) return false;
      // Piece by piece, each copied when its turn comes: copying 20 MB at once would hold up the main thread for 10 ms.
      for (let at = 0; at < update.length; at += PIECE_BYTES) {
        const piece = new Uint8Array(update.subarray(at, at + PIECE_BYTES)); // not slice: that of a Buffer copies nothing
        await this.#call('writePiece', [replacement, piece], [piece.buffer]);
      }
      return this.#call('replace', [replacement, { stateVector, deletions }]);
    });
  }

  delete(document: string): Promise<void> {
    return this.#run(() => this.#call('delete', [document]));
  }

  info(document: string): Promise<DocumentInfo | undefined> {
    return this.#run(() => this.#call('info', [document]));
  }

  list({ limit, offset = 0 }: { limit: number; offset?: number }): Promise<DocumentInfo[]> {
    return this.#run(() => this.#call('list', [limit, offset]));
  }

  scan(cursor: number, limit: number): Promise<{ documents: DocumentInfo[]; cursor: number }> {
    return this.#run(() => this.#call('scan', [cursor, limit]));
  }

  probe(bytes: number): Promise<void> {
    return this.#run(() => this.#call('probe', [bytes]));
  }

  addUpload(...values: Parameters<UploadIndex['addUpload']>): Promise<'added' | 'gone' | 'over'> {
    return this.#run(() => this.#call('addUpload', values));
  }

  findUpload(hash: string): Promise<Upload | undefined> {
    return this.#run(() => this.#call('findUpload', [hash]));
  }

  countUploads(document?: string): Promise<UploadTotals> {
    return this.#run(() => this.#call('countUploads', [document]));
  }

  listUploads(after: string, limit: number): Promise<StoredUpload[]> {
    return this.#run(() => this.#call('listUploads', [after, limit]));
  }

  changedDocuments(limit: number): Promise<Changed[]> {
    return this.#run(() => this.#call('changedDocuments', [limit]));
  }

  noteMentions(...values: Parameters<UploadIndex['noteMentions']>): Promise<void> {
    return this.#run(() => this.#call('noteMentions', values));
  }

  unusedUploads(absentBefore: number, limit: number): Promise<string[]> {
    return this.#run(() => this.#call('unusedUploads', [absentBefore, limit]));
  }

  isUnused(hash: string): Promise<boolean> {
    return this.#run(() => this.#call('isUnused', [hash]));
  }

  forgetUpload(hash: string): Promise<void> {
    return this.#run(() => this.#call('forgetUpload', [hash]));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#now.state === 'open') {
      this.#now = { state: 'closing' };
      this.#beginTurn();
      if (this.#inFlight || !this.#forming.empty) {
        await new Promise<void>((resolve) => {
          this.#idle = resolve;
        });
      }
      await Promise.allSettled(this.#running);
      if (this.#now.state === 'closing') this.#now = { state: 'done' };
      await this.#call('close', []).catch(() => undefined); // committed is committed: the next start does what this left undone
      this.#end(closed());
    }
    await this.#thread.terminate();
  }

  /** Does what consists of calls to the thread, so that `close` waits for it. */
  async #run<T>(work: () => Promise<T>): Promise<T> {
    const refusal = this.#refusal();
    if (refusal) throw refusal;
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  #call<M extends Method>(
    method: M,
    values: Parameters<Methods[M]>,
    transfer: ArrayBuffer[] = [],
  ): Promise<ReturnType<Methods[M]>> {
    if (this.#now.state === 'over') return Promise.reject(this.#now.reason);
    const number = ++this.#called;
    return new Promise((resolve, reject) => {
      this.#calls.set(number, { resolve: resolve as (value: unknown) => void, reject });
      this.#send({ type: 'call', number, method, values } as ToThread, transfer);
    });
  }

  #send(message: ToThread, transfer: ArrayBuffer[]): void {
    this.#thread.postMessage(message, transfer);
    this.#slot.ring();
  }

  #hear(message: FromThread): void {
    if (Array.isArray(message)) {
      this.#landed()?.committed(message);
      return;
    }
    switch (message.type) {
      case 'notAppended':
        this.#landed()?.refused(errorOf(message.failure));
        break;
      case 'answer':
        this.#waiting(message.number)?.resolve(message.value);
        break;
      case 'noAnswer':
        this.#waiting(message.number)?.reject(errorOf(message.failure));
        break;
      case 'failed':
        this.#end(errorOf(message.failure));
        break;
      case 'ready':
        break; // heard by openSqliteLog
      default:
        message satisfies never;
    }
  }

  #waiting(number: number): Waiting | undefined {
    const waiting = this.#calls.get(number);
    this.#calls.delete(number);
    return waiting;
  }

  #refusal(): LogError | undefined {
    switch (this.#now.state) {
      case 'open':
        return undefined;
      case 'closing':
      case 'done':
        return closed();
      case 'over':
        return this.#now.reason;
      default:
        return this.#now satisfies never;
    }
  }

  /** Once, for whatever reason: nothing that waits is left waiting. */
  #end(reason: LogError): void {
    if (this.#now.state === 'over') return;
    this.#now = { state: 'over', reason };
    this.#inFlight?.refused(reason);
    this.#forming.refused(reason);
    for (const { reject } of this.#calls.values()) reject(reason);
    this.#calls.clear();
    this.#beginTurn();
    this.#idle?.();
  }
}

function closed(): LogError {
  return new LogError('closed', 'The log is closed.');
}

function errorOf({ code, message, cause }: Failure): LogError {
  return new LogError(code, message, { cause });
}
