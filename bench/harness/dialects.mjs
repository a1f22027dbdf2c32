// The frames of the two wire protocols, as far as a load client needs them: bytes in, bytes out, nothing allocated to read one.

import * as encoding from 'lib0/encoding';
import { Cursor } from './cursor.mjs';

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const SYNC_STATUS = 8;
const STEP1 = 0;
const STEP2 = 1;
const UPDATE = 2;

const EMPTY_STATE_VECTOR = new Uint8Array([0]);
const EMPTY_UPDATE = new Uint8Array([0, 0]);

/** What `read` found: `kind`, and for those with a body where it lies in the frame. Reused by every call. */
export const found = { kind: 'other', from: 0, to: 0 };

function frame(key, write) {
  const encoder = encoding.createEncoder();
  if (key !== undefined) encoding.writeVarString(encoder, key);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function sync(key, kind, body) {
  return frame(key, (encoder) => {
    encoding.writeVarUint(encoder, SYNC);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, body);
  });
}

function awareness(key, update) {
  return frame(key, (encoder) => {
    encoding.writeVarUint(encoder, AWARENESS);
    encoding.writeVarUint8Array(encoder, update);
  });
}

function auth(key) {
  return frame(key, (encoder) => {
    encoding.writeVarUint(encoder, AUTH);
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarString(encoder, 'bench');
    encoding.writeVarString(encoder, '4.7.0'); // as @hocuspocus/provider 4 announces itself
  });
}

const cursor = new Cursor();

function readMessage() {
  const type = cursor.varUint();
  found.kind = 'other';
  if (type === SYNC) {
    const kind = cursor.varUint();
    found.kind = kind === STEP1 ? 'step1' : kind === STEP2 ? 'step2' : 'update';
  } else if (type === AWARENESS) {
    found.kind = 'awareness';
  } else {
    if (type === SYNC_STATUS) found.kind = 'saved';
    return found;
  }
  const length = cursor.varUint();
  found.from = cursor.at;
  found.to = cursor.at + length;
  return found;
}

const yWebsocket = {
  /** Frames to send when the socket is open, by somebody who holds what `vector` says. */
  hello: (_room, vector = EMPTY_STATE_VECTOR) => [sync(undefined, STEP1, vector)],
  /** Whether the server says when it has taken an update. */
  acknowledges: false,
  answer: () => sync(undefined, STEP2, EMPTY_UPDATE),
  update: (_room, update) => sync(undefined, UPDATE, update),
  awareness: (_room, update) => awareness(undefined, update),
  read(bytes) {
    cursor.set(bytes, 0);
    return readMessage();
  },
};

const hocuspocus = {
  hello: (room, vector = EMPTY_STATE_VECTOR) => [auth(room), sync(room, STEP1, vector)],
  acknowledges: true,
  answer: (room) => sync(room, STEP2, EMPTY_UPDATE),
  update: (room, update) => sync(room, UPDATE, update),
  awareness: (room, update) => awareness(room, update),
  read(bytes) {
    cursor.set(bytes, 0);
    cursor.skipVarBytes();
    if (cursor.at >= bytes.length) {
      // a lone ping or pong, which reads as the length of a key that is not there
      found.kind = 'other';
      return found;
    }
    return readMessage();
  },
};

/** The relay answers nothing, so nothing is asked of it: `hello` is empty and an open socket is a joined one. */
export const DIALECTS = {
  'y-websocket': yWebsocket,
  hocuspocus,
  relay: { ...yWebsocket, hello: () => [] },
  'durable-relay': { ...yWebsocket, hello: () => [], acknowledges: true },
};

/** `update` as the relay has it lying ready for a join. */
export function storedFrame(update) {
  return sync(undefined, STEP2, update);
}
