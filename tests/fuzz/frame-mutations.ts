import { concat } from '../../lib/protocol/bytes.ts';
import type { Voice } from '../support/peer.ts';
import { Random } from '../support/random.ts';
import {
  type Field,
  group,
  list,
  number,
  type Parent,
  parseFrame,
  type TextRole,
  text,
  writeFrame,
} from './frame-grammar.ts';

// What is done to a good frame to make it a bad one: most of it in the words of the grammar, some of it blindly.
// Invariant: the same frame and the same seeds make the same bytes, so that a seed that is left out is a smaller failure.

/** What the frames of one attack may speak of. */
export interface Vocabulary {
  /** Presence and client ids of those who are there. */
  readonly clients: readonly number[];
  /** Session keys, of this document and of another. */
  readonly keys: readonly string[];
  /** Other frames of this dialect, for parts of them. */
  readonly frames: readonly Uint8Array[];
}

/** `frame` after one mutation for each seed. */
export function mutate(voice: Voice, frame: Uint8Array, seeds: readonly number[], vocabulary: Vocabulary): Uint8Array {
  const tree = parseFrame(voice, frame);
  const blind: Random[] = [];
  for (const seed of seeds) {
    const random = new Random(seed);
    if (!tree || random.next() < BLIND_SHARE) blind.push(random);
    else mutateTree(tree, random, voice, vocabulary);
  }
  let bytes = tree ? writeFrame(tree) : frame;
  for (const random of blind) bytes = random.pick(BLIND)(bytes, random, vocabulary);
  return bytes;
}

/** Of mutations, those that know nothing of the grammar. */
const BLIND_SHARE = 0.2;

type Blind = (bytes: Uint8Array, random: Random, vocabulary: Vocabulary) => Uint8Array;

const BLIND: readonly Blind[] = [
  function flipBits(bytes, random) {
    const flipped = bytes.slice();
    for (let flips = random.between(1, 4); flips > 0 && bytes.length > 0; flips--) {
      const bit = random.between(0, bytes.length * 8 - 1);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    }
    return flipped;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.between(0, bytes.length));
  },
  function append(bytes, random) {
    return concat([bytes, random.bytes(random.between(1, 20))]);
  },
  function splice(bytes, random, { frames }) {
    const other = random.pick(frames);
    return concat([
      bytes.subarray(0, random.between(0, bytes.length)),
      other.subarray(random.between(0, other.length)),
    ]);
  },
  function repeat(bytes, random) {
    const from = random.between(0, bytes.length);
    const to = random.between(from, Math.min(bytes.length, from + 40));
    const part = bytes.subarray(from, to);
    const times = Array.from({ length: random.pick([2, 3, 50, 1_000]) }, () => part);
    return concat([bytes.subarray(0, from), ...times, bytes.subarray(to)]);
  },
];

// ---- in the words of the grammar

function mutateTree(tree: Parent, random: Random, voice: Voice, vocabulary: Vocabulary): void {
  const places = placesIn(tree);
  if (places.length === 0) return; // nothing is left of it
  const place = random.pick(places);
  const { siblings, at } = place;
  const field = siblings[at] as Field;
  // Half of the mutations are about order and number, whatever the field is.
  if (random.next() < 0.35) {
    random.pick(ARRANGEMENTS)(place, random);
    return;
  }
  if (random.next() < 0.15) {
    const donor = parseFrame(voice, random.pick(vocabulary.frames));
    const alike = donor ? placesIn(donor).filter((other) => sameRole(fieldAt(other), field)) : [];
    if (alike.length > 0) {
      siblings[at] = structuredClone(fieldAt(random.pick(alike)));
      return;
    }
  }
  siblings[at] = changed(field, random, vocabulary);
}

interface Place {
  readonly parent: Parent;
  readonly siblings: Field[];
  readonly at: number;
}

function placesIn(tree: Parent): Place[] {
  const places: Place[] = [];
  const visit = (parent: Parent) => {
    for (const siblings of [parent.lead, parent.fields]) {
      for (const [at, field] of siblings.entries()) {
        places.push({ parent, siblings, at });
        if ('fields' in field) visit(field);
      }
    }
  };
  visit(tree);
  return places;
}

function fieldAt({ siblings, at }: Place): Field {
  return siblings[at] as Field;
}

function sameRole(a: Field, b: Field): boolean {
  return a.type === b.type && 'role' in a && 'role' in b && a.role === b.role;
}

