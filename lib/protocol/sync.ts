import * as encoding from 'lib0/encoding';
import { encode } from './bytes.ts';
import type { ClientMessage } from './messages.ts';
import type { Reader } from './reader.ts';

// The y-protocols sync message, the part that both dialects share.

export const STEP1 = 0;
export const STEP2 = 1;
export const UPDATE = 2;

export type SyncKind = typeof STEP1 | typeof STEP2 | typeof UPDATE;

export function decodeSync(reader: Reader): ClientMessage {
  const kind = reader.varUint();
  const body = reader.varBytes();
  reader.end();
  switch (kind) {
    case STEP1:
      return { type: 'step1', stateVector: body };
    case STEP2:
      return { type: 'update', update: body, answer: true };
    case UPDATE:
      return { type: 'update', update: body, answer: false };
    default:
      return reader.fail(`unknown sync message ${kind}`);
  }
}

/** The bytes that stand before `length` bytes of body, after a dialect's own head. */
export function syncHead(kind: SyncKind, length: number): Uint8Array {
  return encode((encoder) => {
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint(encoder, length);
  });
}
