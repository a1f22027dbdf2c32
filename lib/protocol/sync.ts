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

/** How many bytes stand before `length` bytes of body, after a dialect's own lead. */
export function syncHeadBytes(length: number): number {
  let bytes = 2;
  for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}

/** Writes them, and returns where the body begins. Written by hand: every edit that is sent passes here. */
export function writeSyncHead(target: Uint8Array, at: number, kind: SyncKind, length: number): number {
  target[at] = kind;
  let next = at + 1;
  let rest = length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) target[next++] = (rest & 0x7f) | 0x80;
  target[next++] = rest;
  return next;
}
