import { encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { KeptEdit, OfflineStore } from '../../lib/client/index.ts';
import { decodeClientFrame, documentOfKey, encodeServerFrame, PONG_FRAME } from '../../lib/protocol/hocuspocus.ts';
import type { ClientMessage, Role, ServerMessage } from '../../lib/protocol/messages.ts';
import type { FakeClock } from './fake-clock.ts';

// A sync server of a few lines, without sockets or disk, that does as it is told.
// Invariant: frames arrive in the order in which they were sent, each in a turn of its own; those of a dead socket do not arrive.

/** The client's end of a connection, made by its WebSocket class. */
class FakeSocket {
  binaryType = '';
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly url: string;
  readonly server: FakeServer;
  readonly greeted = new Set<string>();
  alive = true;

  constructor(url: string, server: FakeServer) {
    this.url = url;
    this.server = server;
    server.sockets.push(this);
    server.clock.soon(() => {
      if (!this.alive) return;
      if (server.down) this.end(1006);
      else {
        this.readyState = 1;
        this.onopen?.();
      }
    });
  }

  send(frame: Uint8Array): void {
    if (this.readyState !== 1) {
      this.server.misused++; // a browser complains, and sends nothing
      return;
    }
    this.server.clock.soon(() => {
      if (this.alive) this.server.receive(this, frame);
    });
  }

  close(): void {
    this.server.clock.soon(() => {
      this.alive = false;
    });
  }

  /** The server's side ends it, or the network does. */
  end(code: number, reason = ''): void {
    if (!this.alive) return;
    this.alive = false;
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  /** Frames to the client, which copies nothing: each has its own bytes. */
  deliver(frame: Uint8Array | string): void {
    this.server.clock.soon(() => {
      if (this.alive) this.onmessage?.({ data: typeof frame === 'string' ? frame : frame.slice().buffer });
    });
  }
}

export interface Received {
  readonly key: string;
  readonly message: ClientMessage;
}

export class FakeServer {
  /** How often a socket that was not open was given something to send. */
  misused = 0;
  readonly clock: FakeClock;
  readonly documents = new Map<string, Y.Doc>();
  sockets: FakeSocket[] = [];
  /** All messages so far, but for pings. */
  received: Received[] = [];
  /** Nobody gets a connection. */
  down = false;
  /** Connections open, and then nothing. */
  mute = false;
  role: Role = 'edit';
  /** What an update is refused with; undefined: it is stored. */
  refuse: ((number: number) => string | undefined) | undefined;
  /** Updates that build on what it does not have are refused, as the real one does. */
  refusesGaps = false;
  /** Updates are stored, but nobody is told. */
  holdAcknowledgements = false;
  pings = 0;
  /** Nobody is let in: the code that they are told. */
  refusal: string | undefined;
  /** Bytes of the differences that were sent to those who joined. */
  joinBytes = 0;

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  /** The WebSocket class of one tab. */
  get WebSocket(): new (
    url: string,
  ) => object {
    const server = this;
    return class extends FakeSocket {
      constructor(url: string) {
        super(url, server);
      }
    };
  }

  document(name: string): Y.Doc {
    const doc = this.documents.get(name) ?? new Y.Doc();
    this.documents.set(name, doc);
    return doc;
  }

  /** What a fresh client would read. */
  text(name: string): string {
    return this.document(name).getText('t').toString();
  }

  get open(): FakeSocket[] {
    return this.sockets.filter((socket) => socket.alive);
  }

  cut(code = 1006): void {
    for (const socket of this.open) socket.end(code);
  }

  /** The types of all messages received since this was last asked. */
  heard(): string[] {
    return this.received.splice(0).map(({ message }) => message.type);
  }

  /** Says something to everyone who joined under `key`. */
  say(key: string, message: ServerMessage): void {
    for (const socket of this.open) if (socket.greeted.has(key)) socket.deliver(encodeServerFrame(key, message));
  }

  receive(socket: FakeSocket, frame: Uint8Array): void {
    if (this.mute) return;
    const { key, message } = decodeClientFrame(frame);
    if (key === undefined) {
      this.pings++;
      socket.deliver(PONG_FRAME);
      return;
    }
    this.received.push({ key, message });
    const say = (answer: ServerMessage) => socket.deliver(encodeServerFrame(key, answer));
    const doc = this.document(documentOfKey(key));
    switch (message.type) {
      case 'auth':
        if (socket.greeted.has(key)) return;
        if (this.refusal !== undefined) {
          say({ type: 'refused', number: 0, code: this.refusal, reason: this.refusal });
          return;
        }
        socket.greeted.add(key);
        say({ type: 'granted', role: this.role });
        say({ type: 'role', role: this.role });
        say({ type: 'step1', stateVector: Y.encodeStateVector(doc) });
        return;
      case 'step1': {
        if (!socket.greeted.has(key)) return;
        const update = Y.encodeStateAsUpdate(doc, message.stateVector);
        this.joinBytes += update.length;
        say({ type: 'step2', update });
        return;
      }
      case 'numberedUpdate': {
        const { number, update } = message;
        const code = this.refuse?.(number) ?? (this.refusesGaps && hasGap(doc, update) ? 'gap' : undefined);
        if (code !== undefined) {
          say({ type: 'refused', number, code, reason: code });
          if (code === 'gap') say({ type: 'step1', stateVector: Y.encodeStateVector(doc) });
          return;
        }
        Y.applyUpdate(doc, update);
        if (!this.holdAcknowledgements) say({ type: 'saved', number });
        this.#tellOthers(socket, key, { type: 'update', update });
        return;
      }
      case 'awareness':
        this.#tellOthers(socket, key, message);
        return;
      case 'leave':
        socket.greeted.delete(key);
        return;
      default:
        throw new Error(`an Inkroom client does not say ${message.type}`);
    }
  }

  #tellOthers(from: FakeSocket, fromKey: string, message: ServerMessage): void {
    for (const socket of this.open) {
      for (const key of socket.greeted) {
        if (documentOfKey(key) !== documentOfKey(fromKey) || (socket === from && key === fromKey)) continue;
        socket.deliver(encodeServerFrame(key, message));
      }
    }
  }
}

function hasGap(doc: Y.Doc, update: Uint8Array): boolean {
  const tried = new Y.Doc();
  Y.applyUpdate(tried, Y.encodeStateAsUpdate(doc));
  Y.applyUpdate(tried, update);
  return tried.store.pendingStructs !== null || tried.store.pendingDs !== null;
}

/** A browser's storage, shared by its tabs; `full`: it takes nothing more. */
export class FakeStore implements OfflineStore {
  edits: KeptEdit[] = [];
  durable = true;
  #listeners = new Set<() => void>();

  setDurable(durable: boolean): void {
    this.durable = durable;
    for (const listener of this.#listeners) listener();
  }

  put(edit: KeptEdit): void {
    this.edits.push(edit);
  }

  async load(document: string): Promise<KeptEdit[]> {
    return this.edits.filter((edit) => edit.document === document);
  }

  remove(document: string, session: string, upTo: number): void {
    const isGone = (edit: KeptEdit) => edit.document === document && edit.session === session && edit.number <= upTo;
    this.edits = this.edits.filter((edit) => !isGone(edit));
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
  }
}

/** A presence update about somebody else. */
export function presenceOf(client: number, clock: number, state: Record<string, unknown> | null): Uint8Array {
  const states = new Map(state ? [[client, state]] : []);
  return encodeAwarenessUpdate({ meta: new Map([[client, { clock, lastUpdated: 0 }]]), states } as never, [client]);
}
