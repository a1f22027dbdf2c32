import type { Duplex } from 'node:stream';
import { LIMITS } from '../limits.ts';
import type { Line } from '../line.ts';

// What leaves by one socket. A large document goes in slices, each when the peer's side has taken the one before, in the line of all: a socket takes
// megabytes at a time, and so do fifty others in the same turn of the event loop.
// Invariant: bytes leave in the order in which they were written, whoever wrote them; what is written while a document leaves waits behind it.

export interface OutflowOptions {
  /** Its `write` and `end` are replaced: `ws` writes its own frames by them. */
  readonly socket: Duplex;
  readonly line: Line;
  /** The peer's side has taken everything. */
  readonly onDrained: () => void;
}

interface Waiting {
  readonly bytes: Uint8Array;
  /** What else `write` was called with. */
  readonly more: readonly unknown[];
}

type Write = (bytes: Uint8Array, ...more: readonly unknown[]) => boolean;

/** Owned by its connection's wire; ends with its socket. */
export class Outflow {
  readonly #options: OutflowOptions;
  /** That of the socket itself. */
  readonly #write: Write;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #slices = false;

  constructor(options: OutflowOptions) {
    const { socket, onDrained } = options;
    this.#options = options;
    const write = socket.write.bind(socket) as Write;
    const end = socket.end.bind(socket) as (...last: readonly unknown[]) => Duplex;
    const late: Write = (bytes, ...more) => (this.#slices ? this.#wait({ bytes, more }) : write(bytes, ...more));
    this.#write = write;
    socket.write = late as typeof socket.write;
    socket.end = ((...last: readonly unknown[]) => {
      this.#writeSome(Number.POSITIVE_INFINITY);
      this.#slices = false;
      return end(...last);
    }) as typeof socket.end;
    socket.on('drain', () => {
      if (this.#slices) void this.#goOn();
      else onDrained();
    });
    socket.on('close', () => this.#forget());
  }

  /** Bytes that were handed over and not taken yet. */
  get queued(): number {
    return this.#options.socket.writableLength + this.#waitingBytes;
  }

  /** Writes a document; the bytes stay shared. */
  send(pieces: readonly Uint8Array[]): void {
    if (this.#options.socket.destroyed) return;
    const isSliced = this.#slices;
    for (const bytes of pieces) this.#wait({ bytes, more: [] });
    if (isSliced) return;
    this.#writeSome(LIMITS.turnBytes);
    this.#slices = this.#waiting.length > 0; // then the slice was more than a socket calls little: it will drain
  }

  async #goOn(): Promise<void> {
    const { line, socket, onDrained } = this.#options;
    const turn = line.turn(Math.min(this.#waitingBytes, LIMITS.turnBytes));
    if (turn) await turn;
    if (!this.#slices) return; // ended meanwhile
    this.#writeSome(LIMITS.turnBytes);
    this.#slices = this.#waiting.length > 0;
    if (!this.#slices && !socket.writableNeedDrain) onDrained();
  }

  #wait(waiting: Waiting): false {
    this.#waiting.push(waiting);
    this.#waitingBytes += waiting.bytes.length;
    return false;
  }

  /** So many of the bytes that wait, in one write. */
  #writeSome(most: number): void {
    const { socket } = this.#options;
    let left = most;
    let whole = 0;
    socket.cork();
    for (const { bytes, more } of this.#waiting) {
      if (bytes.length > left) break;
      this.#write(bytes, ...more);
      left -= bytes.length;
      whole++;
    }
    this.#waiting.splice(0, whole);
    const next = this.#waiting[0];
    if (next && left > 0) {
      this.#write(next.bytes.subarray(0, left));
      this.#waiting[0] = { bytes: next.bytes.subarray(left), more: next.more };
      left = 0;
    }
    socket.uncork();
    this.#waitingBytes = this.#waiting.length > 0 ? this.#waitingBytes - most : 0;
  }

  #forget(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#slices = false;
  }
}
