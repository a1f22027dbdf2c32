import * as encoding from 'lib0/encoding';
import { encode } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import { PROTOCOL_LIMITS } from './limits.ts';
import { Reader } from './reader.ts';
import { StructReader } from './structs.ts';

// What the log of one document already holds: a clock per client, and which clocks are deleted.
// Invariant: it only grows, and a client's deleted ranges are sorted, apart from each other and below its clock.

/** What an update brings to a coverage. Flat, because an update is checked for every key that somebody presses. */
export interface Addition {
  /** Client, and the clock that it has reached: pairs. */
  readonly clocks: readonly number[];
  /** Client, first clock, and the clock after the last: triples of what is deleted. Long runs in order are added fastest. */
  readonly deletions: readonly number[];
}

/** Above so many new ranges of one client at once, merging beats inserting each. */
const FEW_RANGES = 8;

const NO_RANGES: readonly number[] = [];

/** Clocks by client: a state vector, decoded. */
export type Clocks = ReadonlyMap<number, number>;

/** Owned by a room. Two small maps for a small document; 4 bytes a deleted range as it is stored, 16 once somebody has asked about its client. */
export class Coverage {
  readonly #clocks = new Map<number, number>();
  /** Ranges; of clients about whom nobody has asked, as they lie in the stored deletions: nobody ever asks about most of a long history. */
  readonly #deleted = new Map<number, number[] | Uint8Array>();
  #encoded: Uint8Array | undefined;

  /**
   * The coverage of a stored document. `deletions`: a V1 update without structs. Both are only read.
   * Throws `ProtocolError('malformed-update')` when they do not decode, or do not belong together.
   */
  static from(stateVector: Uint8Array, deletions: Uint8Array): Coverage {
    const coverage = new Coverage();
    coverage.#readClocks(new Reader(stateVector, 'malformed-update'));
    coverage.#readDeletions(new Reader(deletions, 'malformed-update'));
    return coverage;
  }

  /** The next clock of `client`: 0 for one that has written nothing. */
  clock(client: number): number {
    return this.#clocks.get(client) ?? 0;
  }

  has(client: number, clock: number): boolean {
    return clock < this.clock(client);
  }

  /** What is deleted of `client`: first clock and the clock after the last, in turn, sorted. Valid until the next `add`. */
  deleted(client: number): readonly number[] {
    return this.#rangesOf(client) ?? NO_RANGES;
  }

