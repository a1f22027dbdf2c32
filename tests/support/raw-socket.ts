import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from './until.ts';

// A TCP connection that speaks WebSocket as badly as the test wants it to.
// Invariant: what is written goes out as it is; what comes in is read only as far as a close frame.

const CLOSE = 8;
const PING = 9;
const PONG = 10;
/** The masking key of every frame here: RFC 6455 wants one, not a good one. */
const MASK = Uint8Array.of(1, 2, 3, 4);

export interface FrameOptions {
  readonly opcode: number;
  readonly payload?: Uint8Array;
  /** False: more fragments follow. */
  readonly fin?: boolean;
  /** The reserved bits, 0 to 7. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** The length that the header claims, where it is not the payload's. */
  readonly claims?: number;
}

/** One frame as a client sends it (RFC 6455 section 5.2). */
export function clientFrame(options: FrameOptions): Buffer {
  const { opcode, payload = new Uint8Array(0), fin = true, reserved = 0, masked = true } = options;
  const length = options.claims ?? payload.length;
  const head = [(fin ? 0x80 : 0) | (reserved << 4) | opcode];
  const maskBit = masked ? 0x80 : 0;
  if (length < 126) head.push(maskBit | length);
  else if (length < 0x10000) head.push(maskBit | 126, length >>> 8, length & 0xff);
  else {
    head.push(maskBit | 127);
    for (let shift = 56n; shift >= 0n; shift -= 8n) head.push(Number((BigInt(length) >> shift) & 0xffn));
  }
  if (!masked) return Buffer.concat([Buffer.from(head), payload]);
  return Buffer.concat([Buffer.from(head), MASK, payload.map((byte, i) => byte ^ (MASK[i % 4] as number))]);
}

/** The request that opens a WebSocket. */
export function upgradeRequest(port: number, path: string): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  );
}

/** Owned by the test; `close()` may be called twice. */
export class RawSocket {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #pings = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => {
      this.#received = Buffer.concat([this.#received, data]);
    });
    socket.on('error', () => undefined); // a reset is one of the ways in which it may end: `close` follows
    socket.on('close', () => {
      this.#ended = true;
    });
  }

  /** Connected, and nothing said yet. */
  static async connect(port: number): Promise<RawSocket> {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  /** After the handshake. */
  static async upgrade(port: number, path: string): Promise<RawSocket> {
    const raw = await RawSocket.connect(port);
    raw.write(upgradeRequest(port, path));
    const end = await until('the handshake', () => {
      const at = raw.#received.indexOf('\r\n\r\n');
      return at >= 0 && at;
    });
    if (!raw.text.startsWith('HTTP/1.1 101 ')) throw new Error(`No handshake: ${raw.text}`);
    raw.#received = raw.#received.subarray(end + 4);
    return raw;
  }

  /** Everything received since the handshake, or since the beginning where there was none. */
  get text(): string {
    return this.#received.toString('latin1');
  }

  get ended(): boolean {
    return this.#ended;
  }

  write(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  send(options: FrameOptions): void {
    this.write(clientFrame(options));
  }

  /** The code of the server's close frame. Answers it, as a well-behaved client does, so that the connection ends. */
  async untilRefused(): Promise<number> {
    const code = await until('a close frame', () => this.closeCode);
    this.#socket.end(clientFrame({ opcode: CLOSE, payload: Uint8Array.of(code >>> 8, code & 0xff) }));
    await this.untilEnded();
    return code;
  }

  async untilEnded(patience?: number): Promise<void> {
    await until('the end of a connection', () => this.#ended, patience);
  }

  /** Reads nothing from now on: the kernel's buffers fill up, then the server's. */
  pause(): void {
    this.#socket.pause();
  }

  /** Ends the connection with a reset, whatever lies in its buffers. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    await this.untilEnded();
  }

  /** The code of the server's close frame; 1005 when it names none; undefined while there is no such frame. */
  get closeCode(): number | undefined {
    for (const { opcode, payload } of this.#frames()) {
      if (opcode === CLOSE) return payload.length < 2 ? 1005 : payload.readUInt16BE(0);
    }
    return undefined;
  }

  /** Asks for a pong: `true` once that is here, and so everything before it was taken. False when the connection ends or is closed instead. */
  async untilTaken(patience?: number): Promise<boolean> {
    const asked = ++this.#pings;
    const payload = Uint8Array.of(asked >>> 8, asked & 0xff);
    this.send({ opcode: PING, payload });
    const isAnswer = (frame: ServerFrame) => frame.opcode === PONG && frame.payload.equals(payload);
    return until(
      'a pong',
      () => {
        if (this.#ended) return 'ended';
        for (const frame of this.#frames()) {
          if (isAnswer(frame)) return 'taken';
          if (frame.opcode === CLOSE) return 'ended';
        }
        return undefined;
      },
      patience,
    ).then((how) => how === 'taken');
  }

  /** Forgets what was received so far, up to the last whole frame, but for a close frame. */
  forget(): void {
    let end = 0;
    for (const frame of this.#frames()) {
      if (frame.opcode === CLOSE) break;
      end = frame.end;
    }
    this.#received = this.#received.subarray(end);
  }

  *#frames(): Generator<ServerFrame> {
    const bytes = this.#received;
    for (let at = 0; at + 2 <= bytes.length; ) {
      let length = bytes.readUInt8(at + 1);
      let body = at + 2;
      if (length === 126) {
        if (body + 2 > bytes.length) return;
        length = bytes.readUInt16BE(body);
        body += 2;
      } else if (length === 127) {
        if (body + 8 > bytes.length) return;
        length = Number(bytes.readBigUInt64BE(body));
        body += 8;
      }
      const end = body + length;
      if (end > bytes.length) return;
      yield { opcode: bytes.readUInt8(at) & 0x0f, payload: bytes.subarray(body, end), end };
      at = end;
    }
  }
}

/** A frame of the server, which are never masked nor fragmented; `end`: where the next begins. */
interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly end: number;
}