const ARRANGEMENTS: readonly ((place: Place, random: Random) => void)[] = [
  function leaveOut({ siblings, at }) {
    siblings.splice(at, 1);
  },
  function leaveOutTheRest({ siblings, at }) {
    siblings.length = at;
  },
  function sayTwice({ siblings, at }) {
    siblings.splice(at, 0, structuredClone(siblings[at] as Field));
  },
  function sayOften({ siblings, at }, random) {
    const field = siblings[at] as Field;
    if (writeFrame(field).length > 1_000) return;
    siblings.splice(at, 0, ...Array.from({ length: random.pick([10, 300, 3_000]) }, () => structuredClone(field)));
  },
  function swap({ siblings, at }, random) {
    const other = random.between(0, siblings.length - 1);
    [siblings[at], siblings[other]] = [siblings[other] as Field, siblings[at] as Field];
  },
  function turnRound({ siblings }) {
    siblings.reverse();
  },
  function miscount({ parent }, random) {
    if (parent.type !== 'group') parent.claims = random.pick(NUMBERS);
  },
  function miscountByOne({ parent }, random) {
    const bytes = () => parent.fields.reduce((sum, field) => sum + writeFrame(field).length, 0);
    if (parent.type === 'list') parent.claims = Math.max(0, parent.fields.length + random.pick([-1, 1]));
    if (parent.type === 'sized') parent.claims = Math.max(0, bytes() + random.pick([-1, 1]));
  },
];

const NUMBERS: readonly number[] = [
  0,
  1,
  2,
  3,
  10,
  64,
  127,
  128,
  255,
  16_383,
  16_384,
  65_536,
  1_000_000,
  9_999_999,
  10_000_001,
  2 ** 25 - 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 52,
  Number.MAX_SAFE_INTEGER - 1,
  Number.MAX_SAFE_INTEGER,
];

/** Integers as nobody writes them: with empty groups, over 2^53-1, without an end. */
const ODD_NUMBERS: readonly (readonly number[])[] = [
  [0x80, 0x00],
  [0x81, 0x80, 0x00],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f],
  [...new Array(9).fill(0xff), 0x01],
  [...new Array(150).fill(0x80), 0x01],
  new Array(12).fill(0xff),
];

function changed(field: Field, random: Random, vocabulary: Vocabulary): Field {
  switch (field.type) {
    case 'number':
      if (random.next() < 0.1) return { type: 'raw', bytes: Uint8Array.from(random.pick(ODD_NUMBERS)) };
      if (field.role === 'client' && random.next() < 0.6) return { ...field, value: random.pick(vocabulary.clients) };
      if (random.next() < 0.5) return { ...field, value: Math.max(0, field.value + random.pick([-2, -1, 1, 2, 10])) };
      return { ...field, value: random.pick(NUMBERS) };
    case 'byte':
      if (field.role === 'info' && random.next() < 0.5)
        return { ...field, value: field.value ^ random.pick([0x20, 0x40, 0x80]) };
      return { ...field, value: random.between(0, 255) };
    case 'raw':
      return { ...field, bytes: random.bytes(random.between(0, field.bytes.length + 4)) };
    case 'text':
      if (random.next() < 0.15) return { ...field, claims: random.pick([0, field.bytes.length + 1, ...NUMBERS]) };
      return { ...field, bytes: words(field.role, random, vocabulary) };
    case 'sized':
      return { ...field, claims: random.pick(NUMBERS) };
    case 'list':
      if (field.role === 'sections' && random.next() < 0.5) return forgedSections(random, vocabulary);
      if (random.next() < 0.5) return { ...field, fields: [] };
      return { ...field, claims: random.pick(NUMBERS) };
    case 'group':
      if (field.role === 'value') return odd(random);
      if (field.role === 'struct') return forgedStruct(random, vocabulary);
      if (field.role === 'id') return someId(random, vocabulary);
      return { ...field, fields: [] };
    default:
      return field satisfies never;
  }
}

const NOT_UTF8: readonly (readonly number[])[] = [
  [0xff],
  [0xc3],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80], // half a surrogate
  [0xed, 0xb0, 0x80, 0xed, 0xa0, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0x61, 0xe2, 0x82],
];

const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype', '\\u005f_proto__'];

const JSON_TEXTS = [
  '',
  '{',
  'nul',
  'undefined',
  '"',
  '"\\ud800"',
  '{"__proto__":{"x":1}}',
  '{"a":{"constructor":1}}',
  '1e999999',
  '0'.repeat(1_000),
  '[]]',
  '\ufeff{}',
  '{"user":{"name":"\\u0000"}}',
  'null',
];

