import { LIMITS } from '../limits.ts';

// One large frame, put together and unmasked as it arrives: at its end there is nothing left to be done with all of it at once.
// Invariant: it takes no memory for what it only claims, but for eight times what has come.

/** Of its length, what must be here before it gets its place in memory. */
const BELIEVED = 1 / 8;

/** Owned by the inbox that reads it. `length` must be within bounds. */
export class LargeFrame {
  readonly #length: number;
  readonly #mask: Uint8Array;
  /** What has come, before it has its place. */
  #waiting: Buffer[] = [];
  #payload: Buffer | undefined;
  #filled = 0;
  #unmasked = 0;
  #pieces = 0;

  /** `mask`: four bytes, copied. */
  constructor(length: number, mask: Uint8Array) {
    this.#length = length;
    this.#mask = Uint8Array.from(mask);
  }

  /** Takes what of it is in `chunk` from `at` on, which is kept until there is more of it. Returns where that ends. */
  add(chunk: Buffer, at: number): number {
    this.#pieces++;
    const end = Math.min(chunk.length, at + this.#length - this.#filled);
    const piece = chunk.subarray(at, end);
    this.#filled += piece.length;
    if (this.#payload) {
      this.#payload.set(piece, this.#filled - piece.length);
    } else {
      this.#waiting.push(piece);
      if (this.#filled >= this.#length * BELIEVED) this.#settle();
    }
    if (this.#payload) this.#unmask(this.#payload);
    return end;
  }

  /** All of it; undefined while it is not here. */
  get payload(): Buffer | undefined {
    return this.#filled === this.#length ? this.#payload : undefined;
  }

  /** It comes in more pieces than anybody's network makes of it. */
  get isShredded(): boolean {
    return this.#pieces > LIMITS.pieces;
  }

  #settle(): void {
    this.#payload = Buffer.allocUnsafeSlow(this.#length);
    let at = 0;
    for (const piece of this.#waiting) {
      this.#payload.set(piece, at);
      at += piece.length;
    }
    this.#waiting = [];
  }

  /** Word by word, which is ten times faster than byte by byte; what is left of the last word when it is whole. */
  #unmask(payload: Buffer): void {
    const words = new Uint32Array(payload.buffer, payload.byteOffset, this.#length >>> 2);
    const [mask = 0] = new Uint32Array(this.#mask.buffer);
    const end = this.#filled >>> 2;
    for (let i = this.#unmasked >>> 2; i < end; i++) words[i] = (words[i] as number) ^ mask;
    this.#unmasked = end << 2;
    if (this.#filled < this.#length) return;
    for (let i = this.#unmasked; i < this.#length; i++) {
      payload[i] = (payload[i] as number) ^ (this.#mask[i & 3] as number);
    }
    this.#unmasked = this.#length;
  }
}
