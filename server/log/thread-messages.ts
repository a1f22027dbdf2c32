import type { LogErrorCode } from './log.ts';
import type { Store } from './store.ts';

// What the main thread and the log thread say to each other. Batches and their answers come in order, one at a time; calls
// are numbered.

/** The methods of the store that can be called from the main thread. */
export type Method =
  | 'read'
  | 'readOn'
  | 'beginReplace'
  | 'writePiece'
  | 'replace'
  | 'delete'
  | 'info'
  | 'list'
  | 'close';

export type Call = { [M in Method]: { type: 'call'; number: number; method: M; values: Parameters<Store[M]> } }[Method];

export type ToThread = { type: 'append'; batch: Uint8Array } | Call;

/** A LogError; its class does not survive the way. */
export interface Failure {
  readonly code: LogErrorCode;
  readonly message: string;
  readonly cause: unknown;
}

export type FromThread =
  | { type: 'ready' }
  | { type: 'appended'; sequences: number[] }
  | { type: 'notAppended'; failure: Failure }
  | { type: 'answer'; number: number; value: unknown }
  | { type: 'noAnswer'; number: number; failure: Failure }
  /** Nothing can be done any more; the thread ends. */
  | { type: 'failed'; failure: Failure };
