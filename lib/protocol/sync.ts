import * as encoding from 'lib0/encoding';
import { encode } from './bytes.ts';
import type { ClientMessage } from './messages.ts';
import { Reader } from './reader.ts';

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
      checkStateVector(new Reader(body));
      return { type: 'step1', stateVector: body };
    case STEP2:
      return { type: 'update', update: body, answer: true };
    case UPDATE:
      return { type: 'update', update: body, answer: false };
    default:
      return reader.fail(`unknown sync message ${kind}`);
  }
}

/** Looked through at the edge, so that whoever makes a difference from it, in another thread, is not handed nonsense. */
function checkStateVector(reader: Reader): void {
  const clients = reader.varUint();
  if (clients * 2 > reader.left) reader.fail(`${clients} clients claimed, ${reader.left} bytes left`);
  for (let i = 0; i < clients; i++) {
    reader.varUint(); // its id
    reader.varUint(); // its clock
  }
  reader.end();
}

/** The bytes that stand before `length` bytes of body, after a dialect's own head. Written by hand: every edit that is sent passes here. */
export function syncHead(kind: SyncKind, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(kind, length);
  if (length < 0x4000) return Uint8Array.of(kind, (length & 0x7f) | 0x80, length >>> 7);
  return encode((encoder) => {
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint(encoder, length);
  });
}
