import * as encoding from 'lib0/encoding';
import { encode } from '../../lib/protocol/bytes.ts';
import { ContentReader } from '../../lib/protocol/content.ts';
import { ProtocolError } from '../../lib/protocol/errors.ts';
import { LIMITS } from '../limits.ts';
import { type Identity, stamped } from './stamp.ts';

// Who is present in one room, as bytes: the server keeps each person's newest state, checked to be JSON, and ready to be sent.
// Invariant: a session has one id, an id one session, and no state is kept of a session that left.
// Clients take a state only when its clock is newer than the last that they remember, also of somebody who left and is back. So the others are
// told clocks of the server's own, and each client is kept some way ahead of them: docs/decisions/0013-clocks-of-presence.md.

/** What a presence id belongs to: a session. */
export type PresenceOwner = Identity;

/** An owner in this room. */
interface Seat<Owner> {
  readonly owner: Owner;
  /** The moment at which it came: no two seats have the same. */
  readonly entered: number;
  client: number | undefined;
}

interface Entry<Owner> {
  seat: Seat<Owner>;
  /** The seat that it was taken from, by its moment. Should that one speak, it was not dead: it gets the id back, and keeps it (`settled`). */
  before: number | 'nobody' | 'settled';
  /** The newest clock of the client itself. */
  said: number;
  /** The newest under which anyone was told. */
  clock: number;
  /** The clock above which the client was raised. It must not hear of itself under a newer one: it would take that for its own newest state. */
  raised: number;
  /** JSON as the client sent it, or stamped. */
  state: Uint8Array;
  toldAt: number;
}

/** An id that nobody owns any more: the last clock that others may remember, and when it was lost. */
interface Left {
  readonly clock: number;
  readonly at: number;
}

/** What a message says of one id. */
interface Said {
  readonly client: number;
  readonly clock: number;
  /** JSON; `undefined`: that it is gone. */
  readonly state: Uint8Array | undefined;
}

/** What the others are told of one id; without a state, that it is gone. */
type Told = Pick<Said, 'client' | 'clock' | 'state'>;

/** Clocks by which a client is raised. Half are passed over when it has been, one is used up by each who joins. */
const RAISE = 1_000;
/** Clocks by which a claim may exceed what others remember: years of moving. Whoever forges more does not shut the rightful owner out. */
const JUMP = 2 ** 32;

export class Awareness<Owner extends PresenceOwner = PresenceOwner> {
  readonly #seats = new Map<Owner, Seat<Owner>>();
  readonly #entries = new Map<number, Entry<Owner>>();
  /** Of whom the others must be told: that they moved, or, with which clock, that they are gone. */
  readonly #moved = new Set<number>();
  readonly #gone = new Map<number, number>();
  /** What those are told who join within a moment. */
  #everyone: { readonly update: Uint8Array; readonly at: number } | undefined;
  /** Who left lately: what somebody who was here then says of them is not news, but an echo that was still on its way. */
  readonly #left = new Map<number, Left>();
  /** Counts comings and goings. */
  #moment = 0;
  readonly #stamps: boolean;

  /** `stamps`: owners are who they are by their tokens, and the server says so. Else states pass as they are. */
  constructor({ stamps = false }: { stamps?: boolean } = {}) {
    this.#stamps = stamps;
  }

  get size(): number {
    return this.#entries.size;
  }

  get changed(): boolean {
    return this.#moved.size > 0 || this.#gone.size > 0;
  }

  /** To be told of each owner before it says anything. */
  enter(owner: Owner): void {
    this.#seats.set(owner, { owner, entered: ++this.#moment, client: undefined });
  }

  /** Forgets the owner and its id. */
  leave(owner: Owner): void {
    const seat = this.#seats.get(owner);
    this.#seats.delete(owner);
    if (seat) this.#withdraw(seat);
  }

