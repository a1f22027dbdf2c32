import { ProtocolError, REFUSALS } from '../../lib/protocol/errors.ts';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import type { ClientMessage } from '../../lib/protocol/messages.ts';
import { documentName } from '../../lib/protocol/names.ts';
import * as yWebsocket from '../../lib/protocol/y-websocket.ts';
import { type Bucket, Budgets, costOf, frameBudget } from '../budgets.ts';
import type { Clock, Timer } from '../clock.ts';
import { type Dialect, hocuspocusDialect, yWebsocketDialect } from '../frames/dialect.ts';
import { frame, type Wire } from '../frames/outbox.ts';
import type { Authorize, Change } from '../grants/auth.ts';
import { LIMITS } from '../limits.ts';
import { Line } from '../line.ts';
import type { Logger } from '../logger.ts';
import { Metrics } from '../metrics.ts';
import { EMPTY_AWARENESS } from '../rooms/awareness.ts';
import type { Pace } from '../rooms/presence.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { Carrier } from '../session/carrier.ts';
import { Session } from '../session/session.ts';
import { Entries } from './entries.ts';

// One socket: frames in, to the session that each belongs to; frames out. Bytes become messages here.
// Invariant: whatever a client sends, at worst this connection ends, with a code; no error leaves this file.

export interface ConnectionOptions {
  readonly wire: Wire;
  readonly rooms: Rooms;
  readonly authorize: Authorize;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** Where connections of one user, or of strangers from one address, find what they share. */
  readonly budgets?: Budgets;
  /** The line of all who are to be let in. */
  readonly line?: Line;
  /** Where it comes from, as budgets count it. */
  readonly address?: string | undefined;
  /** y-websocket: the one document of this socket and the token of its URL. Undefined: Hocuspocus frames, each naming its document. */
  readonly single?: { readonly document: string; readonly token: string } | undefined;
}

