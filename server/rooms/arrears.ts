// What a room owes those who read too slowly: nothing is queued for them, so it is noted what they are to be sent later.
// Invariant: the notes of one member are of one size, whatever it misses: a state vector, a count, a flag.

export interface Owed {
  /** State vector of what the member has been sent of the document; undefined while it misses no edits. */
  stateVector: Uint8Array | undefined;
  /** How many of its own updates are on disk without its knowing, and the number of the last. */
  count: number;
  number: number;
  /** Somebody came, moved or went. */
  presence: boolean;
}

/** Owned by a room. */
export class Arrears<Member> {
  readonly #owed = new Map<Member, Owed>();

  of(member: Member): Owed | undefined {
    return this.#owed.get(member);
  }

  /** Whether acknowledgements of `member` must wait their turn behind earlier ones. */
  holdsAcknowledgements(member: Member): boolean {
    return this.#owed.size > 0 && (this.#owed.get(member)?.count ?? 0) > 0;
  }

  oweEdits(member: Member, stateVector: Uint8Array): void {
    this.#note(member).stateVector = stateVector;
  }

  oweAcknowledgements(member: Member, count: number, number: number): void {
    const owed = this.#note(member);
    owed.count += count;
    owed.number = number;
  }

  owePresence(member: Member): void {
    this.#note(member).presence = true;
  }

  /** All has been sent, or will never be. */
  forget(member: Member): void {
    this.#owed.delete(member);
  }

  #note(member: Member): Owed {
    let owed = this.#owed.get(member);
    if (!owed) {
      owed = { stateVector: undefined, count: 0, number: 0, presence: false };
      this.#owed.set(member, owed);
    }
    return owed;
  }
}
