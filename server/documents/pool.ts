import { Worker } from 'node:worker_threads';
import type { StoredDocument } from '../log/log.ts';
import { DocumentError, type Documents } from './documents.ts';
import { type Parcel, pack, type work } from './work.ts';

// The document threads: started when there is work, ended when there has been none for a while.
// Invariant: a thread does one call at a time, and merges never take the last thread: a join does not wait for them.

type Work = typeof work;
type Method = keyof Work;
/** What a method takes after the document. */
type Values<M extends Method> = Parameters<Work[M]> extends [unknown, ...infer Rest] ? Rest : never;

export interface Call {
  readonly method: Method;
  readonly parcel: Parcel;
  readonly values: readonly unknown[];
}

export type Answer = { value: unknown } | { failure: string };

interface Job {
  readonly method: Method;
  readonly stored: StoredDocument;
  readonly values: readonly unknown[];
  resolve(value: unknown): void;
  reject(error: DocumentError): void;
}

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
  idle: NodeJS.Timeout | undefined;
}

/** Two: one may merge while the other computes what a returning client lacks. */
const THREADS = 2;
/** Milliseconds without work after which a thread ends: its memory is worth more than the 50 ms of starting it again. */
const IDLE_MS = 30_000;

export function openDocuments(): Documents {
  const pool = new Pool();
  return {
    compact: (stored) => pool.do('compact', stored),
    merge: (stored) =>
      // What lies on disk in one piece needs no thread.
      stored.updates.length === 0 && stored.snapshot.length > 0
        ? Promise.resolve(Buffer.concat(stored.snapshot))
        : pool.do('merge', stored),
    diff: (stored, stateVector) => pool.do('diff', stored, stateVector),
    summary: (stored) => pool.do('summary', stored),
    close: () => pool.close(),
  };
}

class Pool {
  readonly #threads = new Set<Thread>();
  readonly #queue: Job[] = [];
  #closed = false;

  do<M extends Method>(method: M, stored: StoredDocument, ...values: Values<M>): Promise<ReturnType<Work[M]>> {
    if (this.#closed) return Promise.reject(new DocumentError('the server is stopping'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ method, stored, values, resolve: resolve as (value: unknown) => void, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.reject(new DocumentError('the server is stopping'));
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  /** Gives what waits to who is free. */
  #next(): void {
    const merging = [...this.#threads].filter(({ job }) => job?.method === 'compact').length;
    const index = this.#queue.findIndex(({ method }) => method !== 'compact' || merging < THREADS - 1);
    const job = this.#queue[index];
    if (!job) return;
    const thread = [...this.#threads].find((candidate) => !candidate.job) ?? this.#start();
    if (!thread) return;
    this.#queue.splice(index, 1);
    clearTimeout(thread.idle);
    thread.job = job;
    thread.worker.ref();
    const parcel = pack(job.stored);
    const call: Call = { method: job.method, parcel, values: job.values };
    thread.worker.postMessage(call, [parcel.bytes.buffer]);
    this.#next();
  }

  #start(): Thread | undefined {
    if (this.#threads.size >= THREADS) return undefined;
    const worker = new Worker(new URL('./document-thread.js', import.meta.url), { name: 'inkroom-document' });
    const thread: Thread = { worker, job: undefined, idle: undefined };
    this.#threads.add(thread);
    worker.on('message', (answer: Answer) => this.#answered(thread, answer));
    worker.on('error', (error) => this.#ended(thread, error)); // 'exit' follows
    worker.on('exit', () => this.#ended(thread, undefined));
    return thread;
  }

  #answered(thread: Thread, answer: Answer): void {
    const { job } = thread;
    thread.job = undefined;
    if ('failure' in answer) job?.reject(new DocumentError(answer.failure));
    else job?.resolve(answer.value);
    thread.idle = setTimeout(() => void thread.worker.terminate(), IDLE_MS);
    thread.idle.unref();
    thread.worker.unref();
    if (!this.#closed) this.#next();
  }

  /** Its call is lost, the next one gets a new thread. */
  #ended(thread: Thread, cause: unknown): void {
    clearTimeout(thread.idle);
    const { job } = thread;
    thread.job = undefined;
    job?.reject(new DocumentError('the document thread ended', { cause }));
    this.#threads.delete(thread);
    if (!this.#closed) this.#next();
  }
}