/** Owned by the server, which tells it of frames and of the socket's end. */
export class Connection implements Carrier {
  readonly #options: ConnectionOptions;
  readonly #metrics: Metrics;
  readonly #sessions = new Map<string, Session>();
  readonly #keyed = new hocuspocus.ClientFrames();
  /** When it last had a granted session, or opened. */
  #grantedAt: number;
  #heardAt: number;
  #toldAt: number;
  #tickedAt: number;
  #pinged = false;
  #queuedAtTick = 0;
  #ended = false;
  #draining = false;
  #pace: Pace = 'ready';
  /** Bytes of joined documents that may still be queued. */
  #allowance = 0;
  /** Nothing is read until the peer has taken what waits for it. */
  #paused = false;
  /** Bytes that were ever queued, how many of them the peer had taken at the last look, and when it last had taken some more. */
  #given = 0;
  #taken = 0;
  #tookAt: number;
  readonly #budgets: Budgets;
  /** What it may say. */
  #frames: Bucket;
  readonly #entries: Entries;
  /** Whose budget the frames are taken from; undefined: its own, or, while it is a stranger's, that of its address. */
  #user: string | undefined;
  #isStranger = true;
  /** Nothing is read until that has been paid. */
  #debt: Timer | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#metrics = options.metrics ?? new Metrics();
    this.#metrics.connectionsOpened++;
    const now = options.clock.now();
    this.#budgets = options.budgets ?? new Budgets({ clock: options.clock });
    this.#frames = this.#budgets.ofStrangers(options.address);
    this.#entries = new Entries({ clock: options.clock, line: options.line ?? new Line(options.clock) });
    this.#grantedAt = now;
    this.#heardAt = now;
    this.#toldAt = now;
    this.#tickedAt = now;
    this.#tookAt = now;
    if (options.single) {
      const { document, token } = options.single;
      this.#openSession(document, document, yWebsocketDialect).authenticate(token);
    }
  }

  /** One inbound frame. The connection owns `data` from here on. */
  receive(data: Uint8Array, isBinary: boolean): void {
    const now = this.#options.clock.now();
    this.#spend(costOf(data.length), now); // also after its end: until the socket is gone, there is no more to be had than before
    if (this.#ended || this.#draining) return;
    this.heard(now);
    this.#metrics.framesReceived++;
    this.#metrics.bytesReceived += data.length;
    try {
      if (!isBinary) throw new ProtocolError('text-frame');
      if (this.#options.single)
        this.#sessions.get(this.#options.single.document)?.receive(yWebsocket.decodeClientFrame(data), data.length);
      else this.#receiveKeyed(data);
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.end(error);
      } else {
        this.#options.logger.error({ err: error }, 'a frame could not be handled');
        this.end(new ProtocolError('internal', undefined, { cause: error }));
      }
    }
  }

  /** Takes nothing more, so that what is under way comes to an end however much is typed. It is still acknowledged; the rest is sent again. */
  drain(): void {
    this.#draining = true;
  }

  /** A ping or pong: a sign of life that costs something too, the more when the peer does not take its pongs. */
  receiveControl(bytes: number): void {
    const now = this.#options.clock.now();
    this.#spend(costOf(bytes), now);
    if (this.#ended) return;
    this.heard(now);
    this.#measure();
  }

  /** The peer has shown that it lives. */
  heard(now = this.#options.clock.now()): void {
    this.#heardAt = now;
    this.#pinged = false;
  }

  /** The peer has taken everything that waited for it. */
  drained(): void {
    if (this.#paused && !this.#debt) this.#options.wire.resume(); // also after its end: the answer to the close is to be read
    this.#paused = false;
    if (this.#ended) return;
    this.#pace = 'ready';
    this.#allowance = 0;
    for (const session of this.#sessions.values()) session.drained();
  }

  enters(): Promise<void> | undefined {
    if (!this.#entries.take()) throw new ProtocolError('rate-limited');
    const isShared = this.#user !== undefined || (this.#isStranger && this.#options.address !== undefined);
    if (isShared) this.#spend(LIMITS.entryFrames, this.#options.clock.now()); // else one connection has no more of them than that
    return this.#entries.turn();
  }

  spends(frames: number): void {
    this.#spend(frames, this.#options.clock.now());
  }

  granted(user: string | undefined): void {
    if (this.#ended || this.#user !== undefined) return;
    if (user !== undefined) this.#frames = this.#budgets.share(user);
    else if (this.#isStranger) this.#frames = frameBudget(this.#options.clock.now());
    if (this.#isStranger) this.#readOn(); // what strangers owe is not theirs any more
    this.#user = user;
    this.#isStranger = false;
  }

  /** To be called every `LIMITS.tickMs`: keeps watchdogs quiet, ends what is dead and what never showed a token. */
  tick(): void {
    const now = this.#options.clock.now();
    const late = now - this.#tickedAt - LIMITS.tickMs;
    this.#tickedAt = now;
    if (late > LIMITS.lateMs) {
      // The server stood still: what peers said meanwhile has yet to be read, and nobody was pinged.
      this.#heardAt += late;
      this.#tookAt += late;
      this.#grantedAt += late;
    }
    const queued = this.#options.wire.queued();
    const taken = this.#given - queued;
    if (this.#queuedAtTick > 0 && taken > this.#taken) this.heard(now); // it takes what it is sent; its answer to a ping waits behind that
    if (queued === 0 || taken > this.#taken) this.#tookAt = now;
    if (this.#debt) this.heard(now); // it may say what it likes: it is not read
    this.#queuedAtTick = queued;
    this.#taken = taken;
    const patience = LIMITS.silenceMs + queued / LIMITS.slowBytesPerMs;
    if (now - this.#heardAt > patience) {
      this.destroy();
      return;
    }
    if (now - this.#tookAt > patience) {
      this.end(new ProtocolError('slow-reader'));
      return;
    }
    if (this.#granted()) this.#grantedAt = now;
    if (now - this.#grantedAt > LIMITS.authMs) {
      this.end(new ProtocolError('auth-timeout'));
      return;
    }
    if (!this.#pinged && now - this.#heardAt > LIMITS.pingMs) {
      this.#pinged = true;
      this.#options.wire.ping();
    }
    if (now - this.#toldAt > LIMITS.keepaliveMs && queued === 0) this.#keepAlive();
  }

  get pace(): Pace {
    return this.#pace;
  }

  /** Bytes that the peer has yet to take. */
  get queuedBytes(): number {
    return this.#options.wire.queued();
  }

  /** Documents that it is in, or on the way into. */
  get sessions(): number {
    return this.#sessions.size;
  }

  get full(): boolean {
    return this.#pace === 'behind' || this.#options.wire.queued() > LIMITS.queuedBytes;
  }

  /** Sessions that are `behind` use it only for what must be said at once: refusals. */
  deliver(frames: Uint8Array): void {
    if (this.#ended) return;
    this.#toldAt = this.#options.clock.now();
    this.#metrics.bytesSent += frames.length;
    this.#given += frames.length;
    this.#options.wire.write(frames);
    this.#measure();
  }

  /** The bytes of a document: they may wait beyond every bound. */
  deliverAll(pieces: readonly Uint8Array[]): void {
    if (this.#ended) return;
    this.#toldAt = this.#options.clock.now();
    for (const piece of pieces) {
      this.#metrics.bytesSent += piece.length;
      this.#given += piece.length;
    }
    this.#options.wire.writeAll(pieces);
    this.#allowance = this.#options.wire.queued();
  }

  end(error: ProtocolError): void {
    if (this.#ended) return;
    const { closeCode } = REFUSALS[error.code];
    this.#metrics.connectionsRefused[error.code]++;
    const { address, logger } = this.#options;
    logger.info({ address, code: error.code, closeCode, detail: error.message }, 'connection refused');
    this.close(error);
  }

  /** Ends the connection for a reason that is not its fault. */
  close(error: ProtocolError): void {
    if (this.#ended) return;
    const { closeCode, text } = REFUSALS[error.code];
    this.#endSessions();
    this.#options.wire.close(closeCode, text);
  }

  /** Ends the connection because the server stops. Inkroom's client is asked to wait before it comes back. */
  dismiss(retryAfterMs: number): void {
    for (const session of this.#sessions.values()) if (session.askToWait(retryAfterMs)) break; // it is about the connection: once will do
    this.close(new ProtocolError('server-restarting'));
  }

  /** Drops the socket without a word, for a peer that no longer answers. */
  destroy(): void {
    this.closed();
    this.#options.wire.destroy();
  }

  /** An administrator has changed grants. Returns how many sessions it concerned. */
  change(change: Change): number {
    let concerned = 0;
    for (const session of this.#sessions.values()) if (session.change(change)) concerned++;
    return concerned;
  }

  /** The socket is gone. */
  closed(): void {
    this.#debt?.cancel();
    this.#debt = undefined;
    this.#endSessions();
  }

  #endSessions(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#entries.end();
    if (this.#user !== undefined) this.#budgets.letGo(this.#user);
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }

  #receiveKeyed(data: Uint8Array): void {
    const decoded = this.#keyed.decode(data);
    if (decoded.key === undefined) {
      if (decoded.message === 'ping') this.deliver(frame(hocuspocus.PONG_FRAME));
      return;
    }
    this.#sessionOf(decoded.key, decoded.message)?.receive(decoded.message, data.length);
    if (decoded.message.type === 'leave') this.#sessions.delete(decoded.key);
  }

  /** The session of `key`; a first frame opens it, and a new token another in place of one that was refused. Undefined for a farewell to nobody. */
  #sessionOf(key: string, message: ClientMessage): Session | undefined {
    const session = this.#sessions.get(key);
    const entersAnew = session?.refused && message.type === 'auth';
    if (message.type === 'leave' || (session && !entersAnew)) return session;
    if (!session && this.#sessions.size >= LIMITS.documentsPerConnection) throw new ProtocolError('too-many-documents');
    return this.#openSession(key, documentName(hocuspocus.documentOfKey(key)), hocuspocusDialect(key));
  }

  #openSession(key: string, document: string, dialect: Dialect): Session {
    const { rooms, authorize, clock, logger } = this.#options;
    const metrics = this.#metrics;
    const session = new Session({ document, dialect, carrier: this, rooms, authorize, clock, logger, metrics });
    this.#sessions.set(key, session);
    return session;
  }

  /** Who says more than its budget waits: it is not read until it has paid. An honest burst is delayed, and a flood costs no more than the budget. */
  #spend(cost: number, now: number): void {
    const wait = this.#frames.spend(cost, now);
    if (wait === 0 || this.#debt) return;
    this.#options.wire.pause();
    this.#payOff(wait);
  }

  /** Whoever shares the budget may have spent from it meanwhile. */
  #payOff(wait: number): void {
    const { clock } = this.#options;
    this.#debt = clock.after(wait, () => {
      const left = this.#frames.spend(0, clock.now());
      if (left < 1)
        this.#readOn(); // less is a timer's grain
      else this.#payOff(left);
    });
  }

  #readOn(): void {
    if (!this.#debt) return;
    this.#debt.cancel();
    this.#debt = undefined;
    if (!this.#paused) this.#options.wire.resume();
  }

  #granted(): boolean {
    for (const session of this.#sessions.values()) if (session.granted) return true;
    return false;
  }

  /** An empty presence message: the one keepalive that every client of both dialects understands. */
  #keepAlive(): void {
    const [session] = this.#sessions.values();
    const message = session?.dialect.encode({ type: 'awareness', update: EMPTY_AWARENESS });
    if (message) this.deliver(frame(message));
  }

  /** A document that is being joined may take its time; what is queued on top of it is bounded. */
  #measure(): void {
    const queued = this.#options.wire.queued();
    if (queued < this.#allowance) this.#allowance = queued;
    const waiting = queued - this.#allowance;
    if (waiting <= LIMITS.queuedPresenceBytes) return;
    if (waiting > LIMITS.queuedBytes) this.#pace = 'behind';
    else if (this.#pace === 'ready') this.#pace = 'late';
    // Answers to what it says itself: with nobody listening to it there will be no more of them.
    if (waiting <= 2 * LIMITS.queuedBytes || this.#paused) return;
    this.#paused = true;
    this.#options.wire.pause();
  }
}
