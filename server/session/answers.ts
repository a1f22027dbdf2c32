import { answerBudget, type Bucket } from '../budgets.ts';
import type { Clock } from '../clock.ts';
import type { Member } from '../rooms/member.ts';
import type { Room } from '../rooms/room.ts';

// What one session sends of the document: the answer to its client's newest step1, and what it missed while it was behind.
// Invariant: one after the other; who asks and asks without reading has one question waiting, not many answers.

export interface AnswersOptions {
  readonly room: Room;
  readonly member: Member;
  readonly clock: Clock;
  /** The client has been sent the document for the first time. */
  readonly onGiven: () => void;
  /** Nothing could be sent. A ProtocolError is the client's fault. */
  readonly onFailed: (error: unknown) => void;
}

/** Owned by its session. */
export class Answers {
  readonly #options: AnswersOptions;
  readonly #budget: Bucket;
  /** The state vector of the newest step1, if it is not answered yet. */
  #next: Uint8Array | undefined;
  #busy = false;
  #given = false;

  constructor(options: AnswersOptions) {
    this.#options = options;
    this.#budget = answerBudget(options.clock.now());
  }

  /** Whether something else that costs as much may be answered now. */
  take(): boolean {
    return this.#budget.take(this.#options.clock.now());
  }

  /** The client has said what it has. */
  asked(stateVector: Uint8Array): void {
    this.#next = stateVector;
    void this.serve();
  }

  /** Sends what the client waits for, as far as there is room for it; the rest when it is called again, once the connection has drained. */
  async serve(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const { room, member, clock, onGiven, onFailed } = this.#options;
    try {
      for (let more = true; more && !member.full; ) {
        const wait = this.#next ? this.#budget.spend(1, clock.now()) : 0;
        if (wait > 0) await new Promise<void>((resolve) => clock.after(wait, resolve)); // to one who has left meanwhile nothing is sent
        const asked = this.#next;
        this.#next = undefined;
        if (!asked) {
          more = await room.catchUp(member);
        } else if (await room.sendContents(member, asked)) {
          if (!this.#given) onGiven();
          this.#given = true;
        } else {
          this.#next ??= asked;
        }
      }
    } catch (error) {
      onFailed(error);
    } finally {
      this.#busy = false;
    }
  }
}
