import { Reader } from './reader.ts';

// Steps over the strings and keys inside an update, and counts them as Yjs does, without building them.
// Invariant: what it has stepped over, a fatal TextDecoder would have read, and no key in it reaches a prototype.

/** Keys that change an object's prototype, or stand for it, where an application copies them carelessly. */
export const PROTOTYPE_KEYS: readonly Uint8Array[] = ['__proto__', 'constructor', 'prototype'].map((key) =>
  new TextEncoder().encode(key),
);

/** A cursor over one update, which adds to `Reader` what is stepped over. */
export class StringReader extends Reader {
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
}

export function equals(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}

/** UTF-16 units of the UTF-8 in `bytes` from `start` to `end`; -1 where a fatal TextDecoder would throw. */
export function utf16Units(bytes: Uint8Array, start: number, end: number): number {
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
