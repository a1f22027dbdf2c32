import { PROTOCOL_LIMITS } from './limits.ts';
import { equals, PROTOTYPE_KEYS, StringReader, utf16Units } from './strings.ts';

// Steps over the JSON inside an update, without building it.
// Invariant: what it has stepped over, JSON.parse would have read, and no key in it reaches a prototype. However long a text is, reading it can pause
// inside, but not within one string or number.

const UNDEFINED = new TextEncoder().encode('undefined');

/** A cursor over one update, which adds to `StringReader` the texts that hold JSON. */
export class JsonReader extends StringReader {
  /** How many texts are to come, where the one being read ends, and the brackets that are to close in it. */
  #texts = 0;
  #orUndefined = false;
  #textEnd = NONE;
  readonly #brackets: number[] = [];

  /** Steps over a string that holds JSON. */
  skipJson(): void {
    this.beginJson(1);
    this.jsonOn(Number.POSITIVE_INFINITY);
  }

  /** `count` strings that hold JSON come next; `orUndefined`: or the word undefined, as ContentJSON has it. To be read by `jsonOn`. */
  protected beginJson(count: number, orUndefined = false): void {
    this.#texts = count;
    this.#orUndefined = orUndefined;
  }

  /** Goes on with what was begun, to its end or just beyond `pause`. Returns whether it is through. */
  protected jsonOn(pause: number): boolean {
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
      if (!this.#valuesOn(this.#textEnd, pause)) return false;
      if (this.#token(this.#textEnd) !== NONE) this.fail('bytes after JSON');
      this.#textEnd = NONE;
    }
  }

  /** From value to value. */
  #valuesOn(end: number, pause: number): boolean {
    const brackets = this.#brackets;
    for (;;) {
      if (this.position >= pause) return false;
      if (brackets.length > PROTOCOL_LIMITS.nesting) this.fail('JSON nested too deep');
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
