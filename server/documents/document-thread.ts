import { parentPort } from 'node:worker_threads';
import type { Answer, Call } from './pool.ts';
import { unpack, work } from './work.ts';

// A document thread: one call after another, each with a document of its own, nothing kept in between.

if (!parentPort) throw new Error('document-thread.ts runs as a worker');
const port = parentPort;

function perform({ method, parcel, values }: Call): unknown {
  return Reflect.apply(work[method] as (...values: unknown[]) => unknown, work, [unpack(parcel), ...values]);
}

port.on('message', (call: Call) => {
  let answer: Answer;
  try {
    answer = { value: perform(call) };
  } catch (error) {
    answer = { failure: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answer);
});
