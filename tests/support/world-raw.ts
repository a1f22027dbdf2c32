import * as Y from 'yjs';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import { type ClientMessage, INKROOM_VERSION, type ServerMessage } from '../../lib/protocol/messages.ts';
import { type Voice, yWebsocketFrame, yWebsocketMessage } from './peer.ts';
import type { Link, WorldSocket } from './world-network.ts';

/** A message as the scripted client heard it, and under which key. */
export type Heard = ServerMessage & { key: string };

export interface RawOptions {
  readonly socket: WorldSocket;
  readonly voice: Voice;
  readonly document: string;
}

/**
 * A client that says what the test says and remembers what it heard. Nothing is answered by itself.
 * Its document is where its own edits are made: what the server sends goes to `heard`, and into `seen`.
 */
export class RawClient {
  readonly kind = 'raw';
  readonly voice: Voice;
  readonly document: string;
  /** What the test writes. */
  readonly doc = new Y.Doc();
  /** What the server has shown. */
  readonly seen = new Y.Doc();
  readonly heard: Heard[] = [];
  /** Frames without a key. */
  pongs = 0;
  closed: { code: number; reason: string } | undefined;
  readonly #socket: WorldSocket;
  #number = 0;
  /** State vector of the newest step1. */
  #asked = EMPTY_STATE_VECTOR;

  constructor({ socket, voice, document }: RawOptions) {
    this.voice = voice;
    this.document = document;
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }: { data: ArrayBuffer }) => this.#hear(new Uint8Array(data));
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      this.closed = { code, reason };
    };
  }

  get link(): Link {
    return this.#socket.link;
  }

  say(message: ClientMessage, key = this.document): void {
    if (this.voice === 'y-websocket') this.sayFrame(yWebsocketFrame(message));
    else this.sayFrame(hocuspocus.encodeClientFrame(key, message));
  }

  sayFrame(frame: Uint8Array | string): void {
    this.link.send(
      typeof frame === 'string'
        ? { kind: 'frame', data: new TextEncoder().encode(frame), binary: false }
        : { kind: 'frame', data: frame, binary: true },
    );
  }

  showToken(token = '', key = this.document): void {
    this.say({ type: 'auth', token, version: this.voice === 'inkroom' ? INKROOM_VERSION : '4.8.0' }, key);
  }

  /** Asks for the document; `stateVector`: what it claims to have already. */
  ask(stateVector: Uint8Array = EMPTY_STATE_VECTOR, key = this.document): void {
    this.say({ type: 'step1', stateVector }, key);
  }

  /** All that a client says when it opens a document. */
  join(): void {
    if (this.voice !== 'y-websocket') this.showToken();
    this.ask();
  }

  /** Makes an edit in its own document and returns the update, unsent. */
  edit(change: (doc: Y.Doc) => void): Uint8Array {
    const before = Y.encodeStateVector(this.doc);
    const updates: Uint8Array[] = [];
    const take = (update: Uint8Array) => updates.push(update);
    this.doc.on('update', take);
    this.doc.transact(() => change(this.doc));
    this.doc.off('update', take);
    return updates.length === 1 ? (updates[0] as Uint8Array) : Y.encodeStateAsUpdate(this.doc, before);
  }

  /** Appends to the shared text and returns the update, unsent. */
  write(text: string): Uint8Array {
    return this.edit((doc) => doc.getText('text').insert(doc.getText('text').length, text));
  }

  /** Sends an update in its voice. Returns its number, from 1. */
  send(update: Uint8Array, key = this.document): number {
    const number = ++this.#number;
    if (this.voice === 'inkroom') this.say({ type: 'numberedUpdate', number, update }, key);
    else this.say({ type: 'update', update, answer: false }, key);
    return number;
  }

  /** Writes and sends. */
  type(text: string): number {
    return this.send(this.write(text));
  }

  /** Answers the server's newest step1: everything that it lacks of the client's own document. */
  answer(): void {
    this.say({ type: 'update', update: Y.encodeStateAsUpdate(this.doc, this.#asked), answer: true });
  }

  /** What it heard since the last time it was asked, and forgets it. */
  take(): Heard[] {
    return this.heard.splice(0);
  }

  /** The types of what it heard since the last time, and forgets it. */
  takeTypes(): string[] {
    return this.take().map((message) => message.type);
  }

  /** Text of what the server has shown so far. */
  get text(): string {
    return this.seen.getText('text').toString();
  }

  hangUp(): void {
    this.#socket.close();
  }

  #hear(frame: Uint8Array): void {
    if (this.voice === 'y-websocket') {
      const message = yWebsocketMessage(frame);
      if (message) this.#note({ ...message, key: this.document });
      return;
    }
    const { key, message } = hocuspocus.decodeServerFrame(frame);
    if (key === undefined) this.pongs++;
    else this.#note({ ...message, key });
  }

  #note(message: Heard): void {
    this.heard.push(message);
    if (message.type === 'step1') this.#asked = message.stateVector;
    if (message.type === 'update' || message.type === 'step2') Y.applyUpdate(this.seen, message.update);
  }
}
