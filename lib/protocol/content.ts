import type { RefusalCode } from './errors.ts';
import { Reader } from './reader.ts';

// Steps over the values inside an update: strings, keys, JSON and lib0's Any, without building them.
// Invariant: what it has stepped over, lib0 and JSON.parse would have read, and no key in it reaches a prototype. However long a value is,
// reading it can pause inside.

/** Levels of arrays and objects inside one value. Honest content has a dozen; recursion in every reader ends far later. */
export const MAX_NESTING = 100;

/** Keys that change an object's prototype, or stand for it, where an application copies them carelessly. */
const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype'].map((key) => new TextEncoder().encode(key));
const UNDEFINED = new TextEncoder().encode('undefined');

/** A cursor over one update. Every method throws `ProtocolError(code)` when the bytes are short or wrong. */
export class ContentReader extends Reader {
  /** Of the values being read, outermost first: how many are left in each list, and of entries with a key the negative of that. */
  readonly #lists: number[] = [];
  /** Of JSON: how many texts are to come, where the one being read ends, and the brackets that are to close in it. */
  #texts = 0;
  #orUndefined = false;
  #textEnd = NONE;
  readonly #brackets: number[] = [];

  constructor(bytes: Uint8Array, code: RefusalCode = 'malformed-update') {
    super(bytes, code);
  }

  /** How many of something follow, each of at least `bytes` bytes: a claim that the bytes left cannot hold is a lie. */
  count(bytes: number): number {
    const count = this.varUint();
    if (count * bytes > this.left) this.fail(`${count} claimed, ${this.left} bytes left`);
    return count;
  }

  /** Steps over `length` bytes. */
  skip(length: number): void {
    if (length > this.left) this.fail(`${length} bytes claimed, ${this.left} left`);
    this.position += length;
  }

  /** Steps over a string and returns its length in UTF-16 units, in which Yjs counts clocks. */
  skipString(): number {
    const length = this.varUint();
    const start = this.position;
    this.skip(length);
    const units = utf16Units(this.bytes, start, this.position);
    if (units < 0) this.fail('string is not UTF-8');
    return units;
  }

  /** Steps over a string that names an entry of a map, an object or a format. */
  skipKey(): void {
    const units = this.skipString();
    // A refused key is ASCII: as many bytes as units, however its length was written.
    const start = this.position - units;
    for (const key of PROTOTYPE_KEYS) {
      if (equals(this.bytes, start, this.position, key)) this.fail('key of a prototype');
    }
  }

  /** Steps over a string that holds JSON. */
  skipJson(): void {
    this.beginJson(1);
    this.readOn(Number.POSITIVE_INFINITY);
  }

  /** Steps over a value as lib0's writeAny writes it. */
  skipAny(): void {
    this.beginAny(1);
    this.readOn(Number.POSITIVE_INFINITY);
  }

  /** `count` strings that hold JSON come next; `orUndefined`: or the word undefined, as ContentJSON has it. To be read by `readOn`. */
  protected beginJson(count: number, orUndefined = false): void {
    this.#texts = count;
    this.#orUndefined = orUndefined;
  }

  /** `count` values as lib0's writeAny writes them come next. To be read by `readOn`. */
  protected beginAny(count: number): void {
    this.#lists.push(count);
  }

  /** Goes on with what was begun, to its end or just beyond `pause`; a string or a number is read at once. Returns whether it is through. */
  protected readOn(pause: number): boolean {
    return this.#lists.length > 0 ? this.#anyOn(pause) : this.#textsOn(pause);
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
      if (depth > MAX_NESTING) this.fail('value nested too deep');
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

  #textsOn(pause: number): boolean {
    for (;;) {
      if (this.#textEnd === NONE) {
        if (this.#texts === 0) return true;
        this.#texts--;
        const length = this.varUint();
        const start = this.position;
        this.skip(length);
        if (this.#orUndefined && equals(this.bytes, start, this.position, UNDEFINED)) continue;
        this.#textEnd = this.position;
        this.position = start;
      }
      if (!this.#jsonOn(this.#textEnd, pause)) return false;
      if (this.#token(this.#textEnd) !== NONE) this.fail('bytes after JSON');
      this.#textEnd = NONE;
    }
  }

  /** From value to value. */
  #jsonOn(end: number, pause: number): boolean {
    const brackets = this.#brackets;
    for (;;) {
      if (this.position >= pause) return false;
      if (brackets.length > MAX_NESTING) this.fail('JSON nested too deep');
      const first = this.#token(end);
      switch (first) {
        case OBJECT:
        case ARRAY: {
          const closing = first === OBJECT ? OBJECT_END : ARRAY_END;
          this.position++;
          if (this.#token(end) === closing) {
            this.position++;
            break;
          }
          brackets.push(closing);
          if (first === OBJECT) this.#jsonKey(end);
          continue;
        }
        case QUOTE:
          this.#jsonString(end);
          break;
        case 0x74:
          this.#word('true', end);
          break;
        case 0x66:
          this.#word('false', end);
          break;
        case 0x6e:
          this.#word('null', end);
          break;
        default:
          this.#jsonNumber(end);
      }
      if (!this.#hasNext(end)) return true;
    }
  }

  /** Behind a value: closes what ends there. Returns whether another value follows. */
  #hasNext(end: number): boolean {
    const brackets = this.#brackets;
    for (;;) {
      const closing = brackets.at(-1);
      if (closing === undefined) return false;
      if (this.#token(end) !== closing) {
        this.#expect(COMMA, end);
        if (closing === OBJECT_END) this.#jsonKey(end);
        return true;
      }
      this.position++;
      brackets.pop();
    }
  }

  /** The byte after any white space, not consumed; NONE at the end. */
  #token(end: number): number {
    while (this.position < end) {
      const byte = this.bytes[this.position] as number;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.position++;
    }
    return NONE;
  }

  #expect(byte: number, end: number): void {
    if (this.#token(end) !== byte) this.fail('bad JSON');
    this.position++;
  }

  #word(word: string, end: number): void {
    for (let i = 0; i < word.length; i++) {
      if (this.#at(end) !== word.charCodeAt(i)) this.fail('bad JSON');
      this.position++;
    }
  }

  /** The byte at the cursor, not consumed; NONE at the end. */
  #at(end: number): number {
    return this.position < end ? (this.bytes[this.position] as number) : NONE;
  }

  /** From quote to quote. Nothing outside of strings is beyond ASCII, so that this makes sure of UTF-8 everywhere. */
  #jsonString(end: number): void {
    const start = ++this.position;
    const { bytes } = this;
    let all = 0;
    for (;;) {
      const byte = this.position < end ? (bytes[this.position] as number) : NONE;
      if (byte === QUOTE) break;
      if (byte < 0x20) this.fail('bad JSON'); // a control character, or NONE
      all |= byte;
      this.position++;
      if (byte === BACKSLASH) this.#escape(end);
    }
    if (all >= 0x80 && utf16Units(bytes, start, this.position) < 0) this.fail('string is not UTF-8');
    this.position++;
  }

