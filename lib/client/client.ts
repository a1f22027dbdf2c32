import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { REFUSALS } from '../protocol/errors.ts';
import { decodeServerFrame, encodeClientFrame, PING_FRAME } from '../protocol/hocuspocus.ts';
import type { ClientMessage, ServerMessage } from '../protocol/messages.ts';
import { Alarm } from './alarm.ts';
import { Binding } from './binding.ts';
import { type Clock, systemClock } from './clock.ts';
import { type ClientState, deadline, type Event, IDLE, step } from './connection.ts';
import { type DeviceStore, openDeviceStore } from './device.ts';
import type { Effect, Incoming } from './effects.ts';
import { type OfflineStore, openIndexedDbStore } from './offline.ts';
import { isPageHidden, watchPage } from './page.ts';
import { DocumentProvider } from './provider.ts';
import { openSocket, type Socket, type SocketConstructor } from './socket.ts';
import { view } from './sync-state.ts';
import { TokenSource } from './token.ts';

// Many documents over one socket: carries out what the pure step asks for, and tells it what happens.
// Invariant: events are taken one at a time; an event that comes while another's effects are carried out waits.

export interface ClientOptions {
  /** Where the server's `/sync` is, `wss://host/sync`. A function is asked before each attempt, and first by `open`. */
  url: string | (() => string);
  /** Asked for each document at each connection, so that it may be renewed; must settle. Not given: the empty token. */
  token?: (() => string | Promise<string>) | undefined;
  /**
   * Where unsent edits are kept. Not given: an IndexedDB database for this server; null: nowhere. A store that is given stays
   * the caller's to close. People who share a browser profile should each be given a store of their own.
   */
  offline?: OfflineStore | null | undefined;
  /**
   * Where documents are kept, to be opened without a network. Not given: an IndexedDB database for this server, unless `offline` is given;
   * null: nowhere. A store that is given stays the caller's to close, and should hold one person's documents.
   */
  device?: DeviceStore | null | undefined;
  /** What a list of the kept documents shows. */
  titleOf?: ((doc: Y.Doc) => string) | undefined;
  /** What kind of document it is, in the application's own words, for the same list. */
  kindOf?: ((doc: Y.Doc) => string) | undefined;
  /** The WebSocket class where there is no global one: that of `ws` in Node before 22. */
  WebSocket?: SocketConstructor | undefined;
  /** Told of errors that are survived but should be mended: of `url` and `token`, of listeners, of updates that Yjs would not take. */
  onError?: ((error: unknown) => void) | undefined;
  clock?: Clock | undefined;
  /** From 0 up to 1. */
  random?: (() => number) | undefined;
}

const FRAME_BYTES = 8 * 1024 * 1024; // the server takes no more, and would end the connection with all its documents
const ABNORMAL_CLOSURE = 1006; // RFC 6455 section 7.4.1: what a browser reports when no socket came about

/** Opens its socket with the first document, and closes it soon after the last. `close()` may be called twice. */
export class InkroomClient {
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #token: TokenSource;
  readonly #alarm: Alarm;
  readonly #bindings = new Map<number, Binding>();
  readonly #providers = new Set<DocumentProvider>();
  readonly #events: Event[] = [];
  #client: ClientState = IDLE;
  #busy = false;
  #lastId = 0;
  #socket: Socket | undefined;
  #store: OfflineStore | undefined;
  #device: DeviceStore | undefined;
  #stopWatching: (() => void) | undefined;

  /** Touches nothing: a server may make one while it renders. */
  constructor(options: ClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#token = new TokenSource(options.token);
    this.#alarm = new Alarm(this.#clock, () => this.#dispatch({ type: 'tick' }));
  }

  get connected(): boolean {
    return this.#client.link.state === 'open';
  }

  /**
   * Binds `doc` to the document `name`. The same name may be opened again, with another Y.Doc. Throws where there is no WebSocket,
   * and after `close()`. The caller owns the provider.
   */
  open(name: string, { doc, awareness }: { doc: Y.Doc; awareness?: Awareness | undefined }): DocumentProvider {
    if (this.#client.link.state === 'closed') throw new Error('this InkroomClient is closed');
    if (!this.#Socket) throw new Error('there is no WebSocket here: give InkroomClient one');
    this.#stopWatching ??= this.#watchPage();
    const id = ++this.#lastId;
    const provider: DocumentProvider = new DocumentProvider({
      name,
      doc,
      awareness,
      bind: (origin, changed) => this.#bind({ id, name, doc, awareness, changed }, origin),
      leave: () => {
        this.#dispatch({ type: 'close', session: id });
        this.#bindings.get(id)?.close();
        this.#bindings.delete(id);
        this.#providers.delete(provider);
      },
    });
    this.#providers.add(provider);
    this.#dispatch({ type: 'open', session: id, name });
    this.#bindings.get(id)?.start();
    return provider;
  }

  /** Closes all documents. What is not saved stays in the offline store. */
  close(): void {
    for (const provider of [...this.#providers]) provider.close();
    this.#dispatch({ type: 'shutDown' });
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    if (this.#store !== this.#options.offline) this.#store?.close();
    if (this.#device !== this.#options.device) this.#device?.close();
  }

  get #Socket(): SocketConstructor | undefined {
    return this.#options.WebSocket ?? globalThis.WebSocket;
  }

  #bind(
    document: { id: number; name: string; doc: Y.Doc; awareness: Awareness | undefined; changed: () => void },
    origin: unknown,
  ): Binding {
    this.#store ??= this.#options.offline === null ? undefined : (this.#options.offline ?? this.#openStore());
    this.#device ??= this.#options.device === null ? undefined : (this.#options.device ?? this.#openDevice());
    const binding = new Binding(
      {
        ...document,
        store: this.#store,
        device: this.#device,
        titleOf: this.#options.titleOf ?? (() => ''),
        kindOf: this.#options.kindOf ?? (() => ''),
        clock: this.#clock,
        hidden: isPageHidden(),
        dispatch: (event) => this.#dispatch(event),
        loaded: (made) => this.#loaded(document.id, made),
        send: (key, message) => this.#send(key, message),
        report: (error) => this.#report(error),
      },
      origin,
    );
    this.#bindings.set(document.id, binding);
    return binding;
  }

  /** Two servers' documents may have the same name. The query may hold what changes. */
  #openStore(): OfflineStore {
    return openIndexedDbStore(`inkroom ${this.#url().replace(/[?#].*$/, '')}`);
  }

  #openDevice(): DeviceStore | undefined {
    return this.#options.offline === undefined ? openDeviceStore(this.#url()) : undefined;
  }

  #url(): string {
    const { url } = this.#options;
    return typeof url === 'string' ? url : url();
  }

  #watchPage(): () => void {
    return watchPage({
      wake: () => this.#dispatch({ type: 'wake' }),
      doubt: () => this.#dispatch({ type: 'doubt' }),
      hide: () => {
        for (const binding of this.#bindings.values()) binding.hide();
      },
      show: () => {
        for (const binding of this.#bindings.values()) binding.showPresence();
      },
    });
  }

  #dispatch(event: Event): void {
    this.#events.push(event);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#events.shift(); next; next = this.#events.shift()) this.#take(next);
    } finally {
      this.#busy = false;
    }
    this.#alarm.set(deadline(this.#client));
  }

