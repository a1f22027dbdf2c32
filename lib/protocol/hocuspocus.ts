import * as encoding from 'lib0/encoding';
import { encode } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import { PROTOCOL_LIMITS } from './limits.ts';
import type { ClientMessage, Role, ServerMessage } from './messages.ts';
import { Reader } from './reader.ts';
import { decodeSync, STEP1, STEP2, type SyncKind, UPDATE } from './sync.ts';

// The Hocuspocus dialect: many documents per socket, each frame led by its session's key, auth inside.
// Inkroom's own client speaks it too, with the message types from 64 on (docs/PROTOCOL.md, "Inkroom's additions").

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const QUERY_AWARENESS = 3;
const STATELESS = 5;
const CLOSE = 7;
const SYNC_STATUS = 8;
const PING = 9;
const PONG = 10;
// Inkroom's own, far above what Hocuspocus may come to use.
const NUMBERED_UPDATE = 64;
const SAVED = 65;
const REFUSED = 66;
const ROLE = 67;
const RETRY_AFTER = 68;

const AUTH_TOKEN = 0;
const AUTH_DENIED = 1;
const AUTH_GRANTED = 2;

/** A raw one-byte frame, without a key: sent by version 4 clients. */
export const PING_FRAME: Uint8Array = new Uint8Array([PING]);
export const PONG_FRAME: Uint8Array = new Uint8Array([PONG]);

export type Keyed<M> = { key: string; message: M } | { key: undefined; message: 'ping' | 'pong' };

/** The document named by a session key, which is `name` or `name NUL session` (sessionAwareness). */
export function documentOfKey(key: string): string {
  const end = key.indexOf('\0');
  return end < 0 ? key : key.slice(0, end);
}

function rawFrame(frame: Uint8Array): { key: undefined; message: 'ping' | 'pong' } | undefined {
  if (frame.length !== 1) return undefined;
  if (frame[0] === PING) return { key: undefined, message: 'ping' };
  if (frame[0] === PONG) return { key: undefined, message: 'pong' };
  return undefined;
}

/** Throws ProtocolError. */
export function decodeClientFrame(frame: Uint8Array): Keyed<ClientMessage> {
  return new ClientFrames().decode(frame);
}

/** Reads the frames of one connection. A client says the same key in frame after frame: it is compared with the last, and not decoded again. */
export class ClientFrames {
  #key = '';
  /** The last key as it was written, its length included. */
  #lead = new Uint8Array(0);

