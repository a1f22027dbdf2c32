import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { concat } from '../../lib/protocol/bytes.ts';
import { type Clock, systemClock, type Timer } from '../clock.ts';
import { LIMITS } from '../limits.ts';
import type { Snapshot, StoredDocument } from '../log/log.ts';
import { encodeRecord } from '../log/record.ts';
import { covers } from './covers.ts';
import { DocumentError, type Documents, type Summary } from './documents.ts';
import type { Answer, Job, Method, Rest, Result } from './work.ts';

// The document threads: started when there is work, ended when there has been none for a while.
// Invariant: what can wait (URGENCY) never holds the last thread while others are allowed, so that a join never waits for it.

export interface PoolOptions {
  /** At most so many threads. */
  readonly threads?: number;
  /** The data directory, where the uploads are that boards show; without one they show none. */
  readonly directory?: string;
  readonly clock?: Clock;
}

/**
 * One core stays with the sockets, where there are more than two; two at least, so that nobody who returns waits for a compaction.
 * A thread with Yjs in it takes 10 MB, and a big document many times its size.
 */
const THREADS = Math.min(4, Math.max(2, availableParallelism() - 1));
/** Milliseconds after which an idle thread ends: starting one takes 50. */
const IDLE_MS = 30_000;
/** Who waits for what: joins and lists for the first, which are done before the others; readers for the next; nobody for the last. */
const URGENCY: Readonly<Record<Method, number>> = {
  diff: 0,
  merge: 0,
  summary: 0,
  content: 1,
  picture: 1,
  links: 2,
  compact: 2,
  uploads: 3,
};
/** Bytes copied before others get a turn: 1 ms. */
const COPY_BYTES = 2 * 1024 * 1024;

interface Task {
  readonly method: Method;
  readonly stored: StoredDocument;
  readonly rest: unknown[];
  resolve(result: never): void;
  reject(error: DocumentError): void;
}

type ThreadState =
  | { state: 'new' }
  | { state: 'idle'; expiry: Timer }
  | { state: 'busy'; task: Task; deadline: Timer }
  | { state: 'ended' };

interface Thread {
  readonly worker: Worker;
  now: ThreadState;
}

export function openDocuments({ threads = THREADS, clock = systemClock, directory }: PoolOptions = {}): Documents {
  return new Pool(threads, clock, directory);
}

class Pool implements Documents {
  readonly #most: number;
  readonly #clock: Clock;
  readonly #directory: string | undefined;
  readonly #threads = new Set<Thread>();
  readonly #queue: Task[] = [];
  #open = true;

  constructor(most: number, clock: Clock, directory: string | undefined) {
    this.#most = most;
    this.#clock = clock;
    this.#directory = directory;
  }

  compact(stored: StoredDocument): Promise<Snapshot> {
    return this.#enqueue('compact', stored, []);
  }

  async merge(stored: StoredDocument): Promise<Uint8Array> {
    const [only] = stored.snapshot;
    if (stored.updates.length === 0 && only) return stored.snapshot.length === 1 ? only : join(stored.snapshot);
    return this.#enqueue('merge', stored, []);
  }

  async diff(stored: StoredDocument, stateVector: Uint8Array): Promise<Uint8Array> {
    // Whoever was away for a moment has the whole snapshot: only its deletions, and what came after it, can be news.
    const known = attempt(() => covers(stateVector, stored.stateVector));
    const needed = known ? { ...stored, snapshot: [stored.deletions] } : stored;
    return this.#enqueue('diff', needed, [stateVector]);
  }

  summary(stored: StoredDocument): Promise<Summary> {
    return this.#enqueue('summary', stored, []);
  }

  async content(stored: StoredDocument): Promise<Uint8Array | undefined> {
    const { body } = await this.#enqueue('content', stored, [LIMITS.contentLength, this.#directory]);
    return body;
  }

  async picture(stored: StoredDocument, board: string): Promise<Uint8Array | undefined> {
    const { svg } = await this.#enqueue('picture', stored, [board, this.#directory]);
    return svg;
  }

  async links(stored: StoredDocument): Promise<string[]> {
    const { names } = await this.#enqueue('links', stored, []);
    return names;
  }

  async uploads(stored: StoredDocument): Promise<string[]> {
    const { hashes } = await this.#enqueue('uploads', stored, []);
    return hashes;
  }

