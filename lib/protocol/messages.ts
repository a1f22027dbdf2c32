// What a client and the server can say about one document, whatever the dialect. Bytes stop at the dialect files.

/** What a grant lets its holder do with a document. A role is a rule per document. */
export type Role = 'view' | 'comment' | 'edit';

/** `version` string by which Inkroom's own client announces itself in its Auth message. */
export const INKROOM_VERSION = 'inkroom/1';

export type ClientMessage =
  /** `version` is undefined for clients that do not announce one (Hocuspocus before 4). */
  | { type: 'auth'; token: string; version: string | undefined }
  | { type: 'step1'; stateVector: Uint8Array }
  /** `answer`: it was a step2, the answer to the server's step1. */
  | { type: 'update'; update: Uint8Array; answer: boolean }
  /** Inkroom clients only: `number` counts from 1 in each session, and `saved` refers to it. */
  | { type: 'numberedUpdate'; number: number; update: Uint8Array }
  | { type: 'awareness'; update: Uint8Array }
  | { type: 'queryAwareness' }
  | { type: 'stateless'; payload: string }
  | { type: 'leave' };

export type ServerMessage =
  | { type: 'askToken' }
  | { type: 'granted'; role: Role }
  | { type: 'denied'; reason: string }
  | { type: 'step1'; stateVector: Uint8Array }
  | { type: 'step2'; update: Uint8Array }
  | { type: 'update'; update: Uint8Array }
  | { type: 'awareness'; update: Uint8Array }
  | { type: 'stateless'; payload: string }
  /** The session has ended; the socket stays. */
  | { type: 'ended'; reason: string }
  /** Stock Hocuspocus clients: exactly one per inbound step2 or update. `saved`: it is on disk. */
  | { type: 'syncStatus'; saved: boolean }
  /** Inkroom clients: every update up to and including `number` is on disk. */
  | { type: 'saved'; number: number }
  /** Inkroom clients: update `number` was not accepted; 0 means the document as a whole. `code` is a RefusalCode. */
  | { type: 'refused'; number: number; code: string; reason: string }
  /** Inkroom clients: the role has changed without a reconnect. */
  | { type: 'role'; role: Role }
  /** Inkroom clients: when the connection ends, wait at least this long before the next attempt. */
  | { type: 'retryAfter'; milliseconds: number };
