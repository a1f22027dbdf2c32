// The log: what has been written, per document, in order, on disk. The contract that every store keeps (LOG rules in
// docs/PROTOCOL.md, tests/contract/log.test.ts).
// Invariant: what `append` has resolved for survives a power cut, and `load` returns it.

/** One document as it is stored: a snapshot, and every update that came after it, oldest first. */
export interface StoredDocument {
  /** A Yjs V1 update in pieces, as they lie on disk; empty while nothing was ever merged. Shared: never write to it. */
  readonly snapshot: readonly Uint8Array[];
  /** Encoded state vector of the snapshot; `EMPTY_STATE_VECTOR` when there is none. */
  readonly stateVector: Uint8Array;
  /** The snapshot's delete set as a Yjs V1 update without structs; `EMPTY_UPDATE` when there is none. */
  readonly deletions: Uint8Array;
  /** V1 updates after the snapshot, in the order of their sequence numbers. */
  readonly updates: readonly Uint8Array[];
  /** Sequence number of the newest record; 0 when nothing was ever written. */
  readonly sequence: number;
}

/** What compaction makes of a document, to take the place of everything up to a sequence number. */
export interface Snapshot {
  readonly update: Uint8Array;
  readonly stateVector: Uint8Array;
  /** The delete set of `update`, as a V1 update without structs. */
  readonly deletions: Uint8Array;
}

export interface DocumentInfo {
  readonly name: string;
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Records after its snapshot. */
  readonly unmerged: number;
}

/**
 * Owned by whoever opened it. A document's name is any well-formed string; the log gives it no meaning.
 * Errors are `LogError`s: `damaged` concerns one document, `failed` means that nothing is accepted any more.
 */
export interface Log {
  /**
   * Undefined when a commit may begin at once; else resolves when it may, soon. Who collects what is to be appended asks first, and goes on collecting
   * until then: the commit costs the same. To append without asking is right too.
   */
  ready(): Promise<void> | undefined;
  /**
   * Puts `updates` (at least one, kept in order) into a record and resolves with its sequence number, 1 for the first
   * record of a document, once it is on disk. Appends resolve in call order. What is appended within one turn of the
   * event loop, or while a commit is in flight, shares one transaction and one fsync; within those, appends to one
   * document share one record and its number. Bytes must not change until then.
   */
  append(document: string, updates: readonly Uint8Array[]): Promise<number>;
  /**
   * Everything on disk for `document` at one moment after the call: at least what had been acknowledged, whatever commits
   * meanwhile. An empty StoredDocument with sequence 0 for one never written.
   */
  load(document: string): Promise<StoredDocument>;
  /**
   * Puts `snapshot` in the place of the older snapshot and of every record up to and including `upTo`, atomically.
   * Small appends go on between its pieces. Resolves false, having changed nothing, when a snapshot at or after `upTo` is
   * there, or no record `upTo` (the document was deleted meanwhile). Bytes must not change until then.
   */
  replace(document: string, snapshot: Snapshot, upTo: number): Promise<boolean>;
  /** Forgets the document, at once and atomically; its name may be written again, from sequence 1. */
  delete(document: string): Promise<void>;
  /** One document's information without its bytes; undefined for one never written. */
  info(document: string): Promise<DocumentInfo | undefined>;
  /** Newest change first. */
  list(options: { limit: number; offset?: number }): Promise<DocumentInfo[]>;
  /**
   * Every document once, in the order in which they came about: at most `limit` of those after `cursor` (0: from the first), and the cursor of
   * the next call; 0 when that was the last. What changes meanwhile keeps its place.
   */
  scan(cursor: number, limit: number): Promise<{ documents: DocumentInfo[]; cursor: number }>;
  /** Resolves when there is room for so many bytes more, which it has found out by writing them; rejects with `full` while there is not. */
  probe(bytes: number): Promise<void>;
  /** Completes what was asked before, then refuses everything with `closed`. May be called twice. */
  close(): Promise<void>;
}

export type LogErrorCode = 'damaged' | 'full' | 'failed' | 'closed';

/**
 * `damaged`: a checksum of this document does not match; nothing of it is served. `full`: no room on the disk, this append was not
 * stored, later ones may be. `failed`: a write or fsync failed in a way after which the disk cannot be trusted; every later append fails too.
 */
export class LogError extends Error {
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'LogError';
    this.code = code;
  }
}
