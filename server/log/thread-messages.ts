import type { LogErrorCode } from './log.ts';
import type { Store } from './store.ts';
import type { UploadIndex } from './upload-index.ts';
import type { UploadTable } from './upload-table.ts';

// What the main thread and the log thread say to each other. Batches come one at a time; calls are numbered.

/** The methods of the store that are called from the main thread, and those of its table of uploads. */
export type Method =
  | keyof UploadIndex
  | 'read'
  | 'readOn'
  | 'beginReplace'
  | 'writePiece'
  | 'replace'
  | 'delete'
  | 'info'
  | 'list'
  | 'scan'
  | 'probe'
  | 'close';

export type Methods = Pick<Store, Exclude<Method, keyof UploadIndex>> & Pick<UploadTable, keyof UploadIndex>;

export type Call = {
  [M in Method]: { type: 'call'; number: number; method: M; values: Parameters<Methods[M]> };
}[Method];

/** `append`: a batch that does not fit the slot. */
export type ToThread = { type: 'append'; batch: Uint8Array } | Call;

/** A LogError; its class does not survive the way. */
export interface Failure {
  readonly code: LogErrorCode;
  readonly message: string;
  readonly cause: unknown;
}

/** A bare array is the answer to a batch: the sequence number of each of its records. */
export type FromThread =
  | number[]
  | { type: 'ready' }
  | { type: 'notAppended'; failure: Failure }
  | { type: 'answer'; number: number; value: unknown }
  | { type: 'noAnswer'; number: number; failure: Failure }
  /** Nothing can be done any more; the thread ends. */
  | { type: 'failed'; failure: Failure };

/** What the thread is started with. */
export interface ThreadData {
  readonly directory: string;
  readonly memory: SharedArrayBuffer;
}