  get pending(): number {
    let busy = 0;
    for (const { now } of this.#threads) if (now.state === 'busy') busy++;
    return this.#queue.length + busy;
  }

  async close(): Promise<void> {
    this.#open = false;
    for (const task of this.#queue.splice(0)) task.reject(closed());
    await Promise.all([...this.#threads].map((thread) => this.#end(thread, closed())));
  }

  #enqueue<M extends Method>(method: M, stored: StoredDocument, rest: Rest<M>): Promise<Result<M>> {
    if (!this.#open) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#queue.push({ method, stored, rest, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (let task = this.#next(); task; task = this.#next()) {
      const thread = [...this.#threads].find(({ now }) => now.state === 'idle') ?? this.#start();
      this.#queue.splice(this.#queue.indexOf(task), 1);
      void this.#give(thread, task);
    }
  }

  /** The next task that may begin: the oldest of the most urgent. */
  #next(): Task | undefined {
    const busy = [...this.#threads].flatMap(({ now }) => (now.state === 'busy' ? [now.task] : []));
    if (busy.length >= this.#most) return undefined;
    const patient = busy.filter((task) => URGENCY[task.method] > 0).length;
    const most = patient < Math.max(1, this.#most - 1) ? Number.POSITIVE_INFINITY : 0;
    const urgency = Math.min(...this.#queue.map((task) => URGENCY[task.method]));
    return urgency <= most ? this.#queue.find((task) => URGENCY[task.method] === urgency) : undefined;
  }

  #start(): Thread {
    const worker = new Worker(new URL('./document-thread.js', import.meta.url), { name: 'inkroom-document' });
    const thread: Thread = { worker, now: { state: 'new' } };
    worker.on('message', (answer: Answer) => this.#answered(thread, answer));
    worker.on('error', (cause) => void this.#end(thread, new DocumentError('The document thread died.', { cause })));
    worker.on('exit', () => void this.#end(thread, new DocumentError('The document thread ended.')));
    this.#threads.add(thread);
    return thread;
  }

  async #give(thread: Thread, task: Task): Promise<void> {
    if (thread.now.state === 'idle') thread.now.expiry.cancel();
    const patience = task.method === 'content' || task.method === 'picture' ? LIMITS.readerMs : LIMITS.jobMs;
    const deadline = this.#clock.after(patience, () => {
      void this.#end(thread, new DocumentError(`The ${task.method} took longer than ${patience} ms.`));
    });
    thread.now = { state: 'busy', task, deadline };
    thread.worker.ref();
    try {
      const snapshot = await copies(task.stored.snapshot, concat);
      const updates = await copies(task.stored.updates, encodeRecord);
      const job = { method: task.method, snapshot, updates, rest: task.rest } as Job;
      thread.worker.postMessage(
        job,
        [...snapshot, ...updates].map(({ buffer }) => buffer),
      ); // a thread that ended meanwhile does not mind
    } catch (error) {
      this.#answered(thread, { type: 'refused', reason: `The document could not be copied: ${error}` }); // out of memory
    }
  }

  #answered(thread: Thread, answer: Answer): void {
    if (thread.now.state !== 'busy') return;
    const { task, deadline } = thread.now;
    deadline.cancel();
    const expiry = this.#clock.after(IDLE_MS, () => void this.#end(thread, closed()));
    thread.now = { state: 'idle', expiry };
    thread.worker.unref(); // an idle thread keeps no process alive
    if (answer.type === 'done') task.resolve(answer.result as never);
    else task.reject(new DocumentError(answer.reason));
    this.#dispatch();
  }

  /** Ends a thread, for whatever reason; what it was doing is rejected with `reason`, and the next task starts another. */
  async #end(thread: Thread, reason: DocumentError): Promise<void> {
    const { now } = thread;
    thread.now = { state: 'ended' };
    this.#threads.delete(thread);
    if (now.state === 'idle') now.expiry.cancel();
    if (now.state === 'busy') {
      now.deadline.cancel();
      now.task.reject(reason);
      if (this.#open) this.#dispatch();
    }
    await thread.worker.terminate();
  }
}

type Copy = Uint8Array<ArrayBuffer>;

/** Copies of shared pieces, by runs of them, in buffers of their own. Gives others a turn between two runs. */
async function copies(pieces: readonly Uint8Array[], copy: (run: readonly Uint8Array[]) => Copy): Promise<Copy[]> {
  const runs: Copy[] = [];
  for (let from = 0; from < pieces.length; ) {
    if (from > 0) await nextTurn();
    let to = from;
    for (let bytes = 0; to < pieces.length && bytes < COPY_BYTES; to++) bytes += (pieces[to] as Uint8Array).length;
    runs.push(copy(pieces.slice(from, to)));
    from = to;
  }
  return runs;
}

/** The pieces as one, in a buffer of its own. Gives others a turn now and then. */
async function join(pieces: readonly Uint8Array[]): Promise<Copy> {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  const whole = new Uint8Array(size);
  let at = 0;
  let copied = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
    copied += piece.length;
    if (copied < COPY_BYTES) continue;
    copied = 0;
    await nextTurn();
  }
  return whole;
}

/** What a caller sent may be no state vector. */
function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new DocumentError('The state vector could not be decoded.', { cause });
  }
}

function closed(): DocumentError {
  return new DocumentError('The document threads are closed.');
}
