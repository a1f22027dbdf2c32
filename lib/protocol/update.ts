import { type Addition, type Coverage, rangeBefore } from './coverage.ts';
import { ProtocolError } from './errors.ts';
import { PROTOCOL_LIMITS } from './limits.ts';
import { DELETED, GC, NOBODY, SKIP, StructReader } from './structs.ts';

// The check that every inbound update passes, on the main thread: one walk over its bytes, in slices if need be, no Yjs, no object per struct.
// Invariant: what it accepts leaves nothing pending in Yjs, on top of what is covered, and was written in the words that Yjs writes.
// (Which item lies where is not in these words. Somebody who forges references, so that text lands among the entries of a map and
// is then half deleted, can still make Yjs throw: what opens documents must expect that, and name the update. And an item whose right
// neighbour lies before its left one can lie at two places in two copies.)

/** As how many bytes of text, 10 ns each, it counts to read a client's place in an update, and to read a deleted range. */
const CLIENT_WORK = 200;
const RANGE_WORK = 30;

/** An update that may be appended, and what `Coverage.add` needs to know of it. */
export interface CheckedUpdate extends Addition {
  /**
   * Whether it says anything that the coverage does not hold. Deletions alone (`clocks` is empty) need not be anybody's edit: every Yjs
   * document deletes by itself what lost a race in a map or became needless as a format, and sends that along with the rest.
   */
  readonly novel: boolean;
}

/**
 * Checks a V1 update against what the log holds, changing nothing. Throws ProtocolError:
 * `malformed-update` when Yjs could not read or integrate it, whatever came before it; also for keys of prototypes;
 * `gap` when it builds on, or deletes, what neither the coverage nor the update holds, or starts inside a struct that the coverage holds
 * in part: the sender, asked for what comes after the coverage's state vector, mends all of these;
 * `too-large` when it holds more of something than PROTOCOL_LIMITS allows.
 */
export function checkUpdate(update: Uint8Array, coverage: Coverage): CheckedUpdate {
  return new UpdateCheck(update, coverage).readOn(Number.POSITIVE_INFINITY) as CheckedUpdate;
}

/** The same in slices, for an update that takes longer to read than others are to wait. The coverage may grow meanwhile. */
export class UpdateCheck {
  readonly #reader: StructReader;
  readonly #coverage: Coverage;
  readonly #clocks: number[] = [];
  readonly #deletions: number[] = [];
  #phase: 'begin' | 'structs' | 'deletions' = 'begin';
  #sectionsLeft = 0;
  #structs = 0;
  /** Of the section being read: how many structs are left, what the coverage held, what it and this update hold so far, and clocks without content. */
  #structsLeft = 0;
  #known = 0;
  #end = 0;
  #empty = 0;
  /** The clients with structs: one, as nearly always, or several. */
  #client = NOBODY;
  #several: Clients | undefined;
  /** Client, and what the coverage held of it when its section began: pairs. */
  readonly #held: number[] = [];
  /** The last other client that was looked up in the coverage: text of two people refers to the same one again and again. */
  #otherClient = NOBODY;
  #otherClock = 0;
  #roots: Set<number> | undefined;
  #deletersLeft = 0;
  #deleters: Set<number> | undefined;
  #ranges = 0;
  /** Of the client whose deletions are being read: how many ranges are left, and where the last one ended. */
  #rangesLeft = 0;
  #deleter = NOBODY;
  #after = 0;
  /** Where to pause: it comes nearer with what takes longer than its bytes. */
  #pause = 0;

  constructor(update: Uint8Array, coverage: Coverage) {
    this.#reader = new StructReader(update);
    this.#coverage = coverage;
  }

