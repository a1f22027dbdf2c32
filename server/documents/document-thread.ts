import { parentPort } from 'node:worker_threads';
import { concat } from '../../lib/protocol/bytes.ts';
import { decodeRecords } from '../log/record.ts';
import type { Pages } from './compact.ts';
import { type Answer, type Job, type Result, WORK } from './work.ts';

// A document thread: opens documents, one at a time, and keeps none.
// Invariant: every job gets one answer, whatever its bytes make of Yjs.

if (!parentPort) throw new Error('document-thread.ts runs as a worker');
const port = parentPort;

port.on('message', (job: Job) => {
  let answer: Answer;
  try {
    answer = { type: 'done', result: perform(job) };
  } catch (error) {
    answer = { type: 'refused', reason: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answer, answer.type === 'done' ? buffersOf(answer.result) : []);
});

function perform({ method, snapshot, updates, rest }: Job): Result<Job['method']> {
  const pages = { snapshot: concat(snapshot), updates: [] as Uint8Array[] } satisfies Pages;
  for (const record of updates) decodeRecords(record, pages.updates);
  const work = WORK[method] as (pages: Pages, ...rest: unknown[]) => Result<Job['method']>;
  return work(pages, ...rest);
}

/** Results are given away instead of copied. */
function buffersOf(result: Result<Job['method']>): ArrayBuffer[] {
  const parts: unknown[] = result instanceof Uint8Array ? [result] : Object.values(result);
  return parts.filter((part) => part instanceof Uint8Array).map((part) => part.buffer as ArrayBuffer);
}
