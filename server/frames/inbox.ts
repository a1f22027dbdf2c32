import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { LIMITS } from '../limits.ts';
import { LargeFrame } from './large-frame.ts';

// Bytes as they arrive. Small whole frames, in which people type and move, and large ones are taken out here, before the streams of Node and the parser of
// `ws`; all else goes on to them, in pieces, so that a pause counts within what one read has brought (docs/decisions/0029-small-frames-are-read-before-ws.md).
// Invariant: every byte is read once and in its turn: here only from the start of a frame to its end, and only when at that start nothing waits in the
// streams, and the parser stands between two messages.

/** The first byte of a final binary frame, and the bit of the second that says that it is masked, as all frames of clients are (RFC 6455 section 5.2). */
const BINARY_FINAL = 0x82;
const MASKED = 0x80;
const MASK_BYTES = 4;
/** Two bytes, eight of length, and the mask. */
const LARGE_HEADER_BYTES = 14;

/** What is known of the parser of `ws`: names that it keeps to itself. */
interface Parser {
  /** 0: the next byte begins a frame. */
  readonly _state: number;
  /** Bytes that it holds and has not read. */
  readonly _bufferedBytes: number;
  /** The opcode of a message of which only fragments have come; 0 for none. */
  readonly _fragmented: number;
}

export interface Inbox {
  readonly webSocket: WebSocket;
  /** What `webSocket` reads. */
  readonly socket: Duplex;
  /** Takes a message, before `webSocket` sees it. */
  readonly take: (message: Buffer) => void;
  /** Told of each read, whatever it brings. */
  readonly heard?: () => void;
  /** Calls `goOn` when the others have had their turn. */
  readonly later: (goOn: () => void) => void;
  /** Pauses `webSocket` for as long. */
  readonly rest: () => void;
}

/**
 * Hands messages to `take` that arrive on `socket`. What a socket reads, it pushes into its own stream: that is where they are taken out. Returns false when
 * `ws` is not as it is known; then it reads all by itself, which costs more.
 */
export function readAhead({ webSocket, socket, take, heard = () => undefined, later, rest }: Inbox): boolean {
  const parser = (webSocket as unknown as { _receiver?: Parser })._receiver;
  if (!parser || !isKnown(parser)) return false;
  const push = socket.push.bind(socket);
  const isRead = () => socket.readableFlowing === true;
  const isOpen = () => webSocket.readyState === webSocket.OPEN;
  const isNext = () => isRead() && socket.readableLength === 0 && isBetweenMessages(parser);
  /** Of who broke the rules `ws` reads nothing more. */
  const isDropped = () => !isOpen() && socket.listenerCount('data') === 0;
  let large: LargeFrame | undefined;
  /** Bytes that are more than small frames, since it rested. */
  let many = 0;
  const isTooMuch = (bytes: number) => {
    many += bytes;
    if (many < LIMITS.largeBytesPerTurn) return false;
    many = 0;
    return true;
  };
  const readOn = () => socket.destroyed || socket._read(0);
  /** For what goes past the stream, in whose buffer nothing holds it up. Returns whether more may be read in this turn. */
  const goesPast = (chunk: Buffer) => {
    if (!isTooMuch(chunk.length)) return true;
    later(readOn);
    return false; // whoever pushes stops to read
  };
  socket.push = (chunk: Buffer | null, ...more) => {
    if (!Buffer.isBuffer(chunk)) return push(chunk, ...more);
    heard();
    if (isDropped()) return goesPast(chunk);
    let at = 0;
    do {
      if (large) {
        at = large.add(chunk, at);
        const { payload, isShredded } = large;
        if (isShredded) webSocket.terminate();
        if (!payload) return goesPast(chunk); // also when it is paused: it has its place in memory
        large = undefined;
        if (isOpen()) take(payload);
      }
      if (!isNext() || !isOpen()) break;
      at = takeFrames(chunk, at, take, isRead);
      if (at === chunk.length) return true;
      large = isNext() ? largeFrame(chunk, at) : undefined;
      if (large) at += LARGE_HEADER_BYTES;
    } while (large);
    if (isTooMuch(chunk.length - at)) rest();
    let mayGoOn = true;
    while (at < chunk.length) {
      const end = parser._bufferedBytes > LIMITS.pieceBytes ? chunk.length : at + LIMITS.pieceBytes; // else it is at a large frame
      mayGoOn = push(chunk.subarray(at, end), ...more);
      at = end;
    }
    return mayGoOn;
  };
  return true;
}

function isKnown({ _state, _bufferedBytes, _fragmented }: Parser): boolean {
  return [_state, _bufferedBytes, _fragmented].every((value) => typeof value === 'number');
}

function isBetweenMessages({ _state, _bufferedBytes, _fragmented }: Parser): boolean {
  return _state === 0 && _bufferedBytes === 0 && _fragmented === 0;
}

/** Takes the frames of `chunk` from `at` on that are whole, binary, unfragmented and under 64 KiB, while `isRead`. Returns where the first other one begins. */
function takeFrames(chunk: Buffer, start: number, take: (message: Buffer) => void, isRead: () => boolean): number {
  let at = start;
  for (;;) {
    if (chunk[at] !== BINARY_FINAL) return at;
    const second = chunk[at + 1] ?? 0;
    let length = second & ~MASKED;
    let mask = at + 2;
    if (second < MASKED || length === 127) return at;
    if (length === 126) {
      length = ((chunk[mask] ?? 0) << 8) | (chunk[mask + 1] ?? 0);
      mask += 2;
    }
    const body = mask + MASK_BYTES;
    const end = body + length;
    if (end > chunk.length) return at;
    for (let i = body, j = 0; i < end; i++, j = (j + 1) & 3) {
      chunk[i] = (chunk[i] as number) ^ (chunk[mask + j] as number);
    }
    at = end;
    take(chunk.subarray(body, end));
    if (at === chunk.length || !isRead()) return at;
  }
}

/** The frame that begins at `at`, when its header is there and says that it is binary, unfragmented, of 64 KiB or more, and not too large. */
function largeFrame(chunk: Buffer, at: number): LargeFrame | undefined {
  const end = at + LARGE_HEADER_BYTES;
  if (end >= chunk.length || chunk[at] !== BINARY_FINAL || chunk[at + 1] !== (MASKED | 127)) return undefined;
  const length = chunk.readUInt32BE(at + 6);
  if (chunk.readUInt32BE(at + 2) > 0 || length < 0x10000 || length > LIMITS.frameBytes) return undefined;
  return new LargeFrame(length, chunk.subarray(end - MASK_BYTES, end));
}
