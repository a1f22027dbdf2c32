// A WebSocket client that costs less than the server it loads: ready-made frames out, one shared buffer in.
// Invariant: a payload handed to `onFrame` is valid only during that call.

import { randomBytes } from 'node:crypto';
import net from 'node:net';

const SHARED = Buffer.allocUnsafe(256 * 1024);
const LARGE = 64 * 1024; // bytes of a frame from which it is collected in a buffer of its own instead of by concatenation
const HEAD = 1_024; // bytes kept of a message of which only the head is wanted
const HEADER_END = Buffer.from('\r\n\r\n');

/** One masked frame around `payload` (RFC 6455, section 5.2). Made once, sent as often as wanted. */
export function frameOf(payload, opcode = 2) {
  const length = payload.length;
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(6 + extra + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extra === 0 ? length : extra === 2 ? 126 : 127);
  if (extra === 2) frame.writeUInt16BE(length, 2);
  if (extra === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  const mask = randomBytes(4);
  mask.copy(frame, 2 + extra);
  const start = 6 + extra;
  for (let i = 0; i < length; i++) frame[start + i] = payload[i] ^ mask[i & 3];
  return frame;
}

export class RawSocket {
  #rest = undefined;
  /** A frame over LARGE that is still arriving. */
  #large = undefined;
  #largeFilled = 0;
  #largeLength = 0;
  /** Fragments of a message whose last one has not come. */
  #fragments = [];
  #upgraded = false;
  #largeFin = false;

  /**
   * `onFrame(payload)` for each message, `onOpen()` once, `onClose()` once, `onPong()` for each pong. With `heads`, only the first bytes of
   * a large message are kept: fifty people who read 20 MB each cost no memory then. `address`: whom a proxy would say it comes from.
   */
  constructor({ port, path, address, heads = false, onFrame, onOpen, onClose, onPong }) {
    this.heads = heads;
    this.onFrame = onFrame;
    this.onOpen = onOpen;
    this.onPong = onPong;
    /** The answer to the upgrade, when it was not accepted. */
    this.refusal = undefined;
    this.socket = net.connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: SHARED,
        callback: (length, buffer) => {
          this.#take(buffer.subarray(0, length));
          return true;
        },
      },
    });
    this.socket.on('connect', () => this.socket.write(upgradeRequest(port, path, address)));
    this.socket.on('error', () => undefined); // 'close' follows
    this.socket.on('close', () => onClose?.());
  }

  /** Sends frames made by `frameOf`. */
  send(frame) {
    return this.socket.write(frame);
  }

  get full() {
    return this.socket.writableNeedDrain;
  }

  cork() {
    this.socket.cork();
  }

  uncork() {
    this.socket.uncork();
  }

  close() {
    this.socket.destroy();
  }

  #take(chunk) {
    if (this.#large) {
      const part = Math.min(chunk.length, this.#largeLength - this.#largeFilled);
      if (this.#largeFilled < this.#large.length) chunk.copy(this.#large, this.#largeFilled, 0, part);
      this.#largeFilled += part;
      if (this.#largeFilled < this.#largeLength) return;
      const whole = this.#large;
      this.#large = undefined;
      this.#message(this.#largeFin, whole);
      chunk = chunk.subarray(part);
    }
    if (this.#rest) {
      chunk = Buffer.concat([this.#rest, chunk]);
      this.#rest = undefined;
    }
    if (!this.#upgraded) {
      const end = chunk.indexOf(HEADER_END);
      if (end < 0) {
        this.#rest = Buffer.from(chunk);
        return;
      }
      if (chunk.toString('latin1', 0, 12) !== 'HTTP/1.1 101') {
        this.refusal = chunk.toString('latin1', 0, chunk.indexOf('\r'));
        this.close();
        return;
      }
      this.#upgraded = true;
      chunk = chunk.subarray(end + 4);
      this.onOpen?.();
    }
    this.#frames(chunk);
  }

  #frames(chunk) {
    let at = 0;
    while (at + 2 <= chunk.length) {
      let length = chunk[at + 1] & 0x7f;
      let head = 2;
      if (length === 126) {
        head = 4;
        if (at + head > chunk.length) break;
        length = chunk.readUInt16BE(at + 2);
      } else if (length === 127) {
        head = 10;
        if (at + head > chunk.length) break;
        length = Number(chunk.readBigUInt64BE(at + 2));
      }
      const start = at + head;
      const end = start + length;
      const opcode = chunk[at] & 15;
      if (end > chunk.length) {
        if (length < LARGE || opcode > 2) break;
        this.#large = Buffer.allocUnsafe(this.heads ? HEAD : length);
        this.#largeLength = length;
        this.#largeFin = chunk[at] >= 0x80;
        this.#largeFilled = chunk.length - start;
        chunk.copy(this.#large, 0, start);
        return;
      }
      const payload = chunk.subarray(start, end);
      if (opcode <= 2) this.#message(chunk[at] >= 0x80, payload);
      else if (opcode === 9) this.send(frameOf(payload, 10));
      else if (opcode === 10) this.onPong?.();
      at = end;
    }
    if (at < chunk.length) this.#rest = Buffer.from(chunk.subarray(at));
  }

  #message(last, payload) {
    if (last && this.#fragments.length === 0) {
      this.onFrame(payload);
      return;
    }
    if (!this.heads || this.#fragments.length === 0) this.#fragments.push(Buffer.from(payload));
    if (!last) return;
    const whole = Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.onFrame(whole);
  }
}

function upgradeRequest(port, path, address) {
  const forwarded = address === undefined ? [] : [`X-Forwarded-For: ${address}`];
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
    ...forwarded,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n');
}
