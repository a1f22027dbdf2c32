import type { RefusalCode } from './errors.ts';
import { JsonReader } from './json.ts';
import { PROTOCOL_LIMITS } from './limits.ts';

// Steps over the values inside an update, JSON and lib0's Any, without building them.
// Invariant: what it has stepped over, lib0 would have read. However long a value is, reading it can pause inside.

/** A cursor over one update. Every method throws `ProtocolError(code)` when the bytes are short or wrong. */
export class ContentReader extends JsonReader {
  /** Of the values being read, outermost first: how many are left in each list, and of entries with a key the negative of that. */
  readonly #lists: number[] = [];

  constructor(bytes: Uint8Array, code: RefusalCode = 'malformed-update') {
    super(bytes, code);
  }

  /** Steps over a value as lib0's writeAny writes it. */
  skipAny(): void {
    this.beginAny(1);
    this.readOn(Number.POSITIVE_INFINITY);
  }

  /** `count` values as lib0's writeAny writes them come next. To be read by `readOn`. */
  protected beginAny(count: number): void {
    this.#lists.push(count);
  }

  /** Goes on with what was begun, to its end or just beyond `pause`; a string or a number is read at once. Returns whether it is through. */
  protected readOn(pause: number): boolean {
    return this.#lists.length > 0 ? this.#anyOn(pause) : this.jsonOn(pause);
  }

  #anyOn(pause: number): boolean {
    const lists = this.#lists;
    for (let depth = lists.length - 1; depth >= 0; ) {
      const left = lists[depth] as number;
      if (left === 0) {
        lists.pop();
        depth--;
        continue;
      }
      if (this.position >= pause) return false;
      if (depth > PROTOCOL_LIMITS.nesting) this.fail('value nested too deep');
      if (left < 0) this.skipKey();
      lists[depth] = left < 0 ? left + 1 : left - 1;
      const type = this.byte();
      switch (type) {
        case 127: // undefined
        case 126: // null
        case 121: // false
        case 120: // true
          break;
        case 125:
          this.#skipVarInt();
          break;
        case 124: // float32
          this.skip(4);
          break;
        case 123: // float64
        case 122: // bigint
          this.skip(8);
          break;
        case 119:
          this.skipString();
          break;
        case 118:
          lists.push(-this.count(2));
          depth++;
          break;
        case 117:
          lists.push(this.count(1));
          depth++;
          break;
        case 116:
          this.skip(this.varUint());
          break;
        default:
          this.fail(`unknown value ${type}`);
      }
    }
    return true;
  }

  /** A signed integer: six bits and a sign, then seven bits a byte. */
  #skipVarInt(): void {
    let next = this.byte();
    let value = next & 0x3f;
    let scale = 0x40;
    while (next >= 0x80) {
      next = this.byte();
      value += (next & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER || scale > Number.MAX_SAFE_INTEGER) this.fail('integer over 2^53-1');
      scale *= 0x80;
    }
  }
}
