import type { ProtocolError } from '../../lib/protocol/errors.ts';
import type { Listener } from './presence.ts';

// What a room knows of those in it, and of what they say.

/** A session, as its room sees it. */
export interface Member extends Listener {
  /** Too much waits for it to be given a document. */
  readonly full: boolean;
  /** Frames saying that `count` more of its updates are on disk, the last of them `number`; undefined when its dialect has no words for it. */
  acknowledgement(count: number, number: number): Uint8Array | undefined;
  /** An update of it was accepted that brings so many clients, more than one: each costs a join, and everybody's memory. */
  brought(clients: number): void;
  /** Accepted before, but not stored: the disk is full. */
  notStored(offer: Offer): void;
  /** There is room again: asks for all that was not stored. `stateVector`: what is. */
  askAgain(stateVector: Uint8Array): void;
  /** It cannot go on here. */
  fail(error: ProtocolError): void;
}

/** An update as a member says it. */
export interface Offer {
  readonly update: Uint8Array;
  /** Counted from 1, where the dialect counts. */
  readonly number: number;
  /** How many of the member's updates are acknowledged with it: itself, or what is repeated in it. */
  readonly settles: number;
}

/** An offer that was accepted, until it is on disk. */
export interface Entry {
  readonly member: Member;
  readonly offer: Offer;
  /** An update that says nothing new is not stored: it waits its turn to be acknowledged. */
  readonly novel: boolean;
}
