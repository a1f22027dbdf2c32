// The network of a world: sockets whose bytes travel when the test says so.
// Invariant: within one connection nothing overtakes; between connections anything may.

/** What travels towards the server. `gone`: the client's machine fell silent, or its network did. */
type Up = { kind: 'hello' } | { kind: 'frame'; data: Uint8Array; binary: boolean } | { kind: 'bye' } | { kind: 'gone' };

/** What travels towards the client. A `close` with 1006 is what a browser reports for a connection that broke. */
type Down = { kind: 'open' } | { kind: 'frame'; data: Uint8Array } | { kind: 'close'; code: number; reason: string };

/** The server's end of a link. */
export interface Peer {
  receive(data: Uint8Array, isBinary: boolean): void;
  /** The socket is gone. */
  closed(): void;
  /** Everything written to the client has been taken. */
  drained(): void;
}

const BROKEN = 1006;

/** One connection, from the client's `new WebSocket` to its last packet. */
export class Link {
  readonly url: string;
  readonly socket: WorldSocket;
  readonly up: Up[] = [{ kind: 'hello' }];
  readonly down: Down[] = [];
  /** The client reads nothing: what the server writes waits. */
  paused = false;
  /** The server reads nothing: what the client writes waits. */
  unread = false;
  /** The client's machine answers pings, whatever its programs do. */
  pongs = true;
  #peer: Peer | undefined;
  #serverEnded = false;
  #cut = false;
  readonly #network: Network;

  constructor(network: Network, socket: WorldSocket, url: string) {
    this.#network = network;
    this.socket = socket;
    this.url = url;
  }

  /** Nothing will ever travel here again. */
  get finished(): boolean {
    return this.up.length === 0 && this.down.length === 0 && this.socket.readyState === CLOSED && !this.#peer;
  }

  get isCut(): boolean {
    return this.#cut;
  }

  /** Whether both ends believe in it. */
  get isOpen(): boolean {
    return this.#peer !== undefined && this.socket.readyState === OPEN;
  }

  /** Bytes that the client has not taken yet. */
  get queued(): number {
    let bytes = 0;
    for (const packet of this.down) if (packet.kind === 'frame') bytes += packet.data.length;
    return bytes;
  }

