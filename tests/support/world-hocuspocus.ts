import * as Y from 'yjs';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import type { ClientMessage, ServerMessage } from '../../lib/protocol/messages.ts';
import type { WorldSocket } from './world-network.ts';
import { LOOK_MS, Presence, type StockOptions, WATCHDOG_MS } from './world-stock-client.ts';

/** Milliseconds before a lost connection is tried again; attempts that fail after that wait longer, with jitter. */
const DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;

export interface HocuspocusOptions extends StockOptions {
  /** The session's key: the document's name, or `name NUL session`. */
  readonly key: string;
  readonly token: () => string | Promise<string>;
}

/** What `HocuspocusProvider` 4.8 does with a socket of its own (src/HocuspocusProvider.ts and ...Websocket.ts), on a world's clock and network. */
export class HocuspocusClient {
  readonly kind = 'hocuspocus';
  readonly doc: Y.Doc;
  readonly presence: Presence;
  synced = false;
  /** The provider's own count of what the server has not confirmed. */
  unsyncedChanges = 0;
  denied: string | undefined;
  readonly #options: HocuspocusOptions;
  #socket: WorldSocket | undefined;
  /** The first frame of this connection has come. */
  #answered = false;
  #failures = 0;
  #heardAt = 0;
  /** What was said while no socket was open: sent after the first frame from the server. */
  #queue: { frame: Uint8Array; isPresence: boolean }[] = [];
  #destroyed = false;

  constructor(options: HocuspocusOptions) {
    this.#options = options;
    this.doc = options.doc;
    this.presence = new Presence(options);
    this.doc.on('update', this.#onUpdate);
    this.#watch();
    this.#connect();
  }

  get socket(): WorldSocket | undefined {
    return this.#socket;
  }

  get isSynced(): boolean {
    return this.synced;
  }

  destroy(): void {
    this.#destroyed = true;
    this.doc.off('update', this.#onUpdate);
    this.#send({ type: 'leave' });
    this.#socket?.close();
    this.#socket = undefined;
  }

  showPresence(state: unknown): void {
    this.presence.set(state);
    this.#send({ type: 'awareness', update: this.presence.own() });
  }

  #onUpdate = (update: Uint8Array, origin: unknown) => {
    if (origin === this) return;
    this.unsyncedChanges++;
    this.#send({ type: 'update', update, answer: false });
  };

  #send(message: ClientMessage): void {
    this.#sendFrame(hocuspocus.encodeClientFrame(this.#options.key, message), message.type === 'awareness');
  }

  #sendFrame(frame: Uint8Array, isPresence: boolean): void {
    if (this.#socket && this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.send(frame);
      return;
    }
    if (isPresence) this.#queue = this.#queue.filter((queued) => !queued.isPresence);
    this.#queue.push({ frame, isPresence });
  }

  #connect(): void {
    if (this.#destroyed) return;
    const socket = new this.#options.Socket(this.#options.url);
    this.#socket = socket;
    this.#answered = false;
    socket.onopen = () => void this.#opened(socket);
    socket.onmessage = ({ data }: { data: ArrayBuffer }) => {
      if (this.#socket === socket) this.#receive(new Uint8Array(data));
    };
    socket.onclose = () => this.#closed(socket);
  }

  async #opened(socket: WorldSocket): Promise<void> {
    const token = await this.#options.token();
    if (this.#destroyed || this.#socket !== socket) return;
    this.#send({ type: 'auth', token, version: '4.8.0' });
    this.unsyncedChanges = 1; // for the answer to the server's step1
    this.#send({ type: 'step1', stateVector: Y.encodeStateVector(this.doc) });
    this.#send({ type: 'awareness', update: this.presence.own() });
  }

  #receive(frame: Uint8Array): void {
    this.#heardAt = this.#options.clock.now();
    if (!this.#answered) {
      this.#answered = true;
      this.#failures = 0;
      const queue = this.#queue;
      this.#queue = [];
      for (const { frame: queued, isPresence } of queue) this.#sendFrame(queued, isPresence);
    }
    const { key, message } = hocuspocus.decodeServerFrame(frame);
    if (key === this.#options.key) this.#apply(message);
  }

  #apply(message: ServerMessage): void {
    switch (message.type) {
      case 'granted':
        return;
      case 'denied':
        this.denied = message.reason;
        return;
      case 'step1':
        this.#send({ type: 'update', update: Y.encodeStateAsUpdate(this.doc, message.stateVector), answer: true });
        return;
      case 'step2':
        Y.applyUpdate(this.doc, message.update, this);
        this.synced = true;
        return;
      case 'update':
        Y.applyUpdate(this.doc, message.update, this);
        return;
      case 'awareness':
        this.presence.apply(message.update);
        return;
      case 'syncStatus':
        if (!message.saved) return;
        this.unsyncedChanges = Math.max(0, this.unsyncedChanges - 1);
        if (this.unsyncedChanges === 0) this.synced = true;
        return;
      default:
        throw new Error(`a stock Hocuspocus client does not know ${message.type}`);
    }
  }

  #closed(socket: WorldSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    socket.onclose = null;
    socket.close();
    this.synced = false;
    this.presence.forgetOthers();
    const wait =
      this.#failures === 0
        ? DELAY_MS
        : DELAY_MS + this.#options.random() * (Math.min(MAX_DELAY_MS, DELAY_MS * 2 ** this.#failures) - DELAY_MS);
    this.#failures++;
    this.#options.clock.after(wait, () => this.#connect());
  }

  #watch(): void {
    this.#options.clock.after(LOOK_MS, () => {
      if (this.#destroyed) return;
      if (this.presence.isOld) this.showPresence(this.presence.state);
      const { clock } = this.#options;
      if (this.#answered && this.#socket && clock.now() - this.#heardAt > WATCHDOG_MS) {
        this.#queue = [];
        this.#socket.close();
      }
      this.#watch();
    });
  }
}
