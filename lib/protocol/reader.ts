import { ProtocolError, type RefusalCode } from './errors.ts';

// Reads lib0's varints, strings and byte arrays from bytes that may be hostile.
// Invariant: it never reads outside its own view. (lib0's readVarUint8Array bounds a claimed length by the underlying
// ArrayBuffer, and a frame is a slice of a pooled one: a lying length would hand out a neighbour's bytes.)

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A cursor over one frame or update. Every method throws `ProtocolError(code)` when the bytes are short or wrong. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly code: RefusalCode;
  position = 0;

  constructor(bytes: Uint8Array, code: RefusalCode = 'malformed-frame') {
    this.bytes = bytes;
    this.code = code;
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  fail(detail: string): never {
    throw new ProtocolError(this.code, `${detail} at byte ${this.position}`);
  }

  byte(): number {
    const value = this.bytes[this.position];
    if (value === undefined) this.fail('unexpected end');
    this.position++;
    return value;
  }

  /** An unsigned integer up to 2^53-1, seven bits a byte, least significant first (lib0 varUint). */
  varUint(): number {
    let value = this.byte();
    if (value < 0x80) return value;
    value &= 0x7f;
    let scale = 0x80;
    for (;;) {
      const next = this.byte();
      value += (next & 0x7f) * scale;
      // An endless run of empty groups never raises the value: its scale would reach Infinity, and the value NaN.
      if (value > Number.MAX_SAFE_INTEGER || scale > Number.MAX_SAFE_INTEGER) this.fail('integer over 2^53-1');
      if (next < 0x80) return value;
      scale *= 0x80;
    }
  }

  /** A view, not a copy: valid as long as the frame is. */
  varBytes(): Uint8Array {
    const length = this.varUint();
    if (length > this.left) this.fail(`${length} bytes claimed, ${this.left} left`);
    const start = this.position;
    this.position += length;
    return this.bytes.subarray(start, this.position);
  }

  varString(): string {
    const bytes = this.varBytes();
    try {
      return utf8.decode(bytes);
    } catch {
      this.fail('string is not UTF-8'); // the decoder's own message says no more
    }
  }

  /** Refuses bytes after the end: they are a framing mistake or somebody's smuggling. */
  end(): void {
    if (this.left > 0) this.fail(`${this.left} bytes too many`);
  }
}
