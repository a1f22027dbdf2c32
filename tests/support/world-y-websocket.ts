import * as Y from 'yjs';
import type { ClientMessage } from '../../lib/protocol/messages.ts';
import { yWebsocketFrame, yWebsocketMessage } from './peer.ts';
import type { WorldSocket } from './world-network.ts';
import { LOOK_MS, Presence, type StockOptions, WATCHDOG_MS } from './world-stock-client.ts';

/** What `WebsocketProvider` of y-websocket 3.1 does (src/y-websocket.js), on a world's clock and network. */
export class YWebsocketClient {
  readonly kind = 'y-websocket';
  readonly doc: Y.Doc;
  readonly presence: Presence;
  synced = false;
  /** The close code with which the server ended it for good. */
  ended: number | undefined;
  readonly #options: StockOptions;
  #socket: WorldSocket | undefined;
  #connected = false;
  #unsuccessful = 0;
  #heardAt = 0;
  #destroyed = false;

  constructor(options: StockOptions) {
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
    this.#socket?.close();
    this.#socket = undefined;
  }

  showPresence(state: unknown): void {
    this.presence.set(state);
    this.#send({ type: 'awareness', update: this.presence.own() });
  }

  #onUpdate = (update: Uint8Array, origin: unknown) => {
    if (origin !== this) this.#send({ type: 'update', update, answer: false });
  };

  #send(message: ClientMessage): void {
    if (this.#connected) this.#socket?.send(yWebsocketFrame(message));
  }

  #connect(): void {
    if (this.#destroyed || this.ended !== undefined || this.#socket) return;
    const socket = new this.#options.Socket(this.#options.url);
    this.#socket = socket;
    this.#connected = false;
    this.synced = false;
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      this.#heardAt = this.#options.clock.now();
      this.#connected = true;
      this.#send({ type: 'step1', stateVector: Y.encodeStateVector(this.doc) });
      this.#send({ type: 'awareness', update: this.presence.own() });
    };
    socket.onmessage = ({ data }: { data: ArrayBuffer }) => {
      if (this.#socket === socket) this.#receive(new Uint8Array(data));
    };
    socket.onclose = ({ code }: { code: number }) => this.#closed(socket, code);
  }

  #receive(frame: Uint8Array): void {
    this.#heardAt = this.#options.clock.now();
    const message = yWebsocketMessage(frame);
    switch (message?.type) {
      case 'step1':
        this.#send({ type: 'update', update: Y.encodeStateAsUpdate(this.doc, message.stateVector), answer: true });
        return;
      case 'step2':
      case 'update':
        Y.applyUpdate(this.doc, message.update, this);
        if (message.type === 'update') return;
        this.synced = true;
        this.#unsuccessful = 0;
        return;
      case 'awareness': {
        const news = this.presence.apply(message.update);
        if (news.length > 0) this.#send({ type: 'awareness', update: this.presence.of(news) }); // it repeats what it hears
        return;
      }
      default:
        throw new Error(`a y-websocket client does not know ${message?.type}`);
    }
  }

  /** `code` is undefined when the watchdog ended it. */
  #closed(socket: WorldSocket, code: number | undefined): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    socket.onclose = null;
    socket.close();
    this.#connected = false;
    this.synced = false;
    this.presence.forgetOthers();
    this.#unsuccessful++;
    if (code !== undefined && code >= 4400 && code < 4500) this.ended = code;
    const wait = Math.min(2 ** this.#unsuccessful * 100, 2_500);
    this.#options.clock.after(wait, () => this.#connect());
  }

  #watch(): void {
    this.#options.clock.after(LOOK_MS, () => {
      if (this.#destroyed) return;
      if (this.presence.isOld) this.showPresence(this.presence.state);
      const { clock } = this.#options;
      if (this.#connected && this.#socket && clock.now() - this.#heardAt > WATCHDOG_MS) {
        this.#closed(this.#socket, undefined);
      }
      this.#watch();
    });
  }
}
