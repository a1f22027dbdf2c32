import * as hocuspocus from '../lib/protocol/hocuspocus.ts';
import type { ServerMessage } from '../lib/protocol/messages.ts';
import type { SyncKind } from '../lib/protocol/sync.ts';
import * as yWebsocket from '../lib/protocol/y-websocket.ts';

// How one session is spoken to. Rooms think in messages; a dialect turns them into bytes.
// Invariant: two sessions of a room with the same voice are sent the same bytes, so a room encodes once per voice.

export interface Dialect {
  readonly name: 'y-websocket' | 'hocuspocus';
  readonly voice: string;
  /** Undefined where the dialect has no words for the message. */
  encode(message: ServerMessage): Uint8Array | undefined;
  /** What stands before `length` bytes of sync body in a message, for bodies that are sent as they are stored. */
  syncHead(kind: SyncKind, length: number): Uint8Array;
}

export const yWebsocketDialect: Dialect = {
  name: 'y-websocket',
  voice: 'y-websocket',
  encode: yWebsocket.encodeServerFrame,
  syncHead: yWebsocket.syncFrameHead,
};

/** The Hocuspocus dialect under one session key, which every frame repeats. */
export function hocuspocusDialect(key: string): Dialect {
  const lead = hocuspocus.syncLead(key);
  return {
    name: 'hocuspocus',
    voice: `hocuspocus ${key}`,
    encode: (message) => hocuspocus.encodeServerFrame(key, message),
    syncHead: (kind, length) => hocuspocus.syncFrameHead(lead, kind, length),
  };
}
