import { parentPort, type Transferable, workerData } from 'node:worker_threads';
import { LogError } from './log.ts';
import { logErrorOf, openDatabase } from './schema.ts';
import { Store } from './store.ts';
import type { Call, Failure, FromThread, ToThread } from './thread-messages.ts';

// The log thread: the only one that touches the SQLite files. It answers what the main thread asks, and works off what nobody
// waits for in between.
// Invariant: after an error that makes the disk untrustworthy it commits nothing more.

if (!parentPort) throw new Error('sqlite-thread.ts runs as a worker');
const port = parentPort;

type State = { state: 'open'; store: Store } | { state: 'over' };
let now: State = { state: 'over' };
let working = false;

function send(message: FromThread, transfer: readonly Transferable[] = []): void {
  port.postMessage(message, transfer);
}

function failureOf(error: unknown): Failure {
  const { code, message, cause } = logErrorOf(error);
  return { code, message, cause: cause instanceof Error ? cause.message : cause };
}

/** The last word of the thread: with nothing to listen to it exits. */
function fail(failure: Failure): void {
  now = { state: 'over' };
  send({ type: 'failed', failure });
  port.close();
}

function append(store: Store, batch: Uint8Array): void {
  try {
    send({ type: 'appended', sequences: store.append(batch) });
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'failed') fail(failure);
    else send({ type: 'notAppended', failure });
  }
}

function answer(store: Store, { number, method, values }: Call): void {
  try {
    const value = Reflect.apply(store[method] as (...values: unknown[]) => unknown, store, values);
    send({ type: 'answer', number, value }, method === 'read' || method === 'readOn' ? buffersOf(value) : []);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'failed') fail(failure);
    else send({ type: 'noAnswer', number, failure });
  }
  if (method !== 'close') return;
  now = { state: 'over' };
  port.close();
}

/** What was read lies in buffers of its own: they are given away instead of copied. */
function buffersOf(step: unknown): ArrayBuffer[] {
  const { pieces, tail } = step as ReturnType<Store['readOn']>;
  return [...pieces, ...tail].map((bytes) => bytes.buffer as ArrayBuffer);
}

/** One step of work per turn of the event loop: every message that came meanwhile goes first. */
function workSoon(): void {
  if (working || now.state === 'over' || !now.store.workWaits) return;
  working = true;
  setImmediate(() => {
    working = false;
    if (now.state === 'over') return;
    try {
      now.store.work();
    } catch (error) {
      fail(failureOf(error));
    }
    workSoon();
  });
}

port.on('message', (message: ToThread) => {
  if (now.state === 'over') return; // the main thread hears why from `failed`
  switch (message.type) {
    case 'append':
      append(now.store, message.batch);
      break;
    case 'call':
      answer(now.store, message);
      break;
    default:
      message satisfies never;
  }
  workSoon();
});

try {
  const { directory } = workerData as { directory: string };
  now = { state: 'open', store: new Store(openDatabase(directory), Date.now) };
  send({ type: 'ready' });
  workSoon();
} catch (error) {
  fail(failureOf(error instanceof LogError ? error : new LogError('failed', String(error), { cause: error })));
}