  /** As `decodeClientFrame`. */
  decode(frame: Uint8Array): Keyed<ClientMessage> {
    const raw = rawFrame(frame);
    if (raw) return raw;
    const reader = new Reader(frame);
    if (startsWith(frame, this.#lead)) {
      reader.position = this.#lead.length;
    } else {
      this.#key = readKey(reader);
      this.#lead = new Uint8Array(frame.subarray(0, reader.position)); // not slice: that of a Buffer copies nothing
    }
    return { key: this.#key, message: decodeClientMessage(reader) };
  }
}

/** Throws ProtocolError: `malformed-frame`, or `bad-name` for one that is too long, which is not decoded. */
function readKey(reader: Reader): string {
  const start = reader.position;
  if (reader.varBytes().length > PROTOCOL_LIMITS.keyBytes)
    throw new ProtocolError('bad-name', `a session key has at most ${PROTOCOL_LIMITS.keyBytes} bytes`);
  reader.position = start;
  return reader.varString();
}

/** Not when `lead` is empty: nothing was read yet. */
function startsWith(frame: Uint8Array, lead: Uint8Array): boolean {
  if (lead.length === 0 || lead.length > frame.length) return false;
  for (let i = 0; i < lead.length; i++) if (frame[i] !== lead[i]) return false;
  return true;
}

function decodeClientMessage(reader: Reader): ClientMessage {
  const type = reader.varUint();
  switch (type) {
    case SYNC:
      return decodeSync(reader);
    case AWARENESS: {
      const update = reader.varBytes();
      reader.end();
      return { type: 'awareness', update };
    }
    case AUTH: {
      const kind = reader.varUint();
      if (kind !== AUTH_TOKEN) return reader.fail(`unknown auth message ${kind}`);
      const token = reader.varString();
      const version = reader.left > 0 ? reader.varString() : undefined;
      reader.end();
      return { type: 'auth', token, version };
    }
    case QUERY_AWARENESS:
      reader.end();
      return { type: 'queryAwareness' };
    case STATELESS: {
      const payload = reader.varString();
      reader.end();
      return { type: 'stateless', payload };
    }
    case CLOSE:
      return { type: 'leave' }; // a reason may follow; nobody acts on it
    case NUMBERED_UPDATE: {
      const number = reader.varUint();
      const update = reader.varBytes();
      reader.end();
      return { type: 'numberedUpdate', number, update };
    }
    default:
      return reader.fail(`unknown message ${type}`);
  }
}

function head(key: string, type: number): Uint8Array {
  return encode((encoder) => {
    encoding.writeVarString(encoder, key);
    encoding.writeVarUint(encoder, type);
  });
}

/** What leads every sync frame of a session: to be made once. */
export function syncLead(key: string): Uint8Array {
  return head(key, SYNC);
}

export function encodeClientFrame(key: string, message: ClientMessage): Uint8Array {
  return encode((encoder) => {
    encoding.writeVarString(encoder, key);
    switch (message.type) {
      case 'auth':
        encoding.writeVarUint(encoder, AUTH);
        encoding.writeVarUint(encoder, AUTH_TOKEN);
        encoding.writeVarString(encoder, message.token);
        if (message.version !== undefined) encoding.writeVarString(encoder, message.version);
        break;
      case 'step1':
        writeSync(encoder, STEP1, message.stateVector);
        break;
      case 'update':
        writeSync(encoder, message.answer ? STEP2 : UPDATE, message.update);
        break;
      case 'numberedUpdate':
        encoding.writeVarUint(encoder, NUMBERED_UPDATE);
        encoding.writeVarUint(encoder, message.number);
        encoding.writeVarUint8Array(encoder, message.update);
        break;
      case 'awareness':
        encoding.writeVarUint(encoder, AWARENESS);
        encoding.writeVarUint8Array(encoder, message.update);
        break;
      case 'queryAwareness':
        encoding.writeVarUint(encoder, QUERY_AWARENESS);
        break;
      case 'stateless':
        encoding.writeVarUint(encoder, STATELESS);
        encoding.writeVarString(encoder, message.payload);
        break;
      case 'leave':
        encoding.writeVarUint(encoder, CLOSE);
        encoding.writeVarString(encoder, '');
        break;
      default:
        message satisfies never;
    }
  });
}

export function encodeServerFrame(key: string, message: ServerMessage): Uint8Array {
  return encode((encoder) => {
    encoding.writeVarString(encoder, key);
    switch (message.type) {
      case 'askToken':
        encoding.writeVarUint(encoder, AUTH);
        encoding.writeVarUint(encoder, AUTH_TOKEN);
        break;
      case 'granted':
        encoding.writeVarUint(encoder, AUTH);
        encoding.writeVarUint(encoder, AUTH_GRANTED);
        // The stock providers know these two words; Inkroom's role message carries the finer one.
        encoding.writeVarString(encoder, message.role === 'edit' ? 'read-write' : 'readonly');
        break;
      case 'denied':
        encoding.writeVarUint(encoder, AUTH);
        encoding.writeVarUint(encoder, AUTH_DENIED);
        encoding.writeVarString(encoder, message.reason);
        break;
      case 'step1':
        writeSync(encoder, STEP1, message.stateVector);
        break;
      case 'step2':
        writeSync(encoder, STEP2, message.update);
        break;
      case 'update':
        writeSync(encoder, UPDATE, message.update);
        break;
      case 'awareness':
        encoding.writeVarUint(encoder, AWARENESS);
        encoding.writeVarUint8Array(encoder, message.update);
        break;
      case 'stateless':
        encoding.writeVarUint(encoder, STATELESS);
        encoding.writeVarString(encoder, message.payload);
        break;
      case 'ended':
        encoding.writeVarUint(encoder, CLOSE);
        encoding.writeVarString(encoder, message.reason);
        break;
      case 'syncStatus':
        encoding.writeVarUint(encoder, SYNC_STATUS);
        encoding.writeVarUint(encoder, message.saved ? 1 : 0); // read as varInt: the same byte for 0 and 1
        break;
      case 'saved':
        encoding.writeVarUint(encoder, SAVED);
        encoding.writeVarUint(encoder, message.number);
        break;
      case 'refused':
        encoding.writeVarUint(encoder, REFUSED);
        encoding.writeVarUint(encoder, message.number);
        encoding.writeVarString(encoder, message.code);
        encoding.writeVarString(encoder, message.reason);
        break;
      case 'role':
        encoding.writeVarUint(encoder, ROLE);
        encoding.writeVarString(encoder, message.role);
        break;
      case 'retryAfter':
        encoding.writeVarUint(encoder, RETRY_AFTER);
        encoding.writeVarUint(encoder, message.milliseconds);
        break;
      default:
        message satisfies never;
    }
  });
}

function writeSync(encoder: encoding.Encoder, kind: SyncKind, body: Uint8Array): void {
  encoding.writeVarUint(encoder, SYNC);
  encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint8Array(encoder, body);
}

/** What Inkroom's client reads. Throws ProtocolError. Views into `frame`, not copies. */
export function decodeServerFrame(frame: Uint8Array): Keyed<ServerMessage> {
  const raw = rawFrame(frame);
  if (raw) return raw;
  const reader = new Reader(frame);
  const key = reader.varString();
  return { key, message: decodeServerMessage(reader) };
}

function decodeServerMessage(reader: Reader): ServerMessage {
  const type = reader.varUint();
  switch (type) {
    case SYNC: {
      const kind = reader.varUint();
      const body = reader.varBytes();
      if (kind === STEP1) return { type: 'step1', stateVector: body };
      if (kind === STEP2) return { type: 'step2', update: body };
      if (kind === UPDATE) return { type: 'update', update: body };
      return reader.fail(`unknown sync message ${kind}`);
    }
    case AWARENESS:
      return { type: 'awareness', update: reader.varBytes() };
    case AUTH: {
      const kind = reader.varUint();
      if (kind === AUTH_TOKEN) return { type: 'askToken' };
      if (kind === AUTH_DENIED) return { type: 'denied', reason: reader.varString() };
      if (kind === AUTH_GRANTED) return { type: 'granted', role: reader.varString() === 'readonly' ? 'view' : 'edit' };
      return reader.fail(`unknown auth message ${kind}`);
    }
    case STATELESS:
      return { type: 'stateless', payload: reader.varString() };
    case CLOSE:
      return { type: 'ended', reason: reader.varString() };
    case SYNC_STATUS:
      return { type: 'syncStatus', saved: reader.varUint() === 1 };
    case SAVED:
      return { type: 'saved', number: reader.varUint() };
    case REFUSED:
      return { type: 'refused', number: reader.varUint(), code: reader.varString(), reason: reader.varString() };
    case ROLE:
      return { type: 'role', role: readRole(reader) };
    case RETRY_AFTER:
      return { type: 'retryAfter', milliseconds: reader.varUint() };
    default:
      return reader.fail(`unknown message ${type}`);
  }
}

function readRole(reader: Reader): Role {
  const role = reader.varString();
  if (role === 'view' || role === 'comment' || role === 'edit') return role;
  return reader.fail(`unknown role ${role}`);
}
