import * as encoding from 'lib0/encoding';
import { encode } from '../../lib/protocol/bytes.ts';
import { Reader } from '../../lib/protocol/reader.ts';
import type { Voice } from '../support/peer.ts';

// A frame as a tree of fields, down to the structs of a Yjs update, each with its part in the grammar: what a mutation needs to know in order
// to break one thing and leave the rest right.
// Invariant: an untouched tree is written as the bytes that it was read from.

export type NumberRole =
  | 'message'
  | 'sync kind'
  | 'auth kind'
  | 'number'
  | 'client'
  | 'clock'
  | 'length'
  | 'parent kind'
  | 'type';
export type TextRole = 'key' | 'word' | 'name' | 'map key' | 'string' | 'json' | 'bytes';
export type GroupRole =
  | 'frame'
  | 'sync body'
  | 'update'
  | 'sections'
  | 'section'
  | 'struct'
  | 'id'
  | 'content'
  | 'values'
  | 'value'
  | 'deletions'
  | 'deletions of one'
  | 'range'
  | 'vector'
  | 'clock of one'
  | 'presence body'
  | 'presence'
  | 'person';

export type Field =
  /** A varUint. */
  | { type: 'number'; role: NumberRole; value: number }
  | { type: 'byte'; role: 'info' | 'value kind'; value: number }
  | { type: 'raw'; bytes: Uint8Array }
  /** A length and so many bytes; `claims`: the length that is written, where it is a lie. */
  | { type: 'text'; role: TextRole; bytes: Uint8Array; claims?: number }
  | Parent;

/**
 * `sized`: the length in bytes, then the fields. `list`: how many there are, then what leads them, then the fields. `group`: the fields alone.
 */
export interface Parent {
  readonly type: 'sized' | 'list' | 'group';
  readonly role: GroupRole;
  readonly lead: Field[];
  readonly fields: Field[];
  claims?: number;
}

/** Undefined for what is no frame of that dialect. */
export function parseFrame(voice: Voice, frame: Uint8Array): Parent | undefined {
  const parser = new Parser(frame);
  try {
    const tree = voice === 'y-websocket' ? parser.plainFrame() : parser.keyedFrame();
    return parser.left === 0 ? tree : undefined;
  } catch {
    return undefined; // not ours to say what is wrong with it
  }
}

export function writeFrame(tree: Field): Uint8Array {
  return encode((encoder) => write(encoder, tree));
}

function write(encoder: encoding.Encoder, field: Field): void {
  switch (field.type) {
    case 'number':
      encoding.writeVarUint(encoder, field.value);
      return;
    case 'byte':
      encoding.writeUint8(encoder, field.value);
      return;
    case 'raw':
      encoding.writeUint8Array(encoder, field.bytes);
      return;
    case 'text':
      encoding.writeVarUint(encoder, field.claims ?? field.bytes.length);
      encoding.writeUint8Array(encoder, field.bytes);
      return;
    case 'sized': {
      const body = encode((inner) => {
        for (const child of field.fields) write(inner, child);
      });
      encoding.writeVarUint(encoder, field.claims ?? body.length);
      encoding.writeUint8Array(encoder, body);
      return;
    }
    case 'list':
      encoding.writeVarUint(encoder, field.claims ?? field.fields.length);
      for (const child of field.lead) write(encoder, child);
      for (const child of field.fields) write(encoder, child);
      return;
    case 'group':
      for (const child of field.fields) write(encoder, child);
      return;
    default:
      field satisfies never;
  }
}

export function group(role: GroupRole, ...fields: Field[]): Parent {
  return { type: 'group', role, lead: [], fields };
}

export function list(role: GroupRole, fields: Field[], lead: Field[] = []): Parent {
  return { type: 'list', role, lead, fields };
}

function sized(role: GroupRole, ...fields: Field[]): Parent {
  return { type: 'sized', role, lead: [], fields };
}

export function number(role: NumberRole, value: number): Field {
  return { type: 'number', role, value };
}

export function text(role: TextRole, words: string | Uint8Array): Field {
  return { type: 'text', role, bytes: typeof words === 'string' ? new TextEncoder().encode(words) : words };
}

class Parser {
  readonly #reader: Reader;

  constructor(bytes: Uint8Array) {
    this.#reader = new Reader(bytes);
  }

  get left(): number {
    return this.#reader.left;
  }

