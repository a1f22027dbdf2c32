import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import type { ServerMessage } from '../../lib/protocol/messages.ts';
import * as yWebsocket from '../../lib/protocol/y-websocket.ts';

// How one session is spoken to. Rooms think in messages; a dialect turns them into bytes.
// Invariant: two sessions of a room with the same voice are sent the same bytes, so a room encodes once per voice.

export interface Dialect {
  readonly name: 'y-websocket' | 'hocuspocus';
  readonly voice: string;
  /** Undefined where the dialect has no words for the message. */
  encode(message: ServerMessage): Uint8Array | undefined;
  /** What leads each message of the sync protocol: rooms write those themselves, around bodies as they are stored. */
  readonly syncLead: Uint8Array;
}

export const yWebsocketDialect: Dialect = {
  name: 'y-websocket',
  voice: 'y-websocket',
  encode: yWebsocket.encodeServerFrame,
  syncLead: yWebsocket.SYNC_LEAD,
};

/** The Hocuspocus dialect under one session key, which every frame repeats. */
export function hocuspocusDialect(key: string): Dialect {
  return {
    name: 'hocuspocus',
    voice: `hocuspocus ${key}`,
    encode: (message) => hocuspocus.encodeServerFrame(key, message),
    syncLead: hocuspocus.syncLead(key),
  };
}
