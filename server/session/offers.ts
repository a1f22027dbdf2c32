import { ProtocolError, REFUSALS, type RefusalCode } from '../../lib/protocol/errors.ts';
import type { ServerMessage } from '../../lib/protocol/messages.ts';
import type { Dialect } from '../frames/dialect.ts';
import { frame } from '../frames/outbox.ts';
import type { Metrics } from '../metrics.ts';
import type { Member, Offer } from '../rooms/member.ts';
import type { Room } from '../rooms/room.ts';
import { Gaps } from './gaps.ts';

// What one client offers to its room, update by update, and what it is told of each.
// Invariant: every update is answered exactly once, in order; one that builds on what the server does not have waits for that, or is asked for anew.

/** How updates are acknowledged: not at all, one SyncStatus each, or by Inkroom's numbers. */
export type Acknowledging = 'nothing' | 'each' | 'numbers';

export interface OffersOptions {
  readonly room: Room;
  readonly member: Member;
  readonly dialect: Dialect;
  readonly acknowledging: Acknowledging;
  readonly metrics: Metrics;
  /** Whether its grant is one to edit, now. */
  readonly mayWrite: () => boolean;
  readonly send: (message: ServerMessage) => void;
  /** An update was judged in a later turn, in such a way that the connection must end. */
  readonly onFatal: (error: ProtocolError) => void;
  /** A fault of the server's. */
  readonly onCrash: (error: unknown) => void;
}

/** Owned by its session; `close()` may be called twice. What it takes throws ProtocolError when that must end the connection. */
export class Offers {
  readonly #options: OffersOptions;
  readonly #gaps = new Gaps();
  /** The one frame that acknowledges an update of a stock client: always the same. */
  #saved: Uint8Array | undefined;
  #isOver = false;

  constructor(options: OffersOptions) {
    this.#options = options;
    // The step1 of the join is the first question; an Inkroom client sends nothing before it has answered that.
    if (options.acknowledging !== 'numbers') this.#gaps.asked(1);
  }

  /** An update of a stock client. */
  update(update: Uint8Array): void {
    if (this.#gaps.waiting) this.#gaps.hold({ update, settles: 1 });
    else this.#accept({ update, number: 0, settles: 1 });
  }

  /** Its answer to the oldest question. */
  answer(update: Uint8Array): void {
    const { settles, waited } = this.#gaps.answered();
    const offers = [{ update, number: 0, settles }, ...waited.map((waiting) => ({ ...waiting, number: 0 }))];
    const last = offers.at(-1);
    for (const offer of offers) {
      this.#accept(offer, () => {
        if (offer === last && !this.#gaps.waiting) this.#gaps.mended();
      });
    }
  }

  /** An update of an Inkroom client. */
  numbered(update: Uint8Array, number: number): void {
    this.#gaps.maybeAnswered(); // it answers by a numbered update as well, so any may be the answer
    this.#accept({ update, number, settles: 1 });
  }

  /** As `Member.acknowledgement`. */
  acknowledgement(count: number, number: number): Uint8Array | undefined {
    const { acknowledging } = this.#options;
    switch (acknowledging) {
      case 'nothing':
        return undefined;
      case 'each': {
        this.#saved ??= this.#frame({ type: 'syncStatus', saved: true });
        const status = count > 0 ? this.#saved : undefined;
        return status && (count === 1 ? status : Buffer.concat(Array.from({ length: count }, () => status)));
      }
      case 'numbers':
        return this.#frame({ type: 'saved', number });
      default:
        return acknowledging satisfies never;
    }
  }

  /** As `Member.notStored`. */
  notStored({ number, settles }: Offer): void {
    const { metrics, acknowledging, send } = this.#options;
    metrics.updatesRefused['storage-full']++;
    if (acknowledging === 'numbers') send(refused(new ProtocolError('storage-full'), number));
    else this.#gaps.owe(settles); // nothing is said: a stock client counts on the status of each, and has no words for "later"
  }

  /** As `Member.askAgain`. */
  askAgain(stateVector: Uint8Array): void {
    this.#gaps.askAgain();
    this.#options.send({ type: 'step1', stateVector });
  }

  /** What is judged from now on concerns nobody. */
  close(): void {
    this.#isOver = true;
  }

  /** `judged`: called once it is known whether it is accepted, perhaps in a later turn. */
  #accept(offer: Offer, judged?: () => void): void {
    if (this.#isOver) return; // what came before it has ended the session
    const { room, member, acknowledging, mayWrite, onFatal, onCrash } = this.#options;
    room.accept(member, offer, mayWrite(), (refusal) => {
      if (this.#isOver) return;
      try {
        if (refusal) this.#notAccepted(offer, refusal);
        else if (acknowledging === 'numbers') this.#gaps.mended();
        judged?.();
      } catch (error) {
        if (error instanceof ProtocolError) onFatal(error);
        else onCrash(error);
      }
    });
  }

  /** Throws ProtocolError when that must end the connection. */
  #notAccepted(offer: Offer, error: ProtocolError): void {
    const { acknowledging, metrics, send, onCrash } = this.#options;
    if (error.code === 'storage-full') {
      this.notStored(offer);
      return;
    }
    // A stock client's update with a gap is not refused: it waits.
    if (error.code !== 'gap' || acknowledging === 'numbers') metrics.updatesRefused[error.code]++;
    if (error.code === 'internal') onCrash(error.cause);
    else if (error.code === 'gap') this.#askForTheRest(offer, error);
    else if (error.code === 'malformed-update') throw error;
    else if (acknowledging === 'numbers') send(refused(error, offer.number));
    else if (acknowledging === 'each') {
      if (offer.settles > 0) send({ type: 'syncStatus', saved: false });
    }
    // A y-websocket client warns of it. Were the connection closed, versions before 3.1 would come back at once with the same edit.
    else if (error.code === 'read-only') send({ type: 'denied', reason: REFUSALS['read-only'].text });
    else throw error; // it has no words for anything else but the close code
  }

  /**
   * The update builds on what the server does not have, and the session goes on. A stock client's waits for the answer to a step1: all of them
   * say what they have when they are asked, and count on an acknowledgement of each update. Inkroom's client offers its own again.
   */
  #askForTheRest(offer: Offer, error: ProtocolError): void {
    const { room, member, acknowledging, send } = this.#options;
    if (acknowledging === 'numbers') send(refused(error, offer.number));
    else this.#gaps.hold(offer);
    if (this.#gaps.ask()) send({ type: 'step1', stateVector: room.stateVector(member) });
  }

  #frame(message: ServerMessage): Uint8Array | undefined {
    const bytes = this.#options.dialect.encode(message);
    return bytes && frame(bytes);
  }
}

/** Tells an Inkroom client that an update was not accepted; `number` 0: the document as a whole. */
export function refused(error: ProtocolError, number: number): ServerMessage {
  const code: RefusalCode = error.code;
  return { type: 'refused', number, code, reason: REFUSALS[code].text };
}
