import { ProtocolError, REFUSALS, type RefusalCode } from '../../lib/protocol/errors.ts';
import { type ClientMessage, INKROOM_VERSION, type ServerMessage } from '../../lib/protocol/messages.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Dialect } from '../frames/dialect.ts';
import { frame } from '../frames/outbox.ts';
import { type Authorize, type Change, concerns, type Grant } from '../grants/auth.ts';
import { LIMITS } from '../limits.ts';
import type { Logger } from '../logger.ts';
import { Metrics } from '../metrics.ts';
import type { Member, Offer } from '../rooms/member.ts';
import type { Pace } from '../rooms/presence.ts';
import type { Room } from '../rooms/room.ts';
import type { Rooms, Visit } from '../rooms/rooms.ts';
import { Answers } from './answers.ts';
import type { Carrier } from './carrier.ts';
import { Lease } from './lease.ts';
import { type Acknowledging, Offers, refused } from './offers.ts';

// One client's stay in one document: from the first frame to the last. A socket may carry many.
// Invariant: before a grant nothing is applied and nothing is told, and after the end neither.

/** What a client says while it stays. */
type Said = Exclude<ClientMessage, { type: 'leave' }>;

type State =
  /** No grant yet. What arrives is held; `asked` once the auth rule has been asked. */
  | { state: 'waiting'; held: Said[]; heldBytes: number; asked: boolean; deadline: Timer }
  /** Granted; the room is being opened. */
  | { state: 'entering'; held: Said[]; heldBytes: number; grant: Grant; visit: Visit }
  | { state: 'live'; grant: Grant; visit: Visit; room: Room; offers: Offers; answers: Answers }
  /** Deaf: a new token begins another session. */
  | { state: 'refused' }
  | { state: 'ended' };

type Waiting = State & { state: 'waiting' };
type Live = State & { state: 'live' };

/** The token of who shows none. */
const NOBODY = { token: '', version: undefined };

export interface SessionOptions {
  readonly document: string;
  readonly dialect: Dialect;
  readonly carrier: Carrier;
  readonly rooms: Rooms;
  readonly authorize: Authorize;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: Metrics;
}

