import type { ClientMessage, ServerMessage } from '../protocol/messages.ts';

// What the pure part is told, and what it asks of the part that holds sockets, timers and documents.
// Invariant: effects are carried out in the order in which they were asked for.

/** What a pure step may know of the world: the time in milliseconds and a random number from 0 up to 1. */
export interface Moment {
  readonly now: number;
  readonly random: number;
}

/** A server message as it reaches a session. `serverLacks`: the document holds content that the state vector does not. */
export type Incoming =
  | Exclude<ServerMessage, { type: 'step1' }>
  | { type: 'step1'; stateVector: Uint8Array; serverLacks: boolean };

/** About one document. `session` is the id of its session, `key` the session's name on the wire. */
export type SessionEffect =
  | { do: 'askToken'; session: number; key: string }
  | { do: 'send'; session: number; key: string; message: ClientMessage }
  /** Sends step1 with the document's state vector. */
  | { do: 'sendVector'; session: number; key: string }
  /**
   * Sends what a holder of `stateVector` lacks of the document, as numbered update `number`. `afterGap`: the server has found a gap in the last one.
   */
  | { do: 'sendDifference'; session: number; key: string; number: number; stateVector: Uint8Array; afterGap: boolean }
  /** Sends one's own presence, newer than before, and from now on whatever becomes of it. */
  | { do: 'announce'; session: number; key: string }
  /** Tells the others that one is gone, if they know that one was there. */
  | { do: 'withdraw'; session: number }
  | { do: 'apply'; session: number; update: Uint8Array }
  | { do: 'applyPresence'; session: number; update: Uint8Array }
  /** Removes the others: nobody tells any more whether they are there. Nothing is told them either. */
  | { do: 'forgetOthers'; session: number }
  /** Edits up to `upTo` are on the server's disk and need not be kept here. */
  | { do: 'forgetKept'; session: number; upTo: number };

/** About the connection. */
export type LinkEffect =
  | { do: 'connect' }
  /** Ends the socket, open or not; nothing that it still says is listened to. */
  | { do: 'disconnect' }
  | { do: 'ping' }
  /** Sends the event `settle` when this turn of the event loop is over. */
  | { do: 'settleSoon' };

export type Effect = SessionEffect | LinkEffect;
