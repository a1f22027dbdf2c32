import * as Y from 'yjs';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import { type ClientMessage, INKROOM_VERSION, type ServerMessage } from '../../lib/protocol/messages.ts';
import { Peer, type Voice } from './peer.ts';
import { until } from './until.ts';

// Somebody who has several documents open: all on one socket, where the dialect has room for them, else on one each.
// Invariant: what is said of one document is heard of that one.

export interface SeveralOptions {
  /** The server's `sync` address. */
  readonly sync: string;
  readonly voice: Voice;
  readonly documents: readonly string[];
  readonly token: string;
}

interface Opened {
  readonly heard: ServerMessage[];
  /** What the server has shown of it, applied. */
  readonly shown: Y.Doc;
  numbers: number;
}

/** Owned by the test; `close()` may be called twice. */
export class Several {
  readonly #options: SeveralOptions;
  readonly #documents: ReadonlyMap<string, Opened>;
  /** Which is whose socket. */
  readonly #peers = new Map<string, Peer>();

  private constructor(options: SeveralOptions) {
    this.#options = options;
    const opened = () => ({ heard: [], shown: new Y.Doc(), numbers: 0 });
    this.#documents = new Map(options.documents.map((document) => [document, opened()]));
  }

  /** Resolves when all documents have come in. */
  static async join(options: SeveralOptions): Promise<Several> {
    const several = new Several(options);
    await (options.voice === 'y-websocket' ? several.#openEach() : several.#openOnOne());
    for (const document of options.documents)
      await until(`${document} to come in`, () => several.#answersAbout(document) > 0);
    return several;
  }

  /** Puts `text` before the shared text of a document, as somebody new each time. */
  write(document: string, text: string): void {
    const doc = new Y.Doc();
    doc.getText('text').insert(0, text);
    const update = Y.encodeStateAsUpdate(doc);
    const opened = this.#of(document);
    if (this.#options.voice !== 'inkroom') this.#say(document, { type: 'update', update, answer: false });
    else this.#say(document, { type: 'numberedUpdate', number: ++opened.numbers, update });
  }

  /** What the server has shown of a document. */
  text(document: string): string {
    return this.#of(document).shown.getText('text').toString();
  }

  /** Resolves when all that was said has been judged: the server has answered what was asked after it, or has ended that socket. */
  async untilJudged(): Promise<void> {
    const last = new Map([...this.#peers].map(([document, peer]) => [peer, document]));
    for (const [peer, document] of last) {
      const before = this.#answersAbout(document);
      this.#say(document, { type: 'step1', stateVector: EMPTY_STATE_VECTOR });
      await until(`an answer about ${document}`, () => peer.ended ?? this.#answersAbout(document) > before);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#peers.values()].map((peer) => peer.close()));
  }

  async #openEach(): Promise<void> {
    const { documents, ...rest } = this.#options;
    for (const document of documents) {
      const onMessage = (message: ServerMessage) => this.#hear(document, message);
      this.#peers.set(document, await Peer.open({ ...rest, document, forgetful: true, onMessage }));
      this.#say(document, { type: 'step1', stateVector: EMPTY_STATE_VECTOR });
    }
  }

  async #openOnOne(): Promise<void> {
    const { documents, voice, token, ...rest } = this.#options;
    const inbound = (frame: Uint8Array, pass: () => void) => {
      const { key, message } = hocuspocus.decodeServerFrame(frame);
      if (key !== undefined) this.#hear(key, message);
      pass();
    };
    const peer = await Peer.open({ ...rest, voice, document: '', forgetful: true, tap: { inbound } });
    for (const document of documents) {
      this.#peers.set(document, peer);
      this.#say(document, { type: 'auth', token, version: voice === 'inkroom' ? INKROOM_VERSION : '4.8.0' });
      this.#say(document, { type: 'step1', stateVector: EMPTY_STATE_VECTOR });
    }
  }

  #of(document: string): Opened {
    const opened = this.#documents.get(document);
    if (!opened) throw new Error(`${document} was not opened.`);
    return opened;
  }

  #say(document: string, message: ClientMessage): void {
    const peer = this.#peers.get(document);
    if (this.#options.voice === 'y-websocket') peer?.send(message);
    else peer?.sendFrame(hocuspocus.encodeClientFrame(document, message));
  }

  #hear(document: string, message: ServerMessage): void {
    const { heard, shown } = this.#of(document);
    heard.push(message);
    if (message.type === 'update' || message.type === 'step2') Y.applyUpdate(shown, message.update);
  }

  #answersAbout(document: string): number {
    return this.#of(document).heard.filter(({ type }) => type === 'step2').length;
  }
}