/** Owned by its connection; `close()` may be called twice. */
export class Session implements Member {
  readonly #options: SessionOptions;
  readonly #metrics: Metrics;
  readonly #openedAt: number;
  #state: State;
  #acknowledging: Acknowledging;
  readonly #lease: Lease;
  /** What it is told as it goes live, until that is sent, in one write. */
  #greeting: Uint8Array[] | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#metrics = options.metrics ?? new Metrics();
    this.#openedAt = options.clock.now();
    this.#acknowledging = options.dialect.name === 'y-websocket' ? 'nothing' : 'each';
    this.#lease = new Lease({
      ...options,
      onSoon: () => this.#send({ type: 'askToken' }), // nothing, where the dialect has no words for it
      onEnd: () => this.#refuse(new ProtocolError(this.#endOfGrant())),
    });
    this.#state = this.#waiting();
  }

  get dialect(): Dialect {
    return this.#options.dialect;
  }

  get user(): string | undefined {
    return 'grant' in this.#state ? this.#state.grant.user : undefined;
  }

  get name(): string | undefined {
    return 'grant' in this.#state ? this.#state.grant.name : undefined;
  }

  get pace(): Pace {
    return this.#options.carrier.pace;
  }

  get full(): boolean {
    return this.#options.carrier.full;
  }

  /** Whether somebody was granted something here: a connection without any such session has a deadline. */
  get granted(): boolean {
    return 'grant' in this.#state;
  }

  get refused(): boolean {
    return this.#state.state === 'refused';
  }

  /** Throws ProtocolError when the message must end the connection. `bytes`: the length of its frame. */
  receive(message: ClientMessage, bytes: number): void {
    if (message.type === 'leave') {
      this.close(); // whatever it waits for
      return;
    }
    const state = this.#state;
    switch (state.state) {
      case 'waiting':
        if (!state.asked && (message.type === 'auth' || message.type === 'step1')) {
          // A first step1 without a token is somebody anonymous: the auth rule decides (version 2 of the stock provider).
          const { token, version } = message.type === 'auth' ? message : NOBODY;
          void this.#enter(state, { token, version, turn: this.#options.carrier.enters() });
          if (message.type === 'auth') return;
        }
        this.#hold(state, message, bytes, LIMITS.heldBytes);
        return;
      case 'entering':
        this.#hold(state, message, bytes, LIMITS.heldGrantedBytes);
        return;
      case 'live':
        this.#handle(state, message);
        return;
      case 'refused':
      case 'ended':
        return;
      default:
        state satisfies never;
    }
  }

  /** For y-websocket clients, whose token is in the URL and was checked in its turn at the door: in line again, a change of grants would miss it. */
  authenticate(token: string): void {
    this.#options.carrier.spends(LIMITS.entryFrames);
    if (this.#state.state === 'waiting') void this.#enter(this.#state, { token, version: undefined, turn: undefined });
  }

  /** An administrator has changed grants: whether this one is among them. What was accepted before is still stored. */
  change(change: Change): boolean {
    const state = this.#state;
    if (!('grant' in state)) return false;
    const { user } = state.grant;
    if (!concerns(change, { user, document: this.#options.document })) return false;
    if (change.role === null) this.#refuse(new ProtocolError('forbidden'));
    else this.#regrant(state, { ...state.grant, role: change.role });
    return true;
  }

  deliver(frames: Uint8Array): void {
    if (this.#greeting) this.#greeting.push(frames);
    else this.#options.carrier.deliver(frames);
  }

  deliverAll(pieces: readonly Uint8Array[]): void {
    this.#options.carrier.deliverAll(pieces);
  }

  acknowledgement(count: number, number: number): Uint8Array | undefined {
    return this.#state.state === 'live' ? this.#state.offers.acknowledgement(count, number) : undefined;
  }

  brought(clients: number): void {
    this.#options.carrier.spends(clients);
  }

  notStored(offer: Offer): void {
    if (this.#state.state === 'live') this.#state.offers.notStored(offer);
  }

  askAgain(stateVector: Uint8Array): void {
    if (this.#state.state === 'live') this.#state.offers.askAgain(stateVector);
  }

  fail(error: ProtocolError): void {
    this.#refuse(error);
  }

  /** Tells the client how long to stay away when the connection ends. Returns false when it has no ears for that. */
  askToWait(milliseconds: number): boolean {
    if (this.#acknowledging !== 'numbers' || this.#state.state === 'ended') return false;
    this.#send({ type: 'retryAfter', milliseconds });
    return true;
  }

  close(): void {
    this.#leave({ state: 'ended' });
  }

  #waiting(): State {
    const deadline = this.#options.clock.after(LIMITS.authMs, () => this.#refuse(new ProtocolError('auth-timeout')));
    return { state: 'waiting', held: [], heldBytes: 0, asked: false, deadline };
  }

  #hold(state: { held: Said[]; heldBytes: number }, message: Said, bytes: number, bound: number): void {
    state.heldBytes += bytes;
    if (state.heldBytes > bound) throw new ProtocolError('too-large', 'too much was sent before the document was open');
    state.held.push(message);
  }

  /** `turn`: when the auth rule may be asked; undefined: now. */
  async #enter(
    waiting: Waiting,
    { token, version, turn }: { token: string; version: string | undefined; turn: Promise<void> | undefined },
  ): Promise<void> {
    const { document, rooms, authorize } = this.#options;
    waiting.asked = true;
    if (version === INKROOM_VERSION) this.#acknowledging = 'numbers';
    try {
      if (turn) await turn;
      if (this.#state !== waiting) return; // ended, or out of time
      const grant = await authorize({ token, document });
      if (this.#state !== waiting) return; // ended, or out of time
      this.#options.carrier.granted(grant.user);
      const { held, heldBytes, deadline } = waiting;
      deadline.cancel();
      const visit = rooms.enter(document);
      this.#state = { state: 'entering', held, heldBytes, grant, visit };
      this.#lease.run(grant.until);
      const room = await visit.room;
      if (this.#state.state !== 'entering' || this.#state.visit !== visit) return; // ended; the visit was left then
      const offers = this.#offersTo(room);
      const answers = this.#answersOf(room);
      this.#goLive({ state: 'live', grant: this.#state.grant, visit, room, offers, answers }, this.#state.held);
    } catch (error) {
      if (error instanceof ProtocolError) this.#refuse(error);
      else this.#crash(error);
    }
  }

  /** JOIN order: the grant, who is here, what the server has; the document itself answers the client's step1. */
  #goLive(live: Live, held: readonly Said[]): void {
    this.#state = live;
    const { room, grant } = live;
    room.join(this);
    const greeting: Uint8Array[] = [];
    this.#greeting = greeting;
    this.#tellRole(grant);
    room.tellWhoIsHere(this);
    this.#send({ type: 'step1', stateVector: room.stateVector(this) });
    this.#greeting = undefined;
    this.deliver(Buffer.concat(greeting));
    try {
      for (const message of held) if (this.#state === live) this.#handle(live, message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#options.carrier.end(error);
    }
  }

  #handle(live: Live, message: Said): void {
    const { room } = live;
    switch (message.type) {
      case 'step1':
        live.answers.asked(message.stateVector);
        return;
      case 'update':
        if (message.answer) live.offers.answer(message.update);
        else live.offers.update(message.update);
        return;
      case 'numberedUpdate':
        live.offers.numbered(message.update, message.number);
        return;
      case 'awareness':
        this.#metrics.presenceReceived++;
        room.presence(this, message.update);
        return;
      case 'queryAwareness':
        // More often than that it has been told already: changes come by themselves.
        if (live.answers.take()) room.tellWhoIsHere(this);
        return;
      case 'auth':
        void this.#renew(live, message.token, this.#options.carrier.enters());
        return;
      case 'stateless':
        return; // an application's own words to its server; nobody listens here
      default:
        message satisfies never;
    }
  }

  /** A new token: of the same user, for as long as it says. One that is refused changes nothing; the grant stands until it ends. */
  async #renew(live: Live, token: string, turn: Promise<void> | undefined): Promise<void> {
    try {
      if (turn) await turn;
      if (this.#state !== live) return;
      const grant = await this.#lease.renewed(token, live.grant.user);
      if (grant && this.#state === live) this.#regrant(live, grant);
    } catch (error) {
      if (this.#state !== live) return;
      if (error instanceof ProtocolError) this.#refuse(error);
      else this.#crash(error);
    }
  }

  /** What it may do from now on, and how long. */
  #regrant(state: State & { grant: Grant }, grant: Grant): void {
    state.grant = grant;
    this.#lease.run(grant.until);
    if (state.state === 'live') this.#tellRole(grant);
  }

  #tellRole({ role }: Grant): void {
    this.#send({ type: 'granted', role });
    if (this.#acknowledging === 'numbers') this.#send({ type: 'role', role });
  }

  /** A stock provider was asked for a token, and none came in time: version 2 never does, and would stay away for good after a 4401. */
  #endOfGrant(): RefusalCode {
    if (this.#lease.inDoubt) return 'keys-unavailable';
    return this.#acknowledging === 'each' ? 'auth-timeout' : 'token-expired';
  }

  /** The connection has taken everything that waited for it. */
  drained(): void {
    if (this.#state.state === 'live') void this.#state.answers.serve();
  }

  #offersTo(room: Room): Offers {
    const { dialect, carrier } = this.#options;
    return new Offers({
      room,
      member: this,
      dialect,
      acknowledging: this.#acknowledging,
      metrics: this.#metrics,
      mayWrite: () => 'grant' in this.#state && this.#state.grant.role === 'edit',
      send: (message) => this.#send(message),
      onFatal: (error) => carrier.end(error),
      onCrash: (error) => this.#crash(error),
    });
  }

  #answersOf(room: Room): Answers {
    const { carrier, document, clock, logger } = this.#options;
    return new Answers({
      room,
      member: this,
      clock,
      onGiven: () => this.#metrics.joinSeconds.observe((clock.now() - this.#openedAt) / 1000),
      onFailed: (error) => {
        if (error instanceof ProtocolError) {
          carrier.end(error);
          return;
        }
        logger.error({ document, err: error }, 'document could not be sent');
        this.#refuse(new ProtocolError('document-unavailable', undefined, { cause: error }));
      },
    });
  }

  /** Ends this session with a reason. The other documents of the connection go on, where the dialect has several. */
  #refuse(error: ProtocolError): void {
    if (this.#state.state === 'ended' || this.#state.state === 'refused') return;
    this.#metrics.documentsRefused[error.code]++;
    this.#leave({ state: 'refused' });
    if (this.#acknowledging === 'nothing') this.#options.carrier.end(error);
    else if (this.#acknowledging === 'numbers') this.#send(refused(error, 0));
    else if (mustReconnect(error)) this.#options.carrier.end(error);
    else this.#send({ type: 'denied', reason: error.code });
  }

  #crash(error: unknown): void {
    this.#options.logger.error({ document: this.#options.document, err: error }, 'session failed');
    this.#options.carrier.end(new ProtocolError('internal', undefined, { cause: error }));
  }

  #leave(next: State): void {
    const state = this.#state;
    this.#state = next;
    this.#lease.end();
    if (state.state === 'waiting') state.deadline.cancel();
    if (state.state === 'live') {
      state.offers.close();
      state.room.leave(this);
    }
    if ('visit' in state) state.visit.leave();
  }

  #send(message: ServerMessage): void {
    const bytes = this.#frame(message);
    if (bytes) this.deliver(bytes);
  }

  #frame(message: ServerMessage): Uint8Array | undefined {
    const bytes = this.#options.dialect.encode(message);
    return bytes && frame(bytes);
  }
}

/**
 * A stock provider tries again, or fetches a new token, only when its socket closes. That takes its other documents along, so it is not done
 * for one that cannot be loaded, nor for one whose token has run out before it was shown.
 */
function mustReconnect({ code }: ProtocolError): boolean {
  return REFUSALS[code].retry && code !== 'document-unavailable';
}