  #rangesOf(client: number): number[] | undefined {
    const found = this.#deleted.get(client);
    if (!(found instanceof Uint8Array)) return found;
    const ranges: number[] = [];
    readRanges(new Reader(found, 'malformed-update'), this.clock(client), ranges);
    this.#deleted.set(client, ranges);
    return ranges;
  }

  /** Encoded as Yjs does. The bytes are shared: never write to them. */
  stateVector(): Uint8Array {
    this.#encoded ??= encodeClocks(this.#clocks);
    return this.#encoded;
  }

  /**
   * What of this a holder of `stateVector` has. Throws ProtocolError('malformed-frame'), and 'too-large' when it names far more clients than there are: each
   * takes a third of a microsecond.
   */
  knownTo(stateVector: Uint8Array): Clocks {
    const reader = new Reader(stateVector);
    const known = new Map<number, number>();
    const clients = reader.varUint();
    if (clients > Math.max(PROTOCOL_LIMITS.vectorClients, 2 * this.#clocks.size))
      throw new ProtocolError('too-large', `a state vector of ${clients} clients`);
    for (let left = clients; left > 0; left--) {
      const client = reader.varUint();
      const clock = Math.min(reader.varUint(), this.clock(client));
      if (clock > 0) known.set(client, clock);
    }
    return known;
  }

  /** State vector of somebody who has all of this but `updates`, which have been checked and added, or of somebody who has a little less. */
  stateVectorBefore(updates: readonly Uint8Array[]): Uint8Array {
    const clocks = new Map(this.#clocks);
    for (const update of updates) {
      const reader = new StructReader(update);
      for (let sections = reader.count(3); sections > 0; sections--) {
        const structs = reader.section();
        if (reader.clock < (clocks.get(reader.client) ?? 0)) clocks.set(reader.client, reader.clock);
        for (let left = structs; left > 0; left--) reader.next();
      }
    }
    return encodeClocks(clocks);
  }

  /** Adding the same twice changes nothing. Add an update before the next is checked: that one may build on it. */
  add({ clocks, deletions }: Addition): void {
    for (let i = 0; i < clocks.length; i += 2) {
      const client = clocks[i] as number;
      const clock = clocks[i + 1] as number;
      if (clock <= this.clock(client)) continue;
      this.#clocks.set(client, clock);
      this.#encoded = undefined;
    }
    for (let i = 0; i < deletions.length; ) {
      const client = deletions[i] as number;
      const start = i;
      for (i += 3; i < deletions.length && deletions[i] === client; i += 3) {
        if ((deletions[i + 1] as number) < (deletions[i - 1] as number)) break; // out of order: another run
      }
      this.#addDeleted(client, deletions, start, i);
    }
  }

  /** Takes the triples of `client` from `start` to `end`, which are in order. */
  #addDeleted(client: number, triples: readonly number[], start: number, end: number): void {
    const ranges = this.#rangesOf(client) ?? [];
    if (ranges.length === 0 || end - start > 3 * FEW_RANGES) {
      this.#deleted.set(client, union(ranges, triples, start, end));
    } else {
      for (let i = start; i < end; i += 3) insert(ranges, triples[i + 1] as number, triples[i + 2] as number);
    }
  }

  #readClocks(reader: Reader): void {
    const clients = reader.varUint();
    for (let i = 0; i < clients; i++) {
      const client = reader.varUint();
      const clock = reader.varUint();
      if (this.#clocks.has(client)) reader.fail(`client ${client} is there twice`);
      if (clock > 0) this.#clocks.set(client, clock);
    }
    reader.end();
  }

  #readDeletions(reader: Reader): void {
    if (reader.varUint() !== 0) reader.fail('deletions with structs');
    const clients = reader.varUint();
    for (let i = 0; i < clients; i++) {
      const client = reader.varUint();
      if (this.#deleted.has(client)) reader.fail(`client ${client} is there twice`);
      const from = reader.position;
      readRanges(reader, this.clock(client));
      this.#deleted.set(client, reader.bytes.subarray(from, reader.position));
    }
    reader.end();
  }
}

/** Reads what is deleted of a client that has reached `clock`, into `ranges`, or only to see whether it is right. Throws ProtocolError. */
function readRanges(reader: Reader, clock: number, ranges?: number[]): void {
  let after = 0;
  for (let left = reader.varUint(); left > 0; left--) {
    const start = reader.varUint();
    const end = start + reader.varUint();
    if (start < after || end === start || end > clock) reader.fail('deletion out of order or of nothing');
    if (ranges) {
      if (start === after && ranges.length > 0) ranges[ranges.length - 1] = end;
      else ranges.push(start, end);
    }
    after = end;
  }
}

/** As Yjs encodes a state vector. */
export function encodeClocks(clocks: Clocks): Uint8Array {
  return encode((encoder) => {
    encoding.writeVarUint(encoder, clocks.size);
    for (const [client, clock] of clocks) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
    }
  });
}

/**
 * Where the last of `ranges` that starts at or before `clock` lies; -2 when none does. `hint`: where the last answer was,
 * which finds the next in a sorted series at once.
 */
export function rangeBefore(ranges: readonly number[], clock: number, hint = -2): number {
  let low = -2;
  let high = ranges.length; // the answer is at low or above, below high
  if (hint >= 0 && (ranges[hint] as number) <= clock) {
    low = hint;
    if (low + 2 < high && (ranges[low + 2] as number) <= clock) low += 2;
    if (low + 2 >= high || (ranges[low + 2] as number) > clock) return low;
  }
  while (high - low > 2) {
    const middle = low + 2 + (((high - low - 2) >> 2) << 1);
    if ((ranges[middle] as number) <= clock) low = middle;
    else high = middle;
  }
  return low;
}

/** Adds one range, joined with those that it touches. */
function insert(ranges: number[], start: number, end: number): void {
  let from = rangeBefore(ranges, start);
  if (from < 0 || (ranges[from + 1] as number) < start) from += 2;
  if (from === ranges.length) {
    ranges.push(start, end);
    return;
  }
  const to = rangeBefore(ranges, end, from); // the last that it touches
  if (to < from) {
    ranges.splice(from, 0, start, end);
    return;
  }
  ranges[from] = Math.min(start, ranges[from] as number);
  ranges[from + 1] = Math.max(end, ranges[to + 1] as number);
  if (to > from) ranges.splice(from + 2, to - from);
}

/** The union of sorted ranges and of sorted triples, from `from` to `to`. */
function union(ranges: readonly number[], triples: readonly number[], from: number, to: number): number[] {
  const all: number[] = [];
  let i = 0;
  let j = from;
  let last = -1; // where the end of the last of all is
  while (i < ranges.length || j < to) {
    const isRange = j >= to || (i < ranges.length && (ranges[i] as number) <= (triples[j + 1] as number));
    const start = (isRange ? ranges[i] : triples[j + 1]) as number;
    const end = (isRange ? ranges[i + 1] : triples[j + 2]) as number;
    if (isRange) i += 2;
    else j += 3;
    if (last > 0 && start <= (all[last] as number)) {
      all[last] = Math.max(end, all[last] as number);
    } else {
      all.push(start, end);
      last += 2;
    }
  }
  return all;
}