function words(role: TextRole, random: Random, { keys }: Vocabulary): Uint8Array {
  if (random.next() < 0.15) return Uint8Array.from(random.pick(NOT_UTF8));
  const long = () => 'x'.repeat(random.pick([201, 5_000, 70_000]));
  const common = () => random.pick(['', '\0', 'a\nb', '../../etc/passwd', '😀', '\ufeff', ...PROTOTYPE_KEYS, long()]);
  switch (role) {
    case 'key':
      return utf8(random.next() < 0.7 ? random.pick(keys) : common());
    case 'json': {
      const depth = random.pick([50, 99, 100, 101, 3_000, 100_000]);
      const deep = random.pick(['['.repeat(depth) + ']'.repeat(depth), '['.repeat(depth), '{"a":'.repeat(depth)]);
      return utf8(random.next() < 0.3 ? deep : random.pick([...JSON_TEXTS, common()]));
    }
    case 'map key':
      return utf8(random.pick([...PROTOTYPE_KEYS, common(), 'k']));
    case 'bytes':
      return random.bytes(random.pick([0, 1, 1_000]));
    default:
      return utf8(common());
  }
}

function utf8(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

/** Values of lib0's Any that no editor makes: deep, wide, with keys of prototypes. */
function odd(random: Random): Field {
  const raw = (...bytes: number[]): Field => ({ type: 'raw', bytes: Uint8Array.from(bytes) });
  const depth = random.pick([99, 100, 101, 5_000]);
  switch (random.between(0, 4)) {
    case 0:
      return raw(...new Array(depth).fill([117, 1]).flat(), 126);
    case 1:
      return group(
        'value',
        raw(117),
        list(
          'values',
          Array.from({ length: random.pick([1_000, 20_000]) }, () => raw(117, 0)),
        ),
      );
    case 2:
      return group('value', raw(118), list('values', [group('value', text('map key', '__proto__'), raw(118, 0))]));
    case 3:
      return group('value', raw(117), { ...list('values', []), claims: random.pick(NUMBERS) });
    default:
      return raw(random.between(100, 127), ...random.bytes(8));
  }
}

const BOLD = [text('map key', 'bold'), text('json', 'true')];

function someId(random: Random, { clients }: Vocabulary): Parent {
  const clock = random.next() < 0.8 ? random.between(0, 40) : random.pick(NUMBERS);
  return group('id', number('client', random.pick(clients)), number('clock', clock));
}

/** A struct that is well-formed, and refers to what it likes. */
function forgedStruct(random: Random, vocabulary: Vocabulary): Parent {
  const kind = random.pick([0, 1, 3, 4, 4, 6, 7, 7, 8, 9, 10, 11, 31]);
  if (kind === 0 || kind === 10)
    return group('struct', info(kind), number('length', random.pick([1, 1, 3, ...NUMBERS])));
  const bits = random.pick([0, 0x20, 0x40, 0x80, 0xc0, 0xe0]);
  const fields: Field[] = [info(kind | bits)];
  if (bits & 0x80) fields.push(someId(random, vocabulary));
  if (bits & 0x40) fields.push(someId(random, vocabulary));
  if ((bits & 0xc0) === 0) {
    if (random.next() < 0.5) fields.push(number('parent kind', 1), text('name', random.pick(['text', 'map', 'new'])));
    else fields.push(number('parent kind', 0), someId(random, vocabulary));
    if (bits & 0x20) fields.push(text('map key', random.pick(['k', 'key', 'constructor'])));
  }
  return group('struct', ...fields, ...forgedContent(kind, random));
}

function info(value: number): Field {
  return { type: 'byte', role: 'info', value };
}

function forgedContent(kind: number, random: Random): Field[] {
  switch (kind) {
    case 1:
      return [number('length', random.pick([1, 1, 2, ...NUMBERS]))];
    case 3:
      return [text('bytes', random.bytes(3))];
    case 4:
      return [text('string', random.pick(['a', 'bc', '😀', '']))];
    case 6:
      return BOLD;
    case 7:
      return [number('type', random.pick([0, 1, 2, 4, 6, 7]))];
    case 8:
      return [list('values', [odd(random)])];
    case 9:
      return [text('string', 'guid'), { type: 'raw', bytes: Uint8Array.of(118, 0) }];
    default:
      return [];
  }
}

/** A few clients with structs of their own, or very many with next to nothing. */
function forgedSections(random: Random, vocabulary: Vocabulary): Parent {
  const section = (client: number, clock: number, structs: Field[]) =>
    list('section', structs, [number('client', client), number('clock', clock)]);
  if (random.next() < 0.2) {
    const base = random.between(1, 2 ** 31);
    return list(
      'sections',
      Array.from({ length: 3_000 }, (_, i) => section(base + i, 0, [group('struct', info(0), number('length', 1))])),
    );
  }
  return list(
    'sections',
    Array.from({ length: random.between(1, 3) }, () =>
      section(
        random.pick(vocabulary.clients),
        random.pick([0, 0, 1, 2, 5, ...NUMBERS]),
        Array.from({ length: random.between(1, 4) }, () => forgedStruct(random, vocabulary)),
      ),
    ),
  );
}
