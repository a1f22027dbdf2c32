import { ProtocolError } from '../lib/protocol/errors.ts';
import { LIMITS } from './limits.ts';

// Updates of one session that build on what the server does not have: they wait until the client has said the rest.
// Invariant: while something waits, what comes later waits behind it; so each update is answered once, in its turn.

/** Owned by its session. */
export class Gaps {
  /** The server's step1 is out. */
  #asking: boolean;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Questions in a row that did not help. */
  #inVain = 0;

  /** `asking`: a step1 is out already. */
  constructor(asking: boolean) {
    this.#asking = asking;
  }

  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Keeps `update` until the next answer. Throws ProtocolError('gap') when that is too much to keep. */
  hold(update: Uint8Array): void {
    this.#waitingBytes += update.length;
    if (this.#waitingBytes > LIMITS.heldGrantedBytes)
      throw new ProtocolError('gap', 'too much waits for what is missing');
    this.#waiting.push(update);
  }

  /** Whether a step1 must be sent now. Throws ProtocolError('gap') after too many in vain. */
  ask(): boolean {
    if (this.#asking) return false;
    if (++this.#inVain > LIMITS.resyncs) throw new ProtocolError('gap');
    this.#asking = true;
    return true;
  }

  /** The client has answered: returns what waited for that, oldest first, to be tried again after the answer. */
  answered(): readonly Uint8Array[] {
    const waited = this.#waiting;
    this.#asking = false;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return waited;
  }

  /** The answer brought what was missing. */
  mended(): void {
    this.#inVain = 0;
  }
}
