import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as prng from 'lib0/prng';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { ContentReader } from '../../lib/protocol/content.ts';
import { Coverage } from '../../lib/protocol/coverage.ts';
import { ProtocolError } from '../../lib/protocol/errors.ts';
import { type CheckedUpdate, checkUpdate, UpdateCheck } from '../../lib/protocol/update.ts';
import { openDocument } from '../../server/documents/compact.ts';
import { comesBack } from '../../server/documents/reload.ts';

// The check against Yjs itself: random sessions of several people, whose updates a real document and a coverage receive side by side.
// `SEED=n npx vitest run tests/fuzz/update.test.ts` replays one seed, which every failure names.

const FIRST_SEED = 1;

function eachSeed(count: number, story: (gen: prng.PRNG) => void): void {
  const { SEED } = process.env;
  const seeds = SEED ? [Number(SEED)] : Array.from({ length: count }, (_, i) => FIRST_SEED + i);
  for (const seed of seeds) {
    try {
      story(prng.create(seed));
    } catch (cause) {
      throw new Error(`SEED=${seed}: ${(cause as Error).message}`, { cause });
    }
  }
}

// ---- people who write

/** `plain`: text and lists only, where no document deletes anything that no update has announced. */
type Style = 'plain' | 'rich';

const WORDS = ['a', 'ink', 'room ', '\n', 'é', '繁體', '中文編輯', '😀', '👩‍🚀', '𝒳𝒴', '\ufeff', 'x'.repeat(40)];
const MARKS = ['bold', 'link', 'comment', '粗'];
const KEYS = ['k', 'title', '', '鍵', 'proto'];

