import { ProtocolError } from '../../lib/protocol/errors.ts';

// Which member of a room writes under which client id of Yjs. Whoever writes under somebody else's id uses up the clocks of his next edits:
// Yjs takes those for known then, and drops them without a word.
// Invariant: an id belongs to one member that is here, and a member has one.

/** One who writes. */
export interface Writer {
  readonly user: string | undefined;
}

/** Owned by its room. */
export class Writers<W extends Writer> {
  readonly #writers = new Map<number, W>();
  readonly #ids = new Map<W, number>();

  /** From now on `client` is the id of `writer`. */
  claim(writer: W, client: number): void {
    this.release(writer);
    const before = this.#writers.get(client);
    if (before) this.#ids.delete(before);
    this.#writers.set(client, writer);
    this.#ids.set(writer, client);
  }

  release(writer: W): void {
    const client = this.#ids.get(writer);
    if (client === undefined) return;
    this.#ids.delete(writer);
    this.#writers.delete(client);
  }

  /**
   * Whether `writer` writes under `client` already. Throws ProtocolError('gap') when somebody else does, who is another user: to be asked again, because
   * clients also pass on what they have heard past the server, and it comes from its author in a moment.
   */
  isWriter(writer: W, client: number): boolean {
    const owner = this.#writers.get(client);
    if (owner === writer) return true;
    if (owner && owner.user !== writer.user) {
      throw new ProtocolError('gap', `new content of client ${client}, who is here and writes himself`);
    }
    return false;
  }
}