  send(packet: Up): void {
    if (!this.#cut) this.up.push(packet);
  }

  /** From the server's end. */
  write(data: Uint8Array): void {
    if (this.#cut || this.#serverEnded) return;
    this.down.push({ kind: 'frame', data });
  }

  /** The server closes. Frames already written arrive before that. */
  endByServer(code: number, reason: string): void {
    if (this.#serverEnded) return;
    this.#serverEnded = true;
    if (!this.#cut) this.down.push({ kind: 'close', code, reason });
  }

  /** The server's process is dead: what its kernel still holds may arrive, nothing else will. */
  serverDied(): void {
    this.#peer = undefined;
    this.up.length = 0;
    this.endByServer(BROKEN, '');
  }

  /** All packets on the way are lost. Each end learns of it when its last packet is delivered. */
  cut(): void {
    if (this.#cut) return;
    this.#cut = true;
    this.up.length = 0;
    this.down.length = 0;
    if (this.#peer) this.up.push({ kind: 'gone' });
    if (this.socket.readyState !== CLOSED) this.down.push({ kind: 'close', code: BROKEN, reason: '' });
  }

  deliverUp(): void {
    const packet = this.up.shift();
    switch (packet?.kind) {
      case undefined:
        return;
      case 'hello':
        this.#peer = this.#network.accept(this);
        if (this.#peer) this.down.push({ kind: 'open' });
        else this.endByServer(BROKEN, '');
        return;
      case 'frame':
        this.#peer?.receive(packet.data, packet.binary);
        return;
      case 'bye':
        this.#gone();
        this.endByServer(1005, '');
        return;
      case 'gone':
        this.#gone();
        return;
      default:
        packet satisfies never;
    }
  }

  deliverDown(): void {
    const packet = this.down.shift();
    switch (packet?.kind) {
      case undefined:
        return;
      case 'open':
        this.socket.opened();
        return;
      case 'frame':
        this.socket.received(packet.data);
        if (this.queued === 0) this.#peer?.drained();
        return;
      case 'close':
        this.#serverEnded = true;
        if (this.#peer && !this.#cut) this.up.push({ kind: 'gone' });
        this.socket.closed(packet.code, packet.reason);
        return;
      default:
        packet satisfies never;
    }
  }

  #gone(): void {
    this.#peer?.closed();
    this.#peer = undefined;
  }
}

/** Somebody with a network connection of their own, which may fail. */
export class Caller {
  /** While false, what is dialled does not answer. */
  reachable = true;
  readonly links = new Set<Link>();
}

export class Network {
  readonly links = new Set<Link>();
  /** The server's door: undefined when nobody answers. */
  readonly accept: (link: Link) => Peer | undefined;

  constructor(accept: (link: Link) => Peer | undefined) {
    this.accept = accept;
  }

  dial(socket: WorldSocket, url: string, caller: Caller): Link {
    const link = new Link(this, socket, url);
    this.links.add(link);
    caller.links.add(link);
    if (!caller.reachable) link.cut();
    return link;
  }

  /** A WebSocket class whose sockets are on this network. */
  socketClass(caller: Caller): new (url: string | URL) => WorldSocket {
    const network = this;
    return class extends WorldSocket {
      constructor(url: string | URL) {
        super(network, String(url), caller);
      }
    };
  }

  forgetFinished(): void {
    for (const link of this.links) if (link.finished) this.links.delete(link);
  }

  /** Delivers until nothing is on the way but what waits for a paused client. Returns whether there was anything. */
  deliverAll(): boolean {
    let any = false;
    for (let moved = true; moved; any ||= moved) {
      moved = false;
      for (const link of this.links) {
        for (; link.up.length > 0 && !link.unread; moved = true) link.deliverUp();
        for (; link.down.length > 0 && !link.paused; moved = true) link.deliverDown();
      }
    }
    this.forgetFinished();
    return any;
  }
}

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

type Listener = (event: never) => void;

/** The part of the browser's WebSocket that clients use. */
export class WorldSocket {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSING = CLOSING;
  static readonly CLOSED = CLOSED;
  readonly CONNECTING = CONNECTING;
  readonly OPEN = OPEN;
  readonly CLOSING = CLOSING;
  readonly CLOSED = CLOSED;
  readonly url: string;
  readonly link: Link;
  readyState: number = CONNECTING;
  binaryType = 'blob';
  bufferedAmount = 0;
  onopen: Listener | null = null;
  onmessage: Listener | null = null;
  onclose: Listener | null = null;
  onerror: Listener | null = null;
  readonly #listeners: { type: string; listener: Listener }[] = [];

  constructor(network: Network, url: string, caller: Caller) {
    this.url = url;
    this.link = network.dial(this, url, caller);
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push({ type, listener });
  }

  removeEventListener(type: string, listener: Listener): void {
    const at = this.#listeners.findIndex((one) => one.type === type && one.listener === listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  send(data: Uint8Array | ArrayBuffer | string): void {
    if (this.readyState === CONNECTING) throw new Error('InvalidStateError: still connecting');
    if (this.readyState !== OPEN) return;
    if (typeof data === 'string')
      this.link.send({ kind: 'frame', data: new TextEncoder().encode(data), binary: false });
    else this.link.send({ kind: 'frame', data: new Uint8Array(data).slice(), binary: true });
  }

  close(): void {
    if (this.readyState === CLOSING || this.readyState === CLOSED) return;
    this.readyState = CLOSING;
    this.link.send({ kind: 'bye' });
  }

  /** The program that held it is gone: its machine ends the connection, and nobody hears of it. */
  abandon(): void {
    this.onopen = this.onmessage = this.onclose = this.onerror = null;
    this.#listeners.length = 0;
    this.close();
  }

  opened(): void {
    if (this.readyState !== CONNECTING) return;
    this.readyState = OPEN;
    this.#emit('open', {});
  }

  received(data: Uint8Array): void {
    if (this.readyState !== OPEN) return;
    this.#emit('message', { data: new Uint8Array(data).buffer });
  }

  closed(code: number, reason: string): void {
    if (this.readyState === CLOSED) return;
    const failed = this.readyState === CONNECTING;
    this.readyState = CLOSED;
    if (failed) this.#emit('error', { message: 'connection refused' });
    this.#emit('close', { code, reason, wasClean: code !== BROKEN });
  }

  #emit(type: 'open' | 'message' | 'close' | 'error', fields: object): void {
    const event = { type, target: this, ...fields } as never;
    this[`on${type}`]?.(event);
    for (const one of [...this.#listeners]) if (one.type === type) one.listener(event);
  }
}