  /** Reads some `bytes` more, fewer where they take longer than text, and at least goes on. Returns undefined until it is through; throws as `checkUpdate`. */
  readOn(bytes: number): CheckedUpdate | undefined {
    const reader = this.#reader;
    this.#pause = reader.position + bytes;
    this.#otherClient = NOBODY; // it may have written more
    if (this.#phase === 'begin') {
      this.#sectionsLeft = reader.count(3);
      bound('clients', this.#sectionsLeft);
      if (this.#sectionsLeft > 1) this.#several = new Clients();
      this.#phase = 'structs';
    }
    if (this.#phase === 'structs') {
      while (this.#sectionsLeft > 0 || this.#structsLeft > 0) {
        if (reader.position >= this.#pause) return undefined;
        if (this.#structsLeft === 0) this.#openSection();
        if (!this.#readStructs(this.#pause)) return undefined;
        if (this.#structsLeft === 0) this.#closeSection();
      }
      if (this.#several && !this.#several.integrable()) gap('clients that wait for each other, or for others');
      this.#deletersLeft = reader.count(2);
      bound('clients', this.#deletersLeft);
      if (this.#deletersLeft > 1) this.#deleters = new Set();
      this.#phase = 'deletions';
    }
    while (this.#deletersLeft > 0 || this.#rangesLeft > 0) {
      if (reader.position >= this.#pause) return undefined;
      if (this.#rangesLeft === 0) this.#openRanges();
      this.#readRanges();
    }
    reader.end();
    const novel = this.#clocks.length > 0 || this.#deletions.length > 0;
    return { novel, clocks: this.#clocks, deletions: this.#deletions };
  }

  /** Whether what was read so far holds against `coverage`: it is the same, and has not grown meanwhile by structs of a client of this update. */
  isAgainst(coverage: Coverage): boolean {
    const held = this.#held;
    for (let i = 0; i < held.length; i += 2) {
      if (coverage.clock(held[i] as number) !== held[i + 1]) return false;
    }
    return coverage === this.#coverage;
  }

  /** The structs of one client. */
  #openSection(): void {
    const reader = this.#reader;
    this.#sectionsLeft--;
    this.#pause -= CLIENT_WORK;
    this.#structsLeft = reader.section();
    this.#structs += this.#structsLeft;
    bound('structs', this.#structs);
    const { client } = reader;
    this.#known = this.#coverage.clock(client);
    this.#held.push(client, this.#known);
    this.#end = this.#known;
    this.#empty = 0;
    if (this.#several) {
      // As Yjs writes them. Its mergeUpdates counts on it, and would drop all that comes too late without a word.
      if (this.#client !== NOBODY && client >= this.#client) reader.fail('clients twice or out of order');
      this.#several.enter(client);
    }
    this.#client = client;
  }

  /** Returns whether it ended between two structs. */
  #readStructs(pause: number): boolean {
    const reader = this.#reader;
    const client = this.#client;
    let left = this.#structsLeft;
    let end = this.#end;
    let isBetween = true;
    for (; left > 0 && reader.position < pause; left--) {
      isBetween = reader.next(pause);
      if (!isBetween) break;
      const { clock, kind } = reader;
      const after = clock + reader.length;
      if (kind === SKIP) {
        if (after > end) gap('skipped structs');
        continue;
      }
      if (clock > end) gap('structs before these');
      if (kind !== GC) {
        // Yjs splits it and ties its rest to the part that it holds, which throws where that part was collected as garbage.
        if (clock < end && after > end) gap('a struct that begins later');
        this.#references();
      }
      if (after <= end) continue;
      if (kind === GC || kind === DELETED) {
        this.#empty += after - end;
        this.#addDeletion(client, end, after);
      }
      end = after;
    }
    this.#structsLeft = left;
    this.#end = end;
    return isBetween;
  }

  #closeSection(): void {
    bound('emptyClocks', this.#empty);
    if (this.#end > this.#known) this.#clocks.push(this.#client, this.#end);
    this.#several?.leave(this.#end);
  }

  /** What Item.getMissing of Yjs asks for, also of structs that are known: it would wait, or throw, for those as well. */
  #references(): void {
    const reader = this.#reader;
    if (reader.originClient !== NOBODY) {
      // Yjs would put it before or behind that, depending on where the text is cut by then: not at one place for all.
      if (reader.originClient === reader.rightClient && reader.originClock === reader.rightClock)
        reader.fail('struct with one thing on both its sides');
      this.#reference(reader.originClient, reader.originClock);
    }
    if (reader.rightClient !== NOBODY) this.#reference(reader.rightClient, reader.rightClock);
    if (reader.parentClient !== NOBODY) this.#reference(reader.parentClient, reader.parentClock);
    if (reader.root !== NOBODY) {
      this.#roots ??= new Set();
      this.#roots.add(reader.root);
      bound('roots', this.#roots.size);
    }
  }

  #reference(client: number, clock: number): void {
    if (client === this.#client) {
      if (clock >= this.#reader.clock) this.#reader.fail('struct that refers to itself or a later one');
      return;
    }
    if (client !== this.#otherClient) {
      this.#otherClient = client;
      this.#otherClock = this.#coverage.clock(client);
    }
    if (clock < this.#otherClock) return;
    if (!this.#several) gap(`clock ${clock} of client ${client}`);
    this.#several.need(this.#reader.clock, client, clock);
  }

  /** The deletions of one client. */
  #openRanges(): void {
    const reader = this.#reader;
    this.#deletersLeft--;
    this.#pause -= CLIENT_WORK;
    this.#deleter = reader.varUint();
    if (this.#deleters?.has(this.#deleter)) reader.fail(`client ${this.#deleter} is there twice`);
    this.#deleters?.add(this.#deleter);
    this.#rangesLeft = reader.count(2);
    this.#ranges += this.#rangesLeft;
    bound('deletedRanges', this.#ranges);
    this.#after = 0;
  }

  /** In order and apart: Yjs writes them so, and V2 could not say it otherwise. */
  #readRanges(): void {
    const reader = this.#reader;
    let pause = this.#pause;
    const client = this.#deleter;
    const held = this.#heldOf(client);
    const deleted = this.#coverage.deleted(client);
    let at = -2;
    for (; this.#rangesLeft > 0 && reader.position < pause; this.#rangesLeft--) {
      const start = reader.varUint();
      const end = start + reader.varUint();
      if (start < this.#after || end === start) reader.fail('deletion out of order or without length');
      if (end > held) gap('deleted structs');
      at = rangeBefore(deleted, start, at);
      if (at < 0 || (deleted[at + 1] as number) < end) this.#addDeletion(client, start, end);
      this.#after = end;
      pause -= RANGE_WORK;
    }
    this.#pause = pause;
  }

  /** Joined with the one before where they touch: a run of collected structs is one deletion. */
  #addDeletion(client: number, start: number, end: number): void {
    const deletions = this.#deletions;
    const last = deletions.length - 1;
    if (last > 0 && deletions[last] === start && deletions[last - 2] === client) deletions[last] = end;
    else deletions.push(client, start, end);
  }

  /** The next clock of `client` after this update. */
  #heldOf(client: number): number {
    if (this.#several) return this.#several.end(client) ?? this.#coverage.clock(client);
    return client === this.#client ? this.#end : this.#coverage.clock(client);
  }
}

/** The clients of one update, where there are several, and what they need of each other. */
class Clients {
  /** Where each stands in the update. */
  readonly #places = new Map<number, number>();
  /** Per place: the clock after its last struct, and where its needs end. */
  readonly #ends: number[] = [];
  readonly #needEnds: number[] = [];
  /** Clock of a struct, client that it needs, clock that it needs of it: triples, by place and then by clock. */
  readonly #needs: number[] = [];
  /** What the client being read has asked of others. Its later structs wait for that anyway. */
  readonly #asked = new Map<number, number>();

  /** The structs of `client`, which was not there before, come next. */
  enter(client: number): void {
    this.#places.set(client, this.#places.size);
    this.#asked.clear();
  }

  leave(end: number): void {
    this.#ends.push(end);
    this.#needEnds.push(this.#needs.length);
  }

  /** The struct at `clock` of the client being read refers to a clock of another that the coverage does not hold. */
  need(clock: number, client: number, needed: number): void {
    if (needed <= (this.#asked.get(client) ?? -1)) return;
    this.#asked.set(client, needed);
    this.#needs.push(clock, client, needed);
  }

  end(client: number): number | undefined {
    const place = this.#places.get(client);
    return place === undefined ? undefined : this.#ends[place];
  }

  /**
   * Whether there is an order in which every struct finds what it needs. Goes the way of Yjs's integrateStructs, from need to need
   * instead of from struct to struct: a client that waits for one that waits for it never integrates.
   */
  integrable(): boolean {
    const needs = this.#needs;
    const ends = this.#ends;
    const needEnds = this.#needEnds;
    const next = [0, ...needEnds.slice(0, -1)]; // per place: its first need that is not met
    const waits = new Uint8Array(ends.length);
    const stack: number[] = []; // those that wait, each for the one after it, the last for `at`
    /** The clock before which everything at `place` is integrated. */
    const reached = (place: number) =>
      next[place] === needEnds[place] ? (ends[place] as number) : (needs[next[place] as number] as number);
    for (let first = 0; first < ends.length; first++) {
      let at = first;
      while (next[at] !== needEnds[at] || stack.length > 0) {
        const need = next[at] as number;
        if (need !== needEnds[at]) {
          const place = this.#places.get(needs[need + 1] as number);
          const needed = needs[need + 2] as number;
          if (place === undefined || needed >= (ends[place] as number)) return false;
          if (needed >= reached(place)) {
            if (waits[place]) return false;
            waits[at] = 1;
            stack.push(at);
            at = place;
            continue;
          }
          next[at] = need + 3;
        }
        // A step further: does that do for the one that waits for it?
        const waiting = stack.pop();
        if (waiting === undefined) continue;
        waits[waiting] = 0;
        at = waiting;
      }
    }
    return true;
  }
}

function bound(limit: keyof typeof PROTOCOL_LIMITS, count: number): void {
  if (count > PROTOCOL_LIMITS[limit]) throw new ProtocolError('too-large', `${count} ${limit} in one update`);
}

function gap(missing: string): never {
  throw new ProtocolError('gap', `the update builds on what is not there: ${missing}`);
}
