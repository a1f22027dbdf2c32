import { ProtocolError } from '../../lib/protocol/errors.ts';
import { LIMITS } from '../limits.ts';

// What one session was asked for by step1s, and what waits for the answers: updates that build on what the server does not have.
// Invariant: while something waits, what comes later waits behind it; so each update is answered once, in its turn.

/** An update that waits, and how many of the client's updates it is to be answered for. */
export interface Waiting {
  readonly update: Uint8Array;
  readonly settles: number;
}

/** Owned by its session. */
export class Gaps {
  /** The step1s that are out, oldest first: how many of the client's updates the answer is to be answered for. */
  readonly #questions: number[] = [];
  /** The newest question is for what was not stored: what was on its way then may build on that, and is no answer. */
  #recovering = false;
  /** Of the client's updates, those that were not stored: they are answered for with the answer to a later question. */
  #owed = 0;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** Questions in a row that did not help. */
  #inVain = 0;

  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** A step1 goes out. A stock client counts on one status for its answer to the first of a session, and on none for later ones. */
  asked(settles: number): void {
    this.#questions.push(settles);
  }

  /** An update that was to be answered for by so many was not stored. */
  owe(settles: number): void {
    this.#owed += settles;
  }

  /** A step1 goes out that asks for all that was not stored. */
  askAgain(): void {
    this.asked(this.#owed);
    this.#owed = 0;
    this.#recovering = true;
  }

  /** Keeps an update until the next answer. Throws ProtocolError('gap') when that is too much to keep. */
  hold(waiting: Waiting): void {
    this.#waitingBytes += waiting.update.length;
    if (this.#waitingBytes > LIMITS.heldGrantedBytes)
      throw new ProtocolError('gap', 'too much waits for what is missing');
    this.#waiting.push(waiting);
  }

  /** Whether a step1 must be sent now, for want of something; then it counts as asked. Throws ProtocolError('gap') after too many in vain. */
  ask(): boolean {
    if (this.#questions.length > 0) return false;
    if (++this.#inVain > LIMITS.resyncs) throw new ProtocolError('gap');
    this.asked(0);
    return true;
  }

  /**
   * The client has answered the oldest question: returns for how many updates that answer is to be answered, and what waited for it, oldest
   * first, to be tried again after it.
   */
  answered(): { settles: number; waited: readonly Waiting[] } {
    const waited = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return { settles: this.#questions.shift() ?? 1, waited };
  }

  /** An update of a client whose every update may be the answer to all that it was asked. */
  maybeAnswered(): void {
    if (!this.#recovering) this.#questions.length = 0;
  }

  /** The answer brought what was missing. */
  mended(): void {
    this.#inVain = 0;
    this.#recovering = false;
  }
}
