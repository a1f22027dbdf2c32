import { ContentReader } from './content.ts';

// The structs of a Yjs V1 update, one after another, without building any. The format is that of yjs 13,
// src/utils/encoding.js and src/structs.
// Invariant: a struct that has been read is one that Yjs could read, and is at least one clock long.

/** What a struct is: its low five bits on the wire. */
export const GC = 0;
export const DELETED = 1;
const JSON_VALUES = 2;
const BINARY = 3;
const STRING = 4;
const EMBED = 5;
const FORMAT = 6;
const TYPE = 7;
const ANY = 8;
const SUBDOCUMENT = 9;
export const SKIP = 10;

const KIND = 0x1f;
const HAS_KEY = 0x20;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_ORIGIN = 0x80;

const TYPES = 7; // array, map, text, XML element, fragment, hook, text
const XML_ELEMENT = 3;
const XML_HOOK = 5;
const ANY_OBJECT = 118;

/** Stands for a client where a struct has no such reference. */
export const NOBODY = -1;

/**
 * A cursor over an update: `section()`, then `next()` for each of its structs; the fields say what was read last.
 * Throws `ProtocolError('malformed-update')`.
 */
export class StructReader extends ContentReader {
  /** Whose structs they are, and the first clock of this one. */
  client = 0;
  clock = 0;
  kind = GC;
  /** Clocks it takes: UTF-16 units, values, or one. */
  length = 0;
  originClient = NOBODY;
  originClock = 0;
  rightClient = NOBODY;
  rightClock = 0;
  /** The type it lies in, where that is not the one of its origins and has no name. */
  parentClient = NOBODY;
  parentClock = 0;
  /** Hash of the name of the root type it lies in; NOBODY where it names none. */
  root = NOBODY;
  /** Its content has been read in part. */
  #within = false;

  /** Starts the structs of one client; returns how many there are. */
  section(): number {
    const structs = this.count(2);
    this.client = this.varUint();
    this.clock = this.varUint();
    this.length = 0;
    return structs;
  }

  /** Reads a struct to its end, or to just beyond `pause`. Returns whether it got there: if not, it is to be called again, and no field counts until then. */
  next(pause = Number.POSITIVE_INFINITY): boolean {
    if (!this.#within) this.#begin();
    this.#within = !this.readOn(pause);
    return !this.#within;
  }

  #begin(): void {
    this.clock += this.length;
    const info = this.byte();
    this.kind = info & KIND;
    this.originClient = NOBODY;
    this.rightClient = NOBODY;
    this.parentClient = NOBODY;
    this.root = NOBODY;
    if (this.kind === GC || this.kind === SKIP) {
      if (info !== this.kind) this.fail('struct with unknown bits');
      this.length = this.varUint();
    } else {
      this.#references(info);
      this.length = this.#content(this.kind);
    }
    if (this.length === 0) this.fail('struct without length');
    if (this.clock + this.length > Number.MAX_SAFE_INTEGER) this.fail('clock over 2^53-1');
  }

  #references(info: number): void {
    if (info & HAS_ORIGIN) {
      this.originClient = this.varUint();
      this.originClock = this.varUint();
    }
    if (info & HAS_RIGHT_ORIGIN) {
      this.rightClient = this.varUint();
      this.rightClock = this.varUint();
    }
    if (info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) return; // lies where its origins lie
    switch (this.varUint()) {
      case 0:
        this.parentClient = this.varUint();
        this.parentClock = this.varUint();
        break;
      case 1: {
        const start = this.position;
        this.skipString();
        this.root = hash(this.bytes, start, this.position);
        break;
      }
      default:
        this.fail('unknown parent');
    }
    if (info & HAS_KEY) this.skipKey();
  }

  /** Begins to step over the content, and returns its length in clocks. Values are read by `readOn`. */
  #content(kind: number): number {
    switch (kind) {
      case DELETED:
        return this.varUint();
      case JSON_VALUES: {
        const values = this.count(2);
        this.beginJson(values, true);
        return values;
      }
      case BINARY:
        this.skip(this.varUint());
        return 1;
      case STRING:
        return this.skipString();
      case EMBED:
        this.beginJson(1);
        return 1;
      case FORMAT:
        this.skipKey();
        this.beginJson(1);
        return 1;
      case TYPE: {
        const type = this.varUint();
        if (type >= TYPES) this.fail(`unknown type ${type}`);
        if (type === XML_ELEMENT || type === XML_HOOK) this.skipString(); // its name
        return 1;
      }
      case ANY: {
        const values = this.count(1);
        this.beginAny(values);
        return values;
      }
      case SUBDOCUMENT:
        this.skipString(); // its guid
        if (this.bytes[this.position] !== ANY_OBJECT) this.fail('subdocument without options');
        this.beginAny(1);
        return 1;
      default:
        return this.fail(`unknown struct ${kind}`);
    }
  }
}

/** FNV-1a, 32 bits, unsigned. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < end; i++) value = Math.imul(value ^ (bytes[i] as number), 0x01000193);
  return value >>> 0;
}