  keyedFrame(): Parent {
    if (this.left === 1) return group('frame', this.#raw(1)); // a ping or a pong
    const key = this.#text('key');
    const type = this.#number('message');
    switch (type.value) {
      case 0:
        return group('frame', key, type, ...this.#sync());
      case 1:
        return group('frame', key, type, this.#presence());
      case 2: {
        const kind = this.#number('auth kind');
        const words = [this.#text('word')];
        if (this.left > 0) words.push(this.#text('word'));
        return group('frame', key, type, kind, ...words);
      }
      case 64:
        return group('frame', key, type, this.#number('number'), this.#body('sync body', 2));
      default:
        return group('frame', key, type, this.#raw(this.left));
    }
  }

  plainFrame(): Parent {
    const type = this.#number('message');
    if (type.value === 0) return group('frame', type, ...this.#sync());
    if (type.value === 1) return group('frame', type, this.#presence());
    return group('frame', type, this.#raw(this.left));
  }

  #sync(): Field[] {
    const kind = this.#number('sync kind');
    return [kind, this.#body('sync body', kind.value)];
  }

  #body(role: GroupRole, kind: number): Parent {
    const inner = new Parser(this.#reader.varBytes());
    const body = kind === 0 ? inner.#vector() : inner.#update();
    if (inner.left > 0) throw new Error('bytes after the body');
    return sized(role, body);
  }

  #presence(): Parent {
    const inner = new Parser(this.#reader.varBytes());
    const people = inner.#list('presence', () =>
      group('person', inner.#number('client'), inner.#number('clock'), inner.#text('json')),
    );
    return sized('presence body', people);
  }

  #vector(): Parent {
    return this.#list('vector', () => group('clock of one', this.#number('client'), this.#number('clock')));
  }

  #update(): Parent {
    const sections = this.#list('sections', () => {
      const structs = this.#reader.varUint();
      const lead = [this.#number('client'), this.#number('clock')];
      return list(
        'section',
        Array.from({ length: structs }, () => this.#struct()),
        lead,
      );
    });
    const deletions = this.#list('deletions', () =>
      group(
        'deletions of one',
        this.#number('client'),
        this.#list('range', () => group('range', this.#number('clock'), this.#number('length'))),
      ),
    );
    return group('update', sections, deletions);
  }

  #struct(): Parent {
    const info = this.#byte('info');
    const kind = info.value & 0x1f;
    if (kind === 0 || kind === 10) return group('struct', info, this.#number('length'));
    const fields: Field[] = [info];
    if (info.value & 0x80) fields.push(this.#id());
    if (info.value & 0x40) fields.push(this.#id());
    if ((info.value & 0xc0) === 0) {
      const parent = this.#number('parent kind');
      fields.push(parent, parent.value === 1 ? this.#text('name') : this.#id());
      if (info.value & 0x20) fields.push(this.#text('map key'));
    }
    return group('struct', ...fields, group('content', ...this.#content(kind)));
  }

  #content(kind: number): Field[] {
    switch (kind) {
      case 1:
        return [this.#number('length')];
      case 2:
        return [this.#list('values', () => this.#text('json'))];
      case 3:
        return [this.#text('bytes')];
      case 4:
        return [this.#text('string')];
      case 5:
        return [this.#text('json')];
      case 6:
        return [this.#text('map key'), this.#text('json')];
      case 7: {
        const type = this.#number('type');
        return type.value === 3 || type.value === 5 ? [type, this.#text('string')] : [type];
      }
      case 8:
        return [this.#list('values', () => this.#value())];
      case 9:
        return [this.#text('string'), this.#value()];
      default:
        throw new Error(`unknown content ${kind}`);
    }
  }

  #value(): Parent {
    const kind = this.#byte('value kind');
    switch (kind.value) {
      case 127:
      case 126:
      case 121:
      case 120:
        return group('value', kind);
      case 125: {
        let length = 1;
        while ((this.#reader.bytes[this.#reader.position + length - 1] ?? 0) >= 0x80) length++;
        return group('value', kind, this.#raw(length));
      }
      case 124:
        return group('value', kind, this.#raw(4));
      case 123:
      case 122:
        return group('value', kind, this.#raw(8));
      case 119:
        return group('value', kind, this.#text('string'));
      case 118:
        return group(
          'value',
          kind,
          this.#list('values', () => group('value', this.#text('map key'), this.#value())),
        );
      case 117:
        return group(
          'value',
          kind,
          this.#list('values', () => this.#value()),
        );
      case 116:
        return group('value', kind, this.#text('bytes'));
      default:
        throw new Error(`unknown value ${kind.value}`);
    }
  }

  #id(): Parent {
    return group('id', this.#number('client'), this.#number('clock'));
  }

  #list(role: GroupRole, item: () => Field): Parent {
    const count = this.#reader.varUint();
    return list(
      role,
      Array.from({ length: count }, () => item()),
    );
  }

  #number(role: NumberRole) {
    return { type: 'number' as const, role, value: this.#reader.varUint() };
  }

  #byte(role: 'info' | 'value kind') {
    return { type: 'byte' as const, role, value: this.#reader.byte() };
  }

  #text(role: TextRole): Field {
    return { type: 'text', role, bytes: this.#reader.varBytes().slice() };
  }

  #raw(length: number): Field {
    return { type: 'raw', bytes: Uint8Array.from({ length }, () => this.#reader.byte()) };
  }
}
