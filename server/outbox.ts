// Bytes as they leave: WebSocket frames written once and shared by every socket that is to have them (RFC 6455 section 5.2).
// Invariant: what is handed to a socket is a run of whole frames, so that the frames of `ws` itself (pong, close) fall between them.

const BINARY_FINAL = 0x82;

/** The header of an unmasked, unfragmented binary frame of `length` bytes. */
export function frameHeader(length: number): Uint8Array {
  if (length < 126) return Uint8Array.of(BINARY_FINAL, length);
  if (length < 0x10000) return Uint8Array.of(BINARY_FINAL, 126, length >>> 8, length & 0xff);
  const header = new Uint8Array(10);
  header[0] = BINARY_FINAL;
  header[1] = 127;
  const view = new DataView(header.buffer);
  view.setUint32(2, Math.floor(length / 0x1_0000_0000));
  view.setUint32(6, length >>> 0);
  return header;
}

/** One message as a ready frame. */
export function frame(message: Uint8Array): Uint8Array {
  const header = frameHeader(message.length);
  const framed = Buffer.allocUnsafe(header.length + message.length);
  framed.set(header);
  framed.set(message, header.length);
  return framed;
}

/** A frame around a body that lies in pieces, without copying them: the header and `head` first, then the pieces as they are. */
export function frameAround(head: Uint8Array, body: readonly Uint8Array[], bodyLength: number): Uint8Array[] {
  const header = frameHeader(head.length + bodyLength);
  const start = Buffer.allocUnsafe(header.length + head.length);
  start.set(header);
  start.set(head, header.length);
  return [start, ...body];
}

/** Where frames go: a socket, or what a test puts in its place. Owned by its connection. */
export interface Wire {
  /** Whole frames, in order. The bytes are shared: never written to afterwards. */
  write(frames: Uint8Array): void;
  /** Several pieces that make whole frames, as one write. */
  writeAll(pieces: readonly Uint8Array[]): void;
  /** Bytes handed over that the peer's side has not taken yet. */
  queued(): number;
  /** Reads no more frames of the peer until `resume`. */
  pause(): void;
  resume(): void;
  /** A WebSocket ping, to learn whether the other side is alive. */
  ping(): void;
  /** Ends the connection with a close frame; may be called twice. */
  close(code: number, reason: string): void;
  /** Ends the connection at once, for a peer that no longer answers. */
  destroy(): void;
}