  /** What follows a backslash. */
  #escape(end: number): void {
    const letter = this.#at(end);
    this.position++;
    if (letter === LETTER_U) {
      for (let i = 0; i < 4; i++, this.position++) if (!isHexDigit(this.#at(end))) this.fail('bad JSON');
    } else if (!SIMPLE_ESCAPES.includes(letter)) {
      this.fail('bad JSON');
    }
  }

  /** The name of an entry, and the colon behind it. */
  #jsonKey(end: number): void {
    if (this.#token(end) !== QUOTE) this.fail('bad JSON');
    const start = this.position;
    this.#jsonString(end);
    for (const key of PROTOTYPE_KEYS) {
      if (spells(this.bytes, start + 1, this.position - 1, key)) this.fail('key of a prototype');
    }
    this.#expect(COLON, end);
  }

  #jsonNumber(end: number): void {
    if (this.#at(end) === MINUS) this.position++;
    if (this.#at(end) === ZERO) this.position++;
    else this.#digits(end);
    if (this.#at(end) === POINT) {
      this.position++;
      this.#digits(end);
    }
    if ((this.#at(end) | 0x20) === 0x65) {
      this.position++;
      const sign = this.#at(end);
      if (sign === PLUS || sign === MINUS) this.position++;
      this.#digits(end);
    }
  }

  /** At least one. */
  #digits(end: number): void {
    if (!isDigit(this.#at(end))) this.fail('bad JSON');
    while (isDigit(this.#at(end))) this.position++;
  }
}

const NONE = -1;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const ARRAY_END = 0x5d;
const LETTER_U = 0x75;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const SIMPLE_ESCAPES: readonly number[] = Array.from('"\\/bfnrt', (character) => character.charCodeAt(0));

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

function equals(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}

/** Whether the inside of a JSON string stands for `key`, which is of letters and underscores: no other escape than \uXXXX makes these. */
function spells(bytes: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  let at = start;
  for (let i = 0; i < key.length; i++) {
    if (at >= end) return false;
    let unit = bytes[at++] as number;
    if (unit === BACKSLASH) {
      if (bytes[at++] !== LETTER_U) return false;
      unit = 0;
      for (const last = at + 4; at < last; at++) unit = unit * 16 + hexValue(bytes[at] as number);
    }
    if (unit !== key[i]) return false;
  }
  return at === end;
}

function hexValue(digit: number): number {
  return isDigit(digit) ? digit - 0x30 : (digit | 0x20) - 0x57;
}

/** UTF-16 units of the UTF-8 in `bytes` from `start` to `end`; -1 where a fatal TextDecoder would throw. */
function utf16Units(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let units = end - start;
  while (at < end) {
    const lead = bytes[at++] as number;
    if (lead < 0x80) continue;
    // The second byte's range keeps out overlong forms, surrogates and what lies beyond U+10FFFF (Unicode table 3-7).
    let low = 0x80;
    let high = 0xbf;
    let more: number;
    if (lead < 0xc2) {
      return -1;
    } else if (lead < 0xe0) {
      more = 1;
      units -= 1;
    } else if (lead < 0xf0) {
      more = 2;
      units -= 2;
      if (lead === 0xe0) low = 0xa0;
      else if (lead === 0xed) high = 0x9f;
    } else if (lead < 0xf5) {
      more = 3;
      units -= 2; // a surrogate pair
      if (lead === 0xf0) low = 0x90;
      else if (lead === 0xf4) high = 0x8f;
    } else {
      return -1;
    }
    if (more > end - at) return -1;
    const second = bytes[at++] as number;
    if (second < low || second > high) return -1;
    while (--more > 0) if (((bytes[at++] as number) & 0xc0) !== 0x80) return -1;
  }
  return units;
}