function anyValue(gen: prng.PRNG, depth = 0): unknown {
  switch (prng.int32(gen, 0, depth > 2 ? 9 : 11)) {
    case 0:
      return null;
    case 1:
      return undefined;
    case 2:
      return prng.bool(gen);
    case 3:
      return prng.int32(gen, -100, 100);
    case 4:
      return prng.int53(gen, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    case 5:
      return prng.real53(gen) * 1e9;
    case 6:
      return 0.5;
    case 7:
      return BigInt(prng.int32(gen, -1000, 1000));
    case 8:
      return prng.uint8Array(gen, prng.int32(gen, 0, 5));
    case 9:
      return prng.oneOf(gen, WORDS);
    case 10:
      return Array.from({ length: prng.int32(gen, 0, 3) }, () => anyValue(gen, depth + 1));
    default:
      return Object.fromEntries(KEYS.slice(0, prng.int32(gen, 0, 4)).map((key) => [key, anyValue(gen, depth + 1)]));
  }
}

/** Lists take undefined and bigints only inside other values. */
function listValue(gen: prng.PRNG): unknown {
  const value = anyValue(gen);
  return value === undefined || typeof value === 'bigint' ? [value] : value;
}

/** What Format and Embed carry as JSON. */
function jsonValue(gen: prng.PRNG): object {
  return prng.oneOf<object>(gen, [{}, { href: 'https://example.org/\\"x' }, { n: [1, -2.5e-7, { 'é\n': null }] }]);
}

/** Roots as a server's document must know them too: cleaning up formats is a matter of a root's type. */
function roots(doc: Y.Doc) {
  return {
    plain: doc.getText('plain'),
    list: doc.getArray('list'),
    text: doc.getText('text'),
    map: doc.getMap('map'),
    xml: doc.getXmlFragment('xml'),
  };
}

class Person {
  readonly doc: Y.Doc;
  /** Updates of this person's own, oldest first, which nobody has fetched. */
  readonly said: Uint8Array[] = [];
  readonly #gen: prng.PRNG;
  readonly #style: Style;
  readonly #undo: Y.UndoManager;
  #subdocuments = 0;

  constructor(gen: prng.PRNG, style: Style, client: number) {
    this.#gen = gen;
    this.#style = style;
    this.doc = new Y.Doc({ gc: prng.int32(gen, 0, 4) > 0 });
    this.doc.clientID = client;
    const { plain, list, text, map, xml } = roots(this.doc);
    this.#undo = new Y.UndoManager([plain, list, text, map, xml], { captureTimeout: 0 });
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'remote') this.said.push(update);
    });
  }

  hear(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, 'remote');
  }

  act(): void {
    const gen = this.#gen;
    if (this.#style === 'plain') this.#actPlainly();
    else if (prng.int32(gen, 0, 7) === 0) prng.bool(gen) ? this.#undo.undo() : this.#undo.redo();
    else
      this.doc.transact(() => {
        for (let edits = prng.oneOf(gen, [1, 1, 1, 3]); edits > 0; edits--) this.#actRichly();
      });
  }

  #actPlainly(): void {
    const gen = this.#gen;
    const { plain, list } = roots(this.doc);
    switch (prng.int32(gen, 0, 5)) {
      case 0:
      case 1:
      case 2:
        plain.insert(prng.int32(gen, 0, plain.length), prng.oneOf(gen, WORDS));
        return;
      case 3:
        cut(gen, plain);
        return;
      case 4:
        list.insert(
          prng.int32(gen, 0, list.length),
          Array.from({ length: prng.int32(gen, 1, 3) }, () => listValue(gen)),
        );
        return;
      default:
        cut(gen, list);
    }
  }

  #actRichly(): void {
    const gen = this.#gen;
    const { text, map, xml, list } = roots(this.doc);
    switch (prng.int32(gen, 0, 10)) {
      case 0:
        this.#actPlainly();
        return;
      case 1:
        text.insert(prng.int32(gen, 0, text.length), prng.oneOf(gen, WORDS), {
          [prng.oneOf(gen, MARKS)]: jsonValue(gen),
        });
        return;
      case 2:
        cut(gen, text);
        return;
      case 3: {
        if (text.length === 0) return;
        const at = prng.int32(gen, 0, text.length - 1);
        text.format(at, prng.int32(gen, 1, text.length - at), {
          [prng.oneOf(gen, MARKS)]: prng.bool(gen) ? true : null,
        });
        return;
      }
      case 4:
        text.insertEmbed(prng.int32(gen, 0, text.length), jsonValue(gen));
        return;
      case 5:
        map.set(prng.oneOf(gen, KEYS), prng.bool(gen) ? anyValue(gen) : this.#type());
        return;
      case 6:
        map.delete(prng.oneOf(gen, KEYS));
        return;
      case 7:
        list.insert(prng.int32(gen, 0, list.length), [this.#type()]);
        return;
      case 8:
        cut(gen, prng.bool(gen) ? xml : list);
        return;
      case 9:
        xml.insert(prng.int32(gen, 0, xml.length), [prng.bool(gen) ? new Y.XmlElement('p') : new Y.XmlText('🖋 ink')]);
        return;
      default:
        this.#writeInside();
    }
  }

  /** Something below the roots: an element's attribute or children, a nested text. */
  #writeInside(): void {
    const gen = this.#gen;
    const { xml, map, list } = roots(this.doc);
    const inner = prng.oneOf<unknown>(gen, [...xml.toArray(), ...map.values(), ...list.toArray(), undefined]);
    if (inner instanceof Y.XmlElement) {
      if (prng.bool(gen)) inner.setAttribute(prng.oneOf(gen, MARKS), prng.oneOf(gen, WORDS));
      else inner.insert(0, [prng.bool(gen) ? new Y.XmlText('y') : new Y.XmlElement('em')]);
    } else if (inner instanceof Y.Text) {
      inner.insert(prng.int32(gen, 0, inner.length), prng.oneOf(gen, WORDS));
      if (prng.bool(gen)) inner.format(0, inner.length, { bold: {} });
    } else if (inner instanceof Y.Map) {
      inner.set(prng.oneOf(gen, KEYS), anyValue(gen));
    } else if (inner instanceof Y.Array) {
      inner.push([listValue(gen)]);
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: Yjs types its events invariantly, so nothing narrower holds all types
  #type(): Y.AbstractType<any> | Y.Doc {
    switch (prng.int32(this.#gen, 0, 5)) {
      case 0:
        return new Y.Text('nested 😀');
      case 1:
        return new Y.Map([['k', 1]]);
      case 2:
        return Y.Array.from([1, 'two']);
      case 3:
        return new Y.XmlElement('div');
      case 4:
        return new Y.XmlHook('hook');
      default:
        return new Y.Doc({ guid: `${this.doc.clientID}/${this.#subdocuments++}`, meta: { a: [1] }, autoLoad: true });
    }
  }
}

/** People with client ids of one to five bytes, in any order. */
function meet(gen: prng.PRNG, style: Style, count: number): Person[] {
  const ids = new Set<number>();
  while (ids.size < count) ids.add(prng.oneOf(gen, [prng.uint32(gen, 1, 0xfffffff0), prng.int32(gen, 1, 200)]));
  return [...ids].map((client) => new Person(gen, style, client));
}

function cut(gen: prng.PRNG, type: Y.Text | Y.Array<unknown> | Y.XmlFragment): void {
  if (type.length === 0) return;
  const at = prng.int32(gen, 0, type.length - 1);
  type.delete(at, prng.int32(gen, 1, Math.min(8, type.length - at)));
}

// ---- the document that knows

const RECEIVER = 0xfffffffe; // a client id that nobody has, so that no document takes a new one

function receiver(state?: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = RECEIVER;
  roots(doc);
  if (state) Y.applyUpdate(doc, state);
  return doc;
}

function deleteSet(doc: Y.Doc): Map<number, [number, number][]> {
  const ranges = new Map<number, [number, number][]>();
  for (const [client, items] of Y.createDeleteSetFromStructStore(doc.store).clients) {
    ranges.set(
      client,
      items.map(({ clock, len }): [number, number] => [clock, clock + len]),
    );
  }
  return ranges;
}

/** As a snapshot's deletions are stored: a V1 update without structs. */
function deletionsOf(doc: Y.Doc): Uint8Array {
  return Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc));
}

