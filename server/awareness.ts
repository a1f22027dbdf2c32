import * as encoding from 'lib0/encoding';
import { encode } from '../lib/protocol/bytes.ts';
import { ProtocolError } from '../lib/protocol/errors.ts';
import { Reader } from '../lib/protocol/reader.ts';
import { LIMITS } from './limits.ts';

// Who is present in one room, as bytes: the server keeps each person's newest state and does not look into it beyond JSON.
// Invariant: a client id belongs to one owner, and no state is kept of an owner that left.

/** What a presence id belongs to: a session. `user` is undefined for somebody unknown. */
export interface PresenceOwner {
  readonly user: string | undefined;
}

interface Entry {
  clock: number;
  /** JSON as the client sent it. */
  state: string;
  owner: PresenceOwner;
}

interface Change {
  client: number;
  clock: number;
  state: string;
}

/** An id that nobody owns any more: its last clock, and when it was lost. */
interface Left {
  readonly clock: number;
  readonly at: number;
}

const GONE = 'null';

export class Awareness {
  readonly #entries = new Map<number, Entry>();
  /** Changed since the last `takeChanges`, each with what is to be told: the newest state, or that it is gone. */
  readonly #changes = new Map<number, Change>();
  /** Who left lately. What somebody who was here then says of them is not news, but an echo that was still on its way. */
  readonly #left = new Map<number, Left>();
  readonly #entered = new WeakMap<PresenceOwner, number>();
  /** Counts comings and goings. */
  #moment = 0;

  get size(): number {
    return this.#entries.size;
  }

  get changed(): boolean {
    return this.#changes.size > 0;
  }

  /** To be told of each owner before it says anything. */
  enter(owner: PresenceOwner): void {
    this.#entered.set(owner, ++this.#moment);
  }

  /**
   * Takes an awareness update of `owner`, all of it or nothing: throws ProtocolError('malformed-frame' | 'too-large').
   * Entries of ids that belong to someone else are passed over: y-websocket clients repeat what they have heard.
   */
  apply(update: Uint8Array, owner: PresenceOwner): void {
    for (const change of decode(update)) {
      const entry = this.#entries.get(change.client);
      if (entry && entry.owner !== owner && !mayTakeOver(entry, change, owner)) continue;
      if (entry && (change.clock < entry.clock || (change.clock === entry.clock && change.state !== GONE))) continue;
      if (change.state === GONE) {
        if (!entry) continue;
        this.#delete(change.client, change.clock);
      } else {
        if (!entry && this.#isEcho(change, owner)) continue;
        if (!entry && this.#countOf(owner) >= LIMITS.presenceIds)
          throw new ProtocolError('too-large', 'too many presence ids');
        this.#left.delete(change.client);
        this.#entries.set(change.client, { clock: change.clock, state: change.state, owner });
      }
      this.#changes.set(change.client, change);
    }
  }

  /** Forgets all ids of an owner that left. Their clock is not raised, so that the same client is heard when it returns. */
  remove(owner: PresenceOwner): void {
    for (const [client, entry] of this.#entries) {
      if (entry.owner !== owner) continue;
      this.#delete(client, entry.clock);
      this.#changes.set(client, { client, clock: entry.clock, state: GONE });
    }
  }

  /** What changed since the last call, newest states only, as one awareness update. */
  takeChanges(): Uint8Array {
    const update = encodeAwareness([...this.#changes.values()]);
    this.#changes.clear();
    return update;
  }

  /** Everyone who is present, as one awareness update. */
  all(): Uint8Array {
    return encodeAwareness([...this.#entries].map(([client, { clock, state }]) => ({ client, clock, state })));
  }

  #delete(client: number, clock: number): void {
    this.#entries.delete(client);
    this.#left.set(client, { clock, at: ++this.#moment });
    if (this.#left.size <= LIMITS.presenceLeft) return;
    const [oldest] = this.#left.keys();
    if (oldest !== undefined) this.#left.delete(oldest);
  }

  /** The same client on a new connection has come after it left on the old one. */
  #isEcho({ client, clock }: Change, owner: PresenceOwner): boolean {
    const left = this.#left.get(client);
    return left !== undefined && clock <= left.clock && (this.#entered.get(owner) ?? 0) < left.at;
  }

  #countOf(owner: PresenceOwner): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.owner === owner) count++;
    return count;
  }
}

/** A client that reconnects is heard before its old connection is known to be dead: the same user may move an id with a newer clock. */
function mayTakeOver(entry: Entry, change: Change, owner: PresenceOwner): boolean {
  return entry.owner.user === owner.user && change.state !== GONE && change.clock > entry.clock;
}

/** An awareness update without entries: says nothing, and keeps a watchdog quiet. */
export const EMPTY_AWARENESS: Uint8Array = new Uint8Array([0]);

function encodeAwareness(changes: readonly Change[]): Uint8Array {
  return encode((encoder) => {
    encoding.writeVarUint(encoder, changes.length);
    for (const { client, clock, state } of changes) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, state);
    }
  });
}

function decode(update: Uint8Array): Change[] {
  const reader = new Reader(update);
  const count = reader.varUint();
  if (count * 3 > reader.left) reader.fail(`${count} presence entries claimed`); // an entry takes three bytes at least
  const changes: Change[] = [];
  for (let i = 0; i < count; i++) {
    const client = reader.varUint();
    const clock = reader.varUint();
    const length = reader.left;
    const state = reader.varString();
    if (length - reader.left > LIMITS.presenceBytes) {
      throw new ProtocolError('too-large', `a presence state has at most ${LIMITS.presenceBytes} bytes`);
    }
    try {
      JSON.parse(state);
    } catch {
      reader.fail('a presence state is not JSON'); // the parser's message would repeat the input
    }
    changes.push({ client, clock, state });
  }
  reader.end();
  return changes;
}