  #take(event: Event): void {
    const before = this.#client;
    const { random = Math.random } = this.#options;
    const outcome = step(before, event, { now: this.#clock.now(), random: random() });
    this.#client = outcome.client;
    for (const effect of outcome.effects) {
      try {
        this.#run(effect);
      } catch (error) {
        // Something that does not decode. What is missing comes with the next connection.
        this.#report(error);
        this.#events.push({ type: 'garbled' });
      }
    }
    for (const [id, session] of this.#client.sessions) {
      if (session === before.sessions.get(id) && this.#client.link.state === before.link.state) continue;
      try {
        this.#bindings.get(id)?.show(view(this.#client, session));
      } catch (error) {
        this.#report(error); // a subscriber's
      }
    }
  }

  #run(effect: Effect): void {
    switch (effect.do) {
      case 'connect':
        this.#connect();
        break;
      case 'disconnect':
        this.#socket?.close();
        this.#socket = undefined;
        break;
      case 'ping':
        this.#socket?.send(PING_FRAME);
        break;
      case 'settleSoon':
        queueMicrotask(() => this.#dispatch({ type: 'settle' }));
        break;
      case 'askToken': {
        const { key } = effect;
        this.#token.ask(
          (token) => this.#dispatch({ type: 'token', key, token }),
          (error) => {
            this.#report(error);
            this.#dispatch({ type: 'noToken', key });
          },
        );
        break;
      }
      case 'send':
        this.#send(effect.key, effect.message);
        break;
      default:
        this.#bindings.get(effect.session)?.run(effect);
    }
  }

  #connect(): void {
    try {
      if (!this.#Socket) throw new Error('there is no WebSocket here');
      this.#socket = openSocket(this.#Socket, this.#url(), {
        opened: () => this.#dispatch({ type: 'opened' }),
        received: (frame) => this.#receive(frame),
        garbled: () => this.#dispatch({ type: 'garbled' }),
        closed: (code, reason) => {
          this.#socket = undefined;
          this.#dispatch({ type: 'lost', code, reason });
        },
      });
    } catch (error) {
      this.#report(error);
      this.#dispatch({ type: 'lost', code: ABNORMAL_CLOSURE, reason: '' });
    }
  }

  #receive(frame: Uint8Array): void {
    try {
      const decoded = decodeServerFrame(frame);
      if (decoded.key === undefined) this.#dispatch({ type: 'heard' });
      else this.#dispatch({ type: 'message', key: decoded.key, message: this.#incoming(decoded.key, decoded.message) });
    } catch (error) {
      this.#report(error);
      this.#dispatch({ type: 'garbled' });
    }
  }

  #incoming(key: string, message: ServerMessage): Incoming {
    if (message.type !== 'step1') return message;
    return { ...message, serverLacks: this.#findBinding(key)?.isAheadOf(message.stateVector) ?? false };
  }

  /** The server may have said what it has before it was known what is here. */
  #loaded(session: number, made: number): void {
    const phase = this.#client.sessions.get(session)?.phase;
    const asked = phase?.phase === 'joining' ? phase.stateVector : undefined;
    const serverLacks = asked !== undefined && this.#bindings.get(session)?.isAheadOf(asked) === true;
    this.#dispatch({ type: 'loaded', session, made, serverLacks });
  }

  #findBinding(key: string): Binding | undefined {
    for (const [id, { phase }] of this.#client.sessions) {
      if ('key' in phase && phase.key === key) return this.#bindings.get(id);
    }
    return undefined;
  }

  #send(key: string, message: ClientMessage): void {
    const frame = encodeClientFrame(key, message);
    if (message.type === 'numberedUpdate' && frame.length > FRAME_BYTES) {
      const { number } = message;
      const refused = { type: 'refused', number, code: 'too-large', reason: REFUSALS['too-large'].text } as const;
      this.#dispatch({ type: 'message', key, message: refused });
      return;
    }
    this.#socket?.send(frame);
  }

  #report(error: unknown): void {
    const { onError } = this.#options;
    if (onError) onError(error);
    else globalThis.reportError?.(error); // the browser's console; Node has no such thing
  }
}
