// Bytes as they leave: WebSocket frames written once and shared by every socket that is to have them (RFC 6455 section 5.2).
// Invariant: what is handed to a socket is a run of whole frames, so that the frames of `ws` itself (pong, close) fall between them.

const BINARY_FINAL = 0x82;

/** Bytes of the header of an unmasked, unfragmented binary frame of `length` bytes. */
export function headerBytes(length: number): number {
  if (length < 126) return 2;
  return length < 0x10000 ? 4 : 10;
}

/** Writes that header into `target`, and returns where the frame's bytes begin. */
export function writeHeader(target: Buffer, at: number, length: number): number {
  target[at] = BINARY_FINAL;
  if (length < 126) {
    target[at + 1] = length;
    return at + 2;
  }
  if (length < 0x10000) {
    target[at + 1] = 126;
    return target.writeUInt16BE(length, at + 2);
  }
  target[at + 1] = 127;
  target.writeUInt32BE(Math.floor(length / 0x1_0000_0000), at + 2);
  return target.writeUInt32BE(length >>> 0, at + 6);
}

/** One message as a ready frame. */
export function frame(message: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(headerBytes(message.length) + message.length);
  framed.set(message, writeHeader(framed, 0, message.length));
  return framed;
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