function coveredDeletions(coverage: Coverage): Map<number, [number, number][]> {
  const ranges = new Map<number, [number, number][]>();
  for (const client of Y.decodeStateVector(coverage.stateVector()).keys()) {
    const deleted = coverage.deleted(client);
    if (deleted.length > 0) ranges.set(client, pairs(deleted));
  }
  return ranges;
}

function pairs(flat: readonly number[]): [number, number][] {
  return flat.flatMap((start, i) => (i % 2 === 0 ? [[start, flat[i + 1] as number] as [number, number]] : []));
}

function clocks(ranges: Map<number, [number, number][]>): Set<string> {
  const all = new Set<string>();
  for (const [client, list] of ranges) {
    for (const [start, end] of list) for (let clock = start; clock < end; clock++) all.add(`${client}:${clock}`);
  }
  return all;
}

/** Clocks that `update` deletes in so many words: in its delete set, or by structs that have no content any more. */
function announced(update: Uint8Array, before: Map<number, number>): Set<string> {
  const { structs, ds } = Y.decodeUpdate(update);
  const all = new Set<string>();
  for (const [client, items] of ds.clients) {
    for (const { clock, len } of items) for (let i = clock; i < clock + len; i++) all.add(`${client}:${i}`);
  }
  for (const struct of structs) {
    if (!(struct instanceof Y.GC || (struct instanceof Y.Item && struct.content instanceof Y.ContentDeleted))) continue;
    const { client, clock } = struct.id;
    const known = before.get(client) ?? 0;
    for (let i = Math.max(clock, known); i < clock + struct.length; i++) all.add(`${client}:${i}`);
  }
  return all;
}

/** Whether a struct of `update` is held in part: accepted by Yjs, and refused by us as a gap (UPD-8). */
function heldInPart(update: Uint8Array, state: Map<number, number>): boolean {
  return Y.decodeUpdate(update).structs.some((struct) => {
    const { client, clock } = struct.id;
    const known = state.get(client) ?? 0;
    return struct instanceof Y.Item && clock < known && known < clock + struct.length;
  });
}

/**
 * Whether `update` repeats structs, perhaps with other references than they had, or skips what is not there. Yjs overlooks some of these,
 * depending on the order in which it comes to them; the check does not.
 */
function repeatsOrSkips(update: Uint8Array, state: Map<number, number>): boolean {
  return Y.decodeUpdate(update).structs.some(
    (struct) => struct instanceof Y.Skip || struct.id.clock < (state.get(struct.id.client) ?? 0),
  );
}

function throwsOrWaits(doc: Y.Doc, update: Uint8Array): boolean {
  try {
    Y.applyUpdate(doc, update);
    return pending(doc);
  } catch {
    return true; // a struct that refers to itself, behind the gap
  }
}

/** Whether the document's own bytes load with the same structs and deletions. */
function asItCameBack(doc: Y.Doc): boolean {
  const back = new Y.Doc();
  try {
    Y.applyUpdate(back, Y.encodeStateAsUpdate(doc));
  } catch {
    return false;
  }
  return !pending(back) && same(deleteSet(back), deleteSet(doc)) && same(clocksOf(back), clocksOf(doc));
}

function clocksOf(doc: Y.Doc): Map<number, number> {
  return Y.decodeStateVector(Y.encodeStateVector(doc));
}

function pending(doc: Y.Doc): boolean {
  return doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
}