  /**
   * Takes what `owner` says, all of it or nothing: throws ProtocolError('malformed-frame' | 'too-large'). What it says of ids that are not its
   * own is passed over: y-websocket clients repeat what they have heard. Returns what its client must be sent before anything else, so that it
   * raises its clock; undefined where nothing is to be raised.
   */
  apply(update: Uint8Array, owner: Owner): Uint8Array | undefined {
    const seat = this.#seats.get(owner);
    if (!seat) return undefined;
    let raise: Uint8Array | undefined;
    for (const said of this.#read(update, seat)) {
      if (seat.client === said.client) this.#hear(seat, said);
      else if (said.state && !raise && this.#mayClaim(seat, said)) raise = this.#claim(seat, said, said.state);
    }
    return raise;
  }

  /** The id of `owner`. */
  idOf(owner: Owner): number | undefined {
    return this.#seats.get(owner)?.client;
  }

  /** What the others must be told at `now`, as one awareness update: newest states, and nobody more often than an eye can follow. */
  takeChanges(now: number): Uint8Array | undefined {
    const changes: Told[] = Array.from(this.#gone, ([client, clock]) => ({ client, clock, state: undefined }));
    this.#gone.clear();
    for (const client of this.#moved) {
      const entry = this.#entries.get(client);
      if (entry && now - entry.toldAt < LIMITS.presenceRestMs) continue;
      this.#moved.delete(client);
      if (!entry) continue;
      entry.toldAt = now;
      changes.push({ client, clock: entry.clock, state: entry.state });
    }
    if (changes.length === 0) return undefined;
    this.#everyone = undefined;
    return encodeAwareness(changes);
  }

  /**
   * Everyone who is present, as one awareness update for somebody who joins: each under a new clock, because the same client may have been here
   * before and remember the last. `raise` sends an update to an owner that must be raised for that.
   */
  all(now: number, raise: (owner: Owner, update: Uint8Array) => void): Uint8Array {
    if (this.#everyone && now - this.#everyone.at < LIMITS.presenceRestMs) return this.#everyone.update;
    const present: Told[] = [];
    for (const [client, entry] of this.#entries) {
      entry.clock++;
      if (entry.clock > Math.max(entry.raised, entry.said)) raise(entry.seat.owner, raised(client, entry));
      present.push({ client, clock: entry.clock, state: entry.state });
    }
    const update = encodeAwareness(present);
    this.#everyone = { update, at: now };
    return update;
  }

  /** Who left lately, for somebody who may not have been told. */
  gone(): Uint8Array {
    return encodeAwareness(Array.from(this.#left, ([client, { clock }]) => ({ client, clock, state: undefined })));
  }

  /**
   * Reads a message whole, and returns what it says of the seat's own id, or of one that it may want. What is old is not looked into:
   * in a room of y-websocket clients nearly all that comes in is what went out.
   */
  #read(update: Uint8Array, seat: Seat<Owner>): Said[] {
    if (update.length > LIMITS.presenceMessageBytes)
      throw new ProtocolError('too-large', `a message of presence has at most ${LIMITS.presenceMessageBytes} bytes`);
    const reader = new ContentReader(update, 'malformed-frame');
    const found: Said[] = [];
    const ids = reader.count(3);
    if (ids > LIMITS.presenceIds) throw new ProtocolError('too-large', `presence of ${ids} at once`);
    for (let left = ids; left > 0; left--) {
      const client = reader.varUint();
      const clock = reader.varUint();
      const start = reader.position;
      const bytes = reader.varBytes();
      if (bytes.length > LIMITS.presenceBytes) {
        throw new ProtocolError('too-large', `a presence state has at most ${LIMITS.presenceBytes} bytes`);
      }
      const entry = this.#entries.get(client);
      const state = isGone(bytes) ? undefined : bytes;
      // What others repeat, they repeat under a clock that they were told.
      const newest = entry && (client === seat.client ? entry.said : Math.max(entry.said, entry.clock));
      // Its own clock, which nobody was told, is known to the client alone: it has reconnected, and says what it said last.
      const isBack = entry !== undefined && client !== seat.client && clock === entry.said && clock > entry.clock;
      const isOld = newest !== undefined && !isBack && (clock < newest || (clock === newest && state !== undefined));
      if (isOld && entry?.before !== seat.entered) continue;
      if (state) {
        const end = reader.position;
        reader.position = start;
        reader.skipJson();
        reader.position = end;
      }
      if (client !== seat.client && (!state || (seat.client !== undefined && entry?.before !== seat.entered))) continue;
      found.push({ client, clock, state });
    }
    reader.end();
    return found;
  }

  /** News of an owner about its own id. */
  #hear(seat: Seat<Owner>, said: Said): void {
    const entry = this.#entries.get(said.client);
    if (!entry || said.clock < entry.said) return; // said twice in one message
    entry.said = said.clock;
    entry.clock++;
    // Raised: the others are told more than a server before this one can have told them, whose raise never arrived.
    if (said.clock > entry.raised) entry.clock = Math.max(entry.clock, entry.raised - RAISE / 2);
    if (!said.state) {
      this.#withdraw(seat);
      return;
    }
    entry.state = this.#kept(said.state, seat.owner);
    this.#moved.add(said.client);
  }

  #mayClaim(seat: Seat<Owner>, { client, clock }: Said): boolean {
    const entry = this.#entries.get(client);
    if (entry?.before === seat.entered) return true;
    if (seat.client !== undefined) return false;
    // A client that reconnects is heard before its old connection is known to be dead.
    if (entry) return entry.before !== 'settled' && entry.seat.owner.user === seat.owner.user;
    const left = this.#left.get(client);
    return left === undefined || clock > left.clock || seat.entered > left.at; // else an echo
  }

  #claim(seat: Seat<Owner>, said: Said, state: Uint8Array): Uint8Array {
    const { client } = said;
    const before = this.#entries.get(client);
    const remembered = before ?? this.#left.get(client);
    const known = remembered?.clock ?? -1;
    this.#withdraw(seat);
    if (before) before.seat.client = undefined;
    const entry: Entry<Owner> = {
      seat,
      before: !before ? 'nobody' : before.before === seat.entered ? 'settled' : before.seat.entered,
      said: said.clock,
      clock: Math.min(Math.max(said.clock, known + 1), known + JUMP),
      raised: 0,
      state: this.#kept(state, seat.owner),
      toldAt: Number.NEGATIVE_INFINITY,
    };
    seat.client = client;
    this.#entries.set(client, entry);
    this.#left.delete(client);
    this.#gone.delete(client);
    this.#moved.add(client);
    return raised(client, entry);
  }

  /** A copy: the frame is a part of something much larger. */
  #kept(state: Uint8Array, owner: Owner): Uint8Array {
    const said = this.#stamps ? stamped(state, owner) : state;
    return said === state ? state.slice() : said;
  }

