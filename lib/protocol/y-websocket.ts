import * as encoding from 'lib0/encoding';
import { encode } from './bytes.ts';
import type { ClientMessage, ServerMessage } from './messages.ts';
import { Reader } from './reader.ts';
import { decodeSync, STEP1, STEP2, type SyncKind, UPDATE } from './sync.ts';

// The y-websocket dialect, server side: one document per socket, one message per frame (docs/PROTOCOL.md, "The y-websocket dialect").

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

/** What leads every sync frame. */
export const SYNC_LEAD: Uint8Array = Uint8Array.of(SYNC);

/** Undefined where the dialect has no words for the message. */
export function encodeServerFrame(message: ServerMessage): Uint8Array | undefined {
  switch (message.type) {
    case 'step1':
      return sync(STEP1, message.stateVector);
    case 'step2':
      return sync(STEP2, message.update);
    case 'update':
      return sync(UPDATE, message.update);
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

function sync(kind: SyncKind, body: Uint8Array): Uint8Array {
  return encode((encoder) => {
    encoding.writeVarUint(encoder, SYNC);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, body);
  });
}