/** The bytes with others around them: whoever reads outside the view reads those. */
function boxed(bytes: Uint8Array, around = 0xaa): Uint8Array {
  const box = new Uint8Array(bytes.length + 64).fill(around);
  box.set(bytes, 32);
  return box.subarray(32, 32 + bytes.length);
}

function verdict(update: Uint8Array, coverage: Coverage): CheckedUpdate | ProtocolError {
  try {
    return checkUpdate(update, coverage);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

/** The verdict of a check that reads `bytes` in each turn. */
function inSlices(update: Uint8Array, coverage: Coverage, bytes: number): CheckedUpdate | ProtocolError {
  try {
    const check = new UpdateCheck(update, coverage);
    for (;;) {
      const checked = check.readOn(bytes);
      if (checked) return checked;
    }
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

/** A server as ours, and beside it the document that ours never opens. */
class Server {
  readonly coverage = Coverage.from(new Uint8Array([0]), new Uint8Array([0, 0]));
  readonly log: Uint8Array[] = [];
  readonly #style: Style;
  readonly #announced = new Set<string>();
  doc = receiver();

  constructor(style: Style) {
    this.#style = style;
  }

  /** Gives `update` to both, compares what they say of it, and returns whether they took it. */
  offer(update: Uint8Array): boolean {
    const state = Y.decodeStateVector(Y.encodeStateVector(this.doc));
    const deleted = deleteSet(this.doc);
    const vector = [...this.coverage.stateVector()];
    const checked = verdict(boxed(update), this.coverage);
    expect([...this.coverage.stateVector()]).toEqual(vector); // [UPD-13]
    expect(verdict(boxed(update, 0x01), this.coverage)).toEqual(checked);
    expect(inSlices(update, this.coverage, 1 + (update.length % 7))).toEqual(checked); // [UPD-16]

    const trial = receiver(Y.encodeStateAsUpdate(this.doc));
    Y.applyUpdate(trial, update);
    if (checked instanceof ProtocolError) {
      expect(checked.code).toBe('gap');
      expect(pending(trial) || heldInPart(update, state)).toBe(true);
      return false;
    }
    expect(pending(trial)).toBe(false);
    expect(heldInPart(update, state)).toBe(false);
    for (const clock of announced(update, state)) this.#announced.add(clock);
    Y.applyUpdate(this.doc, update);
    if (checked.novel) this.log.push(update);
    this.coverage.add(checked);

    const after = Y.decodeStateVector(Y.encodeStateVector(this.doc));
    const deletedAfter = deleteSet(this.doc);
    const changed = !same(state, after) || !same(deleted, deletedAfter);
    const before = clocks(deleted);
    const says =
      checked.clocks.length > 0 || [...clocks(triples(checked.deletions))].some((clock) => !before.has(clock));
    expect(says).toBe(changed);
    if (this.#style === 'plain') expect(checked.novel).toBe(changed);
    this.compare(deletedAfter);
    return true;
  }

  compare(deleted = deleteSet(this.doc)): void {
    expect(Y.decodeStateVector(this.coverage.stateVector())).toEqual(
      Y.decodeStateVector(Y.encodeStateVector(this.doc)),
    );
    const covered = clocks(coveredDeletions(this.coverage));
    expect(covered).toEqual(this.#announced);
    const all = clocks(deleted);
    expect([...covered].filter((clock) => !all.has(clock))).toEqual([]);
    if (this.#style === 'plain') expect(coveredDeletions(this.coverage)).toEqual(deleted);
  }
}

function same(a: Map<number, unknown>, b: Map<number, unknown>): boolean {
  return JSON.stringify([...a].sort(byClient)) === JSON.stringify([...b].sort(byClient));
}

function byClient(a: [number, unknown], b: [number, unknown]): number {
  return a[0] - b[0];
}

function triples(flat: readonly number[]): Map<number, [number, number][]> {
  const ranges = new Map<number, [number, number][]>();
  for (let i = 0; i < flat.length; i += 3) {
    const client = flat[i] as number;
    const list = ranges.get(client) ?? [];
    list.push([flat[i + 1] as number, flat[i + 2] as number]);
    ranges.set(client, list);
  }
  return ranges;
}

function styleOf(gen: prng.PRNG): Style {
  return prng.int32(gen, 0, 2) === 0 ? 'plain' : 'rich';
}

/**
 * A well-formed update of one to four clients whose structs refer to whatever they like: in a world with keys, where each is one clock
 * long, or in one without. (A map's entry of several clocks, half deleted, is more than Yjs bears, and nothing in the bytes tells of it.)
 */
function forge(gen: prng.PRNG, coverage: Coverage, keys: boolean): Uint8Array {
  const encoder = encoding.createEncoder();
  const write = (...numbers: number[]) => {
    for (const number of numbers) encoding.writeVarUint(encoder, number);
  };
  const clients = [4, 3, 2, 1].filter(() => prng.bool(gen));
  const someone = () => prng.int32(gen, 1, 4);
  const someId = () => {
    const client = someone();
    write(client, prng.int32(gen, 0, Math.max(0, coverage.clock(client) + prng.oneOf(gen, [-1, -1, -1, 0, 2]))));
  };
  write(clients.length);
  for (const client of clients) {
    const structs = prng.int32(gen, 1, 3);
    write(structs, client, Math.max(0, coverage.clock(client) - prng.oneOf(gen, [0, 0, 0, 1, 2, -1])));
    for (let i = 0; i < structs; i++) {
      const kind = prng.oneOf(gen, [0, 1, 4, 4, 4, 6, 7, 7, 8, 10]);
      const flags =
        kind === 0 || kind === 10
          ? 0
          : prng.oneOf(gen, keys ? [0, 0x20, 0x40, 0x80, 0xc0, 0xe0] : [0, 0x40, 0x80, 0xc0]);
      encoding.writeUint8(encoder, kind | flags);
      if (flags & 0x80) someId();
      if (flags & 0x40) someId();
      if ((flags & 0xc0) === 0 && kind !== 0 && kind !== 10) {
        if (prng.bool(gen)) {
          write(1);
          encoding.writeVarString(encoder, prng.oneOf(gen, ['plain', 'list', 'text', 'map', 'xml', 'new']));
        } else {
          write(0);
          someId();
        }
        if (flags & 0x20) encoding.writeVarString(encoder, 'k');
      }
      if (kind === 0 || kind === 1 || kind === 10) write(keys ? 1 : prng.int32(gen, 1, 3));
      else if (kind === 4) encoding.writeVarString(encoder, prng.oneOf(gen, keys ? ['a'] : ['a', 'bc', '😀']));
      else if (kind === 6) for (const word of ['bold', 'true']) encoding.writeVarString(encoder, word);
      else if (kind === 7) write(prng.oneOf(gen, [0, 1, 2, 4, 6]));
      else if (kind === 8) encoding.writeUint8Array(encoder, new Uint8Array(keys ? [1, 126] : [2, 126, 127]));
    }
  }
  const deletions = prng.bool(gen) ? 0 : 1;
  write(deletions);
  if (deletions) {
    const client = someone();
    const clock = prng.int32(gen, 0, coverage.clock(client));
    write(client, 1, clock, prng.int32(gen, 1, Math.max(1, coverage.clock(client) - clock)));
  }
  return encoding.toUint8Array(encoder);
}

// ---- the stories

describe('updates of real sessions', () => {
  test('[UPD-10] [UPD-11] [UPD-12] what reaches the server in causal order is accepted and covered', () => {
    eachSeed(45, (gen) => {
      const style = styleOf(gen);
      const server = new Server(style);
      const people = meet(gen, style, prng.int32(gen, 2, 4));
      const read = people.map(() => 0);
      for (let step = 0; step < 60; step++) {
        const i = prng.int32(gen, 0, people.length - 1);
        const person = people[i] as Person;
        switch (prng.int32(gen, 0, 5)) {
          case 0: {
            // reads what the log has, one by one or merged
            const news = server.log.slice(read[i]);
            read[i] = server.log.length;
            if (news.length > 1 && prng.bool(gen)) person.hear(Y.mergeUpdates(news));
            else for (const update of news) person.hear(update);
            break;
          }
          case 1: {
            // sends what it has said, merged
            const said = person.said.splice(0);
            if (said.length > 0) expect(server.offer(Y.mergeUpdates(said))).toBe(true);
            break;
          }
          case 2: {
            // answers a step1: its whole delete set, often nothing new
            person.said.length = 0;
            expect(server.offer(Y.encodeStateAsUpdate(person.doc, server.coverage.stateVector()))).toBe(true);
            break;
          }
          default:
            person.act();
            if (prng.bool(gen)) for (const update of person.said.splice(0)) expect(server.offer(update)).toBe(true);
        }
      }
      // The document's own state announces what it deleted by itself.
      const state = Y.encodeStateAsUpdate(server.doc);
      expect(server.offer(state)).toBe(true);
      expect(coveredDeletions(server.coverage)).toEqual(deleteSet(server.doc));
      const reloaded = Coverage.from(Y.encodeStateVector(server.doc), deletionsOf(server.doc));
      expect(coveredDeletions(reloaded)).toEqual(deleteSet(server.doc));
      expect(checkUpdate(state, reloaded).novel).toBe(false);
      expect(comesBack(openDocument({ snapshot: new Uint8Array(), updates: server.log }))).toBe(true); // [DOC-15]
    });
  });

  test('[UPD-7] [UPD-8] [UPD-10] what comes out of order, merged, cut or collected is a gap exactly where Yjs would wait', () => {
    let gaps = 0;
    let taken = 0;
    eachSeed(45, (gen) => {
      const style = styleOf(gen);
      const server = new Server(style);
      const people = meet(gen, style, prng.int32(gen, 2, 4));
      const said: Uint8Array[] = [];
      for (let step = 0; step < 50; step++) {
        const person = prng.oneOf(gen, people);
        const other = prng.oneOf(gen, people);
        if (prng.bool(gen)) person.act();
        if (prng.bool(gen)) {
          person.act();
          for (const update of person.said.splice(0)) {
            said.push(update);
            if (prng.bool(gen)) for (const reader of people) if (reader !== person) reader.hear(update);
          }
        }
        if (prng.bool(gen)) other.hear(Y.encodeStateAsUpdate(person.doc));
        if (said.length === 0 || prng.bool(gen)) continue;
        const some = Array.from({ length: prng.int32(gen, 2, 4) }, () => prng.oneOf(gen, said));
        const update = prng.oneOf(gen, [
          () => prng.oneOf(gen, said),
          () => Y.mergeUpdates(some),
          () => Y.encodeStateAsUpdate(person.doc),
          () => Y.encodeStateAsUpdate(person.doc, Y.encodeStateVector(other.doc)),
          () => Y.diffUpdate(Y.encodeStateAsUpdate(person.doc), server.coverage.stateVector()),
          () => Y.diffUpdate(Y.mergeUpdates(some), server.coverage.stateVector()),
        ])();
        if (server.offer(update)) taken++;
        else gaps++;
      }
    });
    if (!process.env.SEED) expect(Math.min(gaps, taken)).toBeGreaterThan(200); // both halves are tested
  });
});

describe('updates of nobody', () => {
  test('[UPD-10] every truncation and every flipped bit of a real update is refused, or applies with nothing pending', () => {
    let accepted = 0;
    eachSeed(8, (gen) => {
      const server = new Server('rich');
      const people = meet(gen, 'rich', 3);
      for (let step = 0; step < 25; step++) {
        const person = prng.oneOf(gen, people);
        person.act();
        for (const update of person.said.splice(0)) {
          if (!server.offer(update)) throw new Error('out of order');
          for (const reader of people) if (reader !== person) reader.hear(update);
        }
      }
      for (let i = 0; i < 4; i++) for (const person of people) person.act();
      const update = prng.oneOf(gen, [
        () =>
          prng.oneOf(
            gen,
            people.flatMap((person) => person.said),
          ) ?? new Uint8Array([0, 0]),
        () =>
          Y.diffUpdate(
            Y.mergeUpdates(people.map((person) => Y.encodeStateAsUpdate(person.doc))),
            Y.encodeStateVector(server.doc),
          ),
      ])();
      const state = Y.encodeStateAsUpdate(server.doc);
      const deletions = deletionsOf(server.doc);
      const coverage = Coverage.from(Y.encodeStateVector(server.doc), deletions);
      if (verdict(update, coverage) instanceof ProtocolError) return; // it builds on what another has not sent

      for (let length = 0; length < update.length; length++) {
        const short = verdict(update.subarray(0, length), coverage);
        expect(short).toBeInstanceOf(ProtocolError);
        expect(verdict(boxed(update.slice(0, length)), coverage)).toEqual(short);
      }
      for (let bit = 0; bit < Math.min(update.length, 300) * 8; bit++) {
        const flipped = update.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        const checked = verdict(boxed(flipped), coverage);
        if (checked instanceof ProtocolError) continue;
        accepted++;
        const doc = receiver(state);
        try {
          Y.applyUpdate(doc, flipped);
        } catch (cause) {
          throw new Error(`accepted, but Yjs throws: bit ${bit} of ${Buffer.from(update).toString('hex')}`, { cause });
        }
        expect(pending(doc), `pending: bit ${bit} of ${Buffer.from(update).toString('hex')}`).toBe(false);
        const covered = Coverage.from(coverage.stateVector(), deletions);
        covered.add(checked);
        expect(Y.decodeStateVector(covered.stateVector())).toEqual(Y.decodeStateVector(Y.encodeStateVector(doc)));
      }
    });
    if (!process.env.SEED) expect(accepted).toBeGreaterThan(700);
  });

  test('[UPD-4] [UPD-7] [UPD-8] [UPD-10] structs of somebody who knows the format are refused, or apply with nothing pending', () => {
    const seen = { accepted: 0, gap: 0, 'malformed-update': 0 };
    eachSeed(120, (gen) => {
      const coverage = Coverage.from(new Uint8Array([0]), new Uint8Array([0, 0]));
      const doc = receiver();
      const keys = prng.bool(gen);
      for (let step = 0; step < 40; step++) {
        const update = forge(gen, coverage, keys);
        const hex = () => Buffer.from(update).toString('hex');
        const checked = verdict(boxed(update), coverage);
        if (checked instanceof ProtocolError) {
          seen[checked.code as 'gap']++;
          const state = Y.decodeStateVector(coverage.stateVector());
          if (checked.code !== 'gap' || repeatsOrSkips(update, state)) continue;
          expect(throwsOrWaits(receiver(Y.encodeStateAsUpdate(doc)), update), `refused for nothing: ${hex()}`).toBe(
            true,
          );
          continue;
        }
        seen.accepted++;
        try {
          Y.applyUpdate(doc, update);
        } catch (cause) {
          throw new Error(`accepted, but Yjs throws: ${hex()}`, { cause });
        }
        expect(pending(doc), `pending: ${hex()}`).toBe(false);
        coverage.add(checked);
        expect(Y.decodeStateVector(coverage.stateVector())).toEqual(Y.decodeStateVector(Y.encodeStateVector(doc)));
      }
    });
    if (!process.env.SEED) expect(Math.min(...Object.values(seen))).toBeGreaterThan(150);
  });

  test('[DOC-15] a document that is said to come back from its own bytes does, whoever forged references in it', () => {
    const seen = { sure: 0, doubtful: 0, lost: 0 };
    eachSeed(2_000, (gen) => {
      const coverage = Coverage.from(new Uint8Array([0]), new Uint8Array([0, 0]));
      const doc = receiver();
      const worlds = prng.oneOf(gen, [[true], [false], [true, false]]); // the last is where text lies among the entries of a map
      try {
        for (let step = 0; step < 30; step++) {
          const update = forge(gen, coverage, prng.oneOf(gen, worlds));
          const checked = verdict(update, coverage);
          if (checked instanceof ProtocolError) continue;
          Y.applyUpdate(doc, update);
          coverage.add(checked);
          const sure = comesBack(doc);
          const back = asItCameBack(doc);
          seen[sure ? 'sure' : 'doubtful']++;
          if (!back) seen.lost++;
          if (sure) expect(back, `not the same: ${Buffer.from(Y.encodeStateAsUpdate(doc)).toString('hex')}`).toBe(true);
        }
      } catch (error) {
        if ((error as Error).name === 'AssertionError') throw error;
        // Yjs itself does not bear what was forged: there is no document to be merged
      }
    });
    if (process.env.SEED) return;
    expect(Math.min(seen.sure, seen.doubtful)).toBeGreaterThan(500);
    expect(seen.lost).toBeGreaterThan(0); // there is something to be found
  });

  test('[UPD-1] random bytes never end in anything but a refusal or a verdict', () => {
    eachSeed(20_000, (gen) => {
      const coverage = Coverage.from(new Uint8Array([1, 1, 5]), new Uint8Array([0, 1, 1, 1, 2, 2]));
      const bytes = Uint8Array.from({ length: prng.int32(gen, 0, 24) }, () =>
        prng.int32(gen, 0, prng.bool(gen) ? 9 : 255),
      );
      verdict(boxed(bytes), coverage);
    });
  });
});

describe('values', () => {
  function accepts(read: (reader: ContentReader) => void, bytes: Uint8Array): boolean {
    const reader = new ContentReader(boxed(bytes, 0x20));
    try {
      read(reader);
      reader.end();
      return true;
    } catch (error) {
      if (error instanceof ProtocolError) return false;
      throw error;
    }
  }

  function prefixed(bytes: Uint8Array): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint8Array(encoder, bytes);
    return encoding.toUint8Array(encoder);
  }

  test('[UPD-1] [UPD-14] strings are accepted as a fatal TextDecoder does, and as long as it makes them', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    eachSeed(8_000, (gen) => {
      const bytes = prng.bool(gen)
        ? new TextEncoder().encode(prng.oneOf(gen, WORDS) + prng.oneOf(gen, WORDS))
        : prng.uint8Array(gen, 1 + prng.int32(gen, 0, 4)).map((byte) => byte | (prng.bool(gen) ? 0xc0 : 0x80));
      if (prng.bool(gen)) bytes[prng.int32(gen, 0, bytes.length - 1)] = prng.int32(gen, 0, 255);
      let units = -1;
      try {
        units = decoder.decode(bytes).length;
      } catch {
        // not UTF-8
      }
      let counted = -1;
      const ok = accepts((reader) => {
        counted = reader.skipString();
      }, prefixed(bytes));
      expect(ok ? counted : -1).toBe(units);
    });
  });

  test('[UPD-1] [UPD-5] JSON is accepted as JSON.parse does, but for the keys of prototypes', () => {
    const parts = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '"\\u00e9"',
      '"é"',
      '0',
      '-',
      '1.5e',
      '+3',
      'true',
      'null',
      ' ',
      '\n',
      '\\',
      '\t',
    ];
    const keys = ['"__proto__"', '"\\u005f_proto__"', '"constructor"', '"prototype"', '"pro\\u0074otype"'];
    let names = 0; // no key twice: parsed, only the last would be there to be looked at
    const value = (gen: prng.PRNG, depth: number): string => {
      switch (prng.int32(gen, 0, depth > 3 ? 4 : 6)) {
        case 0:
          return prng.oneOf(gen, ['0', '-0', '12', '1.25', '-3e8', '1E+2', '5e-324', '1e999']);
        case 1:
          return prng.oneOf(gen, ['true', 'false', 'null']);
        case 2:
        case 3:
          return JSON.stringify(prng.oneOf(gen, WORDS) + prng.oneOf(gen, ['', '"', '\\', '\b', '\ud800', '/']));
        case 4:
          return prng.oneOf(gen, ['[]', '{}', ' [ ] ', '{ }']);
        case 5:
          return `[${value(gen, depth + 1)}, ${value(gen, depth + 1)}]`;
        default: {
          const key = () => (prng.int32(gen, 0, 9) === 0 ? prng.oneOf(gen, keys) : `"key ${names++}"`);
          return `{${key()}:${value(gen, depth + 1)} ,${key()} : ${value(gen, depth + 1)}}`;
        }
      }
    };
    const namesPrototype = (json: unknown): boolean =>
      typeof json === 'object' &&
      json !== null &&
      Object.getOwnPropertyNames(json).some(
        (key) =>
          (!Array.isArray(json) && ['__proto__', 'constructor', 'prototype'].includes(key)) ||
          namesPrototype(Object.getOwnPropertyDescriptor(json, key)?.value),
      );
    let good = 0;
    eachSeed(10_000, (gen) => {
      let text = value(gen, 0);
      if (prng.bool(gen)) {
        const at = prng.int32(gen, 0, text.length);
        text = text.slice(0, at) + prng.oneOf(gen, [...parts, '']) + text.slice(at + prng.int32(gen, 0, 2));
      }
      const bytes = new TextEncoder().encode(text);
      let expected = true;
      try {
        expected = !namesPrototype(JSON.parse(new TextDecoder().decode(bytes)));
      } catch {
        expected = false;
      }
      const ok = accepts((reader) => reader.skipJson(), prefixed(bytes));
      if (ok) good++;
      expect(ok, text).toBe(expected);
    });
    if (!process.env.SEED) expect(good).toBeGreaterThan(2_000);
  });

  test('[UPD-1] what lib0 writes as Any is accepted, and what is accepted lib0 reads to the same end', () => {
    eachSeed(6_000, (gen) => {
      const encoder = encoding.createEncoder();
      encoding.writeAny(encoder, anyValue(gen) as never);
      const bytes = encoding.toUint8Array(encoder);
      expect(accepts((reader) => reader.skipAny(), bytes)).toBe(true);
      for (let i = 0; i < 4; i++) {
        const at = prng.int32(gen, 0, bytes.length - 1);
        bytes[at] = prng.int32(gen, 0, 255);
        if (!accepts((reader) => reader.skipAny(), bytes)) continue;
        const decoder = decoding.createDecoder(bytes);
        decoding.readAny(decoder);
        expect(decoder.pos).toBe(bytes.length);
      }
    });
  });
});