  #withdraw(seat: Seat<Owner>): void {
    if (seat.client === undefined) return;
    const { client } = seat;
    const entry = this.#entries.get(client);
    seat.client = undefined;
    if (!entry) return;
    this.#entries.delete(client);
    this.#moved.delete(client);
    this.#everyone = undefined;
    this.#gone.set(client, entry.clock);
    this.#left.delete(client); // its place is at the end
    this.#left.set(client, { clock: entry.clock, at: ++this.#moment });
    if (this.#left.size <= LIMITS.presenceLeft) return;
    const [oldest] = this.#left.keys();
    if (oldest !== undefined) this.#left.delete(oldest);
  }
}

/** Says to a client that it is gone: upon that a client of y-protocols raises its clock, whether it says so or not. */
function raised(client: number, entry: Entry<unknown>): Uint8Array {
  entry.raised = Math.min(Math.max(entry.clock, entry.said), entry.clock + JUMP) + RAISE;
  return encodeAwareness([{ client, clock: entry.raised, state: undefined }]);
}

const GONE = new TextEncoder().encode('null');

function isGone(state: Uint8Array): boolean {
  return state.length === GONE.length && state.every((byte, i) => byte === GONE[i]);
}

/** An awareness update without entries: says nothing, and keeps a watchdog quiet. */
export const EMPTY_AWARENESS: Uint8Array = new Uint8Array([0]);

function encodeAwareness(changes: readonly Told[]): Uint8Array {
  return encode((encoder) => {
    encoding.writeVarUint(encoder, changes.length);
    for (const { client, clock, state } of changes) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarUint8Array(encoder, state ?? GONE);
    }
  });
}
