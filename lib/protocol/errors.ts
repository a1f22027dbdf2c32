// Every way in which Inkroom says no, in one table. A code is stable: clients, logs and tests match on it.
// Invariant: a code that a retry can cure never has a close code in 4400-4499, which y-websocket 3.1 takes as final.

/** What a refusal means on the wire and to the one who reads it. */
export interface RefusalRule {
  /** WebSocket close code used when the whole connection must end for it. */
  readonly closeCode: number;
  /** Whether the same client may succeed later without changing anything. */
  readonly retry: boolean;
  /** One sentence for a person, also sent as the close reason (at most 123 bytes, RFC 6455 section 5.5.1). */
  readonly text: string;
}

export const REFUSALS = {
  'malformed-frame': { closeCode: 4400, retry: false, text: 'The frame could not be decoded.' },
  'malformed-update': { closeCode: 4400, retry: false, text: 'The update could not be decoded.' },
  'text-frame': { closeCode: 1003, retry: false, text: 'Frames must be binary.' },
  'too-large': { closeCode: 1009, retry: false, text: 'The message is larger than the server accepts.' },
  unauthorized: { closeCode: 4401, retry: false, text: 'The token was not accepted.' },
  'token-expired': { closeCode: 4401, retry: false, text: 'The token has run out; a new one is needed.' },
  forbidden: { closeCode: 4403, retry: false, text: 'This document is not open to this user.' },
  'keys-unavailable': { closeCode: 4510, retry: true, text: 'The token could not be checked now.' },
  'read-only': { closeCode: 4403, retry: false, text: 'This document may be read but not changed.' },
  'auth-timeout': { closeCode: 4508, retry: true, text: 'No token arrived in time.' },
  'bad-name': { closeCode: 4404, retry: false, text: 'The document name is not allowed.' },
  'too-many-documents': { closeCode: 4429, retry: false, text: 'Too many documents on one connection.' },
  gap: { closeCode: 4509, retry: true, text: 'The update builds on content that the server does not have.' },
  'document-unavailable': {
    closeCode: 4500,
    retry: true,
    text: 'The document could not be loaded. Nothing was changed; the operator has been told.',
  },
  'storage-full': {
    closeCode: 4513,
    retry: true,
    text: 'The disk of the server is full. The edit waits here, and is stored when there is room again.',
  },
  'storage-failed': { closeCode: 4503, retry: true, text: 'The server could not store the edit.' },
  'slow-reader': { closeCode: 1013, retry: true, text: 'The connection did not keep up. Reconnect to catch up.' },
  'rate-limited': { closeCode: 1013, retry: true, text: 'Too much was asked for in too short a time.' },
  'server-restarting': { closeCode: 1012, retry: true, text: 'The server is restarting.' },
  internal: { closeCode: 1011, retry: true, text: 'The server failed to handle the message.' },
} as const satisfies Record<string, RefusalRule>;

export type RefusalCode = keyof typeof REFUSALS;

/** Bad input: ends the session that sent it, never the room. `detail` is for logs and developers. */
export class ProtocolError extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, detail?: string, options?: { cause?: unknown }) {
    super(detail ?? REFUSALS[code].text, options);
    this.name = 'ProtocolError';
    this.code = code;
  }
}
