// One WebSocket, of a browser or of the package `ws`, as the client uses it.
// Invariant: after `close()` nothing more is heard of it, however long the network takes to let go.

/** A WebSocket class: the global one, or that of `ws`. */
export type SocketConstructor = new (url: string) => object;

/** What both of them have. */
interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(data: Uint8Array): void;
  close(code: number): void;
}

export interface SocketListener {
  opened(): void;
  /** A binary frame. */
  received(frame: Uint8Array): void;
  /** A text frame: not from a server of ours. */
  garbled(): void;
  /** Also when it never opened. */
  closed(code: number, reason: string): void;
}

/** Owned by the caller; `close()` may be called twice. */
export interface Socket {
  send(frame: Uint8Array): void;
  close(): void;
}

const OPEN = 1; // of WebSocket's ready states
const NORMAL_CLOSURE = 1000; // RFC 6455 section 7.4.1; the only standard code that a browser lets a page send

/** Throws what the constructor throws: for a URL that is none, or one that the page may not open. */
export function openSocket(Constructor: SocketConstructor, url: string, listener: SocketListener): Socket {
  const socket = new Constructor(url) as WebSocketLike;
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => listener.opened();
  socket.onmessage = ({ data }) => {
    if (typeof data === 'string') listener.garbled();
    else listener.received(new Uint8Array(data as ArrayBuffer)); // `binaryType` leaves nothing else
  };
  socket.onclose = ({ code, reason }) => listener.closed(code, reason);
  socket.onerror = () => undefined; // a close event follows, and says as much as a page may know
  return {
    send(frame) {
      // One that is closing takes nothing, and a browser complains. What was not sent is still there when the next one has opened.
      if (socket.readyState === OPEN) socket.send(frame);
    },
    close() {
      socket.onopen = null;
      socket.onmessage = null;
      socket.onclose = null;
      socket.close(NORMAL_CLOSURE);
    },
  };
}
