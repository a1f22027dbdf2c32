import { parentPort, receiveMessageOnPort, type Transferable, workerData } from 'node:worker_threads';
import { openDatabase } from './schema.ts';
import { Slot } from './slot.ts';
import { logErrorOf } from './sqlite-errors.ts';
import { Store } from './store.ts';
import type { Call, Failure, FromThread, ThreadData, ToThread } from './thread-messages.ts';

// The log thread: the only one that touches the SQLite files. It does one thing after the other, batches first, and what
// nobody waits for last.
// Invariant: after an error that makes the disk untrustworthy it commits nothing more.

if (!parentPort) throw new Error('sqlite-thread.ts runs as a worker');
const port = parentPort;
const { directory, memory } = workerData as ThreadData;
const slot = new Slot(memory);

try {
  const store = new Store(openDatabase(directory), Date.now);
  send({ type: 'ready' });
  serve(store);
} catch (error) {
  send({ type: 'failed', failure: failureOf(error) });
}

/** Returns when the store is closed. Throws what makes it useless. */
function serve(store: Store): void {
  for (;;) {
    const rings = slot.rings;
    const batch = slot.take();
    if (batch) {
      append(store, batch);
      continue;
    }
    const message = receiveMessageOnPort(port)?.message as ToThread | undefined;
    if (message?.type === 'append') append(store, Buffer.from(message.batch.buffer));
    else if (message) answer(store, message);
    else if (store.workWaits) store.work();
    else slot.sleep(rings);
    if (message?.type === 'call' && message.method === 'close') return;
  }
}

function append(store: Store, batch: Buffer): void {
  try {
    send(store.append(batch));
  } catch (error) {
    send({ type: 'notAppended', failure: survivable(error) });
  }
}

function answer(store: Store, { number, method, values }: Call): void {
  try {
    const holder = method in store ? store : store.uploads;
    const value = Reflect.apply(Reflect.get(holder, method), holder, values);
    send({ type: 'answer', number, value }, method === 'read' || method === 'readOn' ? buffersOf(value) : []);
  } catch (error) {
    send({ type: 'noAnswer', number, failure: survivable(error) });
  }
}

/** What was read lies in buffers of its own: they are given away instead of copied. */
function buffersOf(step: unknown): ArrayBuffer[] {
  const { pieces, tail } = step as ReturnType<Store['readOn']>;
  return [...pieces, ...tail].map((bytes) => bytes.buffer as ArrayBuffer);
}

function send(message: FromThread, transfer: readonly Transferable[] = []): void {
  port.postMessage(message, transfer);
}

/** Throws the error again when it concerns everybody. */
function survivable(error: unknown): Failure {
  const failure = failureOf(error);
  if (failure.code === 'failed') throw error;
  return failure;
}

function failureOf(error: unknown): Failure {
  const { code, message, cause } = logErrorOf(error);
  return { code, message, cause: cause instanceof Error ? cause.message : cause };
}
