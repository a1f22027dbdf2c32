import * as encoding from 'lib0/encoding';
import { concat, encode } from './bytes.ts';
import type { ClientMessage, ServerMessage } from './messages.ts';
import { Reader } from './reader.ts';
import { decodeSync, STEP1, STEP2, type SyncKind, syncHead, UPDATE } from './sync.ts';

// The y-websocket dialect, server side: one document per socket, one message per frame (docs/PROTOCOL.md, YWS rules).

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const QUERY_AWARENESS = 3;

/** Throws ProtocolError. */
export function decodeClientFrame(frame: Uint8Array): ClientMessage {
  const reader = new Reader(frame);
  const type = reader.varUint();
  switch (type) {
    case SYNC:
      return decodeSync(reader);
    case AWARENESS: {
      const update = reader.varBytes();
      reader.end();
      return { type: 'awareness', update };
    }
    case QUERY_AWARENESS:
      reader.end();
      return { type: 'queryAwareness' };
    default:
      return reader.fail(`unknown message ${type}`);
  }
}

/** The bytes of a frame that stand before `length` bytes of sync body: lets stored bytes be sent uncopied. */
export function syncFrameHead(kind: SyncKind, length: number): Uint8Array {
  return concat([new Uint8Array([SYNC]), syncHead(kind, length)]);
}

/** Undefined where the dialect has no words for the message. */
export function encodeServerFrame(message: ServerMessage): Uint8Array | undefined {
  switch (message.type) {
    case 'step1':
      return concat([syncFrameHead(STEP1, message.stateVector.length), message.stateVector]);
    case 'step2':
      return concat([syncFrameHead(STEP2, message.update.length), message.update]);
    case 'update':
      return concat([syncFrameHead(UPDATE, message.update.length), message.update]);
    case 'awareness':
      return encode((encoder) => {
        encoding.writeVarUint(encoder, AWARENESS);
        encoding.writeVarUint8Array(encoder, message.update);
      });
    case 'denied':
      return encode((encoder) => {
        encoding.writeVarUint(encoder, AUTH);
        encoding.writeVarUint(encoder, 0);
        encoding.writeVarString(encoder, message.reason);
      });
    default:
      return undefined;
  }
}
