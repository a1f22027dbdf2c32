import type { ProtocolError } from '../../lib/protocol/errors.ts';
import type { Pace } from '../rooms/presence.ts';

// A connection, as the sessions see it that it carries.
// Invariant: what they hand to it goes out whole and in order, or the connection ends.

export interface Carrier {
  deliver(frames: Uint8Array): void;
  deliverAll(pieces: readonly Uint8Array[]): void;
  readonly pace: Pace;
  readonly full: boolean;
  /** Ends the whole connection. */
  end(error: ProtocolError): void;
  /** The auth rule is to be asked: undefined when it may be now; else resolves when it may. Throws ProtocolError('rate-limited') when it was asked too often. */
  enters(): Promise<void> | undefined;
  /** It has said something that costs as much as so many frames more. */
  spends(frames: number): void;
  /** What the auth rule answered. */
  granted(user: string | undefined): void;
}
