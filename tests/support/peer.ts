import * as decoding from 'lib0/decoding';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import { type ClientMessage, INKROOM_VERSION, type ServerMessage } from '../../lib/protocol/messages.ts';
import * as yWebsocket from '../../lib/protocol/y-websocket.ts';
import { type Tap, tapped } from './tap.ts';
import { until } from './until.ts';

// A client without a mind of its own: it says what the test says, and keeps what it hears, frame by frame.
// Invariant: `heard` holds everything that arrived, in order; nothing is answered unless the test answers.

export type Voice = 'y-websocket' | 'hocuspocus' | 'inkroom';

export interface PeerOptions {
  /** The server's `sync` address. */
  readonly sync: string;
  readonly document: string;
  readonly voice: Voice;
  /** Called for each message as it arrives. */
  readonly onMessage?: (message: ServerMessage) => void;
  readonly tap?: Tap;
  /** Not given: an empty one. */
  readonly token?: string;
  /** Its `doc` stays empty: for those who only talk. */
  readonly forgetful?: boolean;
}

/** Owned by the test; `close()` may be called twice. */
export class Peer {
  readonly heard: ServerMessage[] = [];
  /** What the server said it holds of the document: the updates that arrived, applied. */
  readonly doc = new Y.Doc();
  readonly #options: PeerOptions;
  readonly #socket: WebSocket;
  /** How many of its updates the server has said are on disk. */
  acknowledged = 0;
  #numbers = 0;
  #ended: { code: number; reason: string } | undefined;

  private constructor(options: PeerOptions) {
    this.#options = options;
    const { sync, document, voice, token = '', tap = {} } = options;
    const Socket = tapped(tap);
    const query = token === '' ? '' : `?token=${encodeURIComponent(token)}`;
    this.#socket = new Socket(voice === 'y-websocket' ? `${sync}/${encodeURIComponent(document)}${query}` : sync);
    this.#socket.on('message', (data: Buffer) => this.#hear(data));
    this.#socket.on('error', () => undefined); // its end is what counts: `close` follows
    this.#socket.on('close', (code, reason) => {
      this.#ended = { code, reason: reason.toString() };
    });
  }

  /** A connection on which nothing was said yet. Rejects when it is refused. */
  static async open(options: PeerOptions): Promise<Peer> {
    const peer = new Peer(options);
    await until(`a ${options.voice} socket to ${options.document}`, () => peer.isOpen || peer.#ended !== undefined);
    if (!peer.isOpen) throw new Error(`The socket to ${options.document} was refused.`);
    return peer;
  }

  /** A connection that has been sent the whole document. */
  static async join(options: PeerOptions): Promise<Peer> {
    const peer = await Peer.open(options);
    peer.greet();
    peer.send({ type: 'step1', stateVector: EMPTY_STATE_VECTOR });
    await peer.until('step2');
    return peer;
  }

  get voice(): Voice {
    return this.#options.voice;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** How the connection ended; undefined while it has not. */
  get ended(): { code: number; reason: string } | undefined {
    return this.#ended;
  }

  /** Shows its token, or another, where the dialect does that in a message. */
  greet(token = this.#options.token ?? ''): void {
    const { voice } = this.#options;
    if (voice === 'y-websocket') return;
    this.send({ type: 'auth', token, version: voice === 'inkroom' ? INKROOM_VERSION : '4.8.0' });
  }

  send(message: ClientMessage): void {
    this.sendFrame(this.encode(message));
  }

  sendFrame(frame: Uint8Array | string): void {
    if (this.isOpen) this.#socket.send(frame);
  }

  /** One frame in fragments of so many bytes, as browsers send what is large. */
  sendFragments(frame: Uint8Array, bytes: number): void {
    for (let at = 0; at < frame.length; at += bytes) {
      this.#socket.send(frame.subarray(at, at + bytes), { binary: true, fin: at + bytes >= frame.length });
    }
  }

  /** An update in the words of the dialect. Returns its number, counted from 1. */
  sendUpdate(update: Uint8Array): number {
    const number = ++this.#numbers;
    if (this.#options.voice === 'inkroom') this.send({ type: 'numberedUpdate', number, update });
    else this.send({ type: 'update', update, answer: false });
    return number;
  }

  encode(message: ClientMessage): Uint8Array {
    const { voice, document } = this.#options;
    return voice === 'y-websocket' ? yWebsocketFrame(message) : hocuspocus.encodeClientFrame(document, message);
  }

  /** The first message of a type. */
  async until<T extends ServerMessage['type']>(type: T): Promise<Extract<ServerMessage, { type: T }>> {
    return until(`${this.#options.voice} to hear ${type} about ${this.#options.document}`, () => {
      if (this.#ended) throw new Error(`The connection ended with ${this.#ended.code} ${this.#ended.reason}`);
      return this.heard.find((message): message is Extract<ServerMessage, { type: T }> => message.type === type);
    });
  }

  /** Reads nothing until `resume`: the kernel's buffers fill up, then the server's. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The close code. */
  async untilEnded(): Promise<number> {
    return (await until('the end of a connection', () => this.#ended)).code;
  }

  /** Drops the connection without a farewell. */
  drop(): void {
    this.#socket.terminate();
  }

  async close(): Promise<void> {
    this.#socket.close();
    this.doc.destroy();
    await this.untilEnded();
  }

  #hear(frame: Buffer): void {
    const message = this.#options.voice === 'y-websocket' ? yWebsocketMessage(frame) : hocuspocusMessage(frame);
    if (!message) return;
    this.heard.push(message);
    if (message.type === 'syncStatus' && message.saved) this.acknowledged++;
    if (message.type === 'saved') this.acknowledged = message.number;
    const isContent = message.type === 'update' || message.type === 'step2';
    if (isContent && !this.#options.forgetful) Y.applyUpdate(this.doc, message.update, this);
    this.#options.onMessage?.(message);
  }
}

/** y-protocols says the same in both directions, but for what the server says alone. */
export function yWebsocketFrame(message: ClientMessage): Uint8Array {
  const said: ServerMessage | undefined =
    message.type === 'step1' || message.type === 'awareness'
      ? message
      : message.type === 'update'
        ? { type: message.answer ? 'step2' : 'update', update: message.update }
        : undefined;
  const frame = message.type === 'queryAwareness' ? Uint8Array.of(3) : said && yWebsocket.encodeServerFrame(said);
  if (!frame) throw new Error(`y-websocket has no words for ${message.type}.`);
  return frame;
}

export function yWebsocketMessage(frame: Uint8Array): ServerMessage | undefined {
  const [AUTH, DENIED] = [2, 0];
  if (frame[0] === AUTH && frame[1] === DENIED) {
    const decoder = decoding.createDecoder(frame.subarray(2));
    return { type: 'denied', reason: decoding.readVarString(decoder) };
  }
  const message = yWebsocket.decodeClientFrame(frame);
  if (message.type === 'update') return { type: message.answer ? 'step2' : 'update', update: message.update };
  return message.type === 'step1' || message.type === 'awareness' ? message : undefined;
}

/** Undefined for a ping or a pong. */
export function hocuspocusMessage(frame: Uint8Array): ServerMessage | undefined {
  const { key, message } = hocuspocus.decodeServerFrame(frame);
  return key === undefined ? undefined : message;
}
