import { EMPTY_UPDATE } from '../../lib/protocol/bytes.ts';
import type { Coverage } from '../../lib/protocol/coverage.ts';
import { STEP2, UPDATE } from '../../lib/protocol/sync.ts';
import { syncFrame, Voices } from '../frames/voices.ts';
import { LIMITS } from '../limits.ts';
import type { Line } from '../line.ts';
import type { Arrears } from './arrears.ts';
import type { Contents, SharedCopy } from './copy.ts';
import type { Entry, Member } from './member.ts';
import type { Presence } from './presence.ts';

// Those of a room who have been sent the document, and from then on get all that is committed: how they become readers, and what they are told.
// Invariant: what a reader was sent and what it is owed is the whole document, in the order of the log.

export interface ReadersOptions {
  /** Who is in the room, readers or not. */
  readonly members: ReadonlySet<Member>;
  readonly copy: SharedCopy;
  readonly line: Line;
  readonly arrears: Arrears<Member>;
  readonly presence: Presence<Member>;
  readonly coverage: () => Coverage;
}

/** What was committed together. */
export interface Commit {
  readonly entries: readonly Entry[];
  /** The updates of those that are novel. */
  readonly updates: readonly Uint8Array[];
  /** State vector of what readers had been sent before. */
  readonly before: () => Uint8Array;
}

/** What one member wrote of a batch: how many updates it settles, the number of the last, and how many of the batch's are its own. */
interface Authored {
  count: number;
  number: number;
  own: number;
}

/** Owned by a room. */
export class Readers {
  readonly #options: ReadersOptions;
  readonly #readers = new Set<Member>();

  constructor(options: ReadersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#readers.size;
  }

  leave(member: Member): void {
    this.#readers.delete(member);
  }

  /**
   * Sends `member` what it lacks, the step2 last (docs/PROTOCOL.md, JOIN rules), when it is its turn, and from then on all that is committed. Resolves
   * false, having sent nothing, when too much waits for it already. Rejects with LogError or DocumentError; then nothing has been sent.
   */
  async sendContents(member: Member, stateVector: Uint8Array): Promise<boolean> {
    const { members, arrears } = this.#options;
    const contents = await this.#take(stateVector);
    try {
      if (!members.has(member)) return true;
      if (member.full) return false;
      this.#give(member, contents, STEP2);
      const owed = arrears.of(member);
      if (owed) owed.stateVector = undefined; // that was all of it
      return true;
    } finally {
      contents.release();
    }
  }

  /**
   * For a member that is ready again: sends it what it was not sent while it read too slowly. Resolves false when there was nothing, or when
   * it fell behind anew. Rejects with LogError or DocumentError; then nothing has been sent.
   */
  async catchUp(member: Member): Promise<boolean> {
    const { arrears, presence } = this.#options;
    const owed = arrears.of(member);
    if (!owed || member.pace !== 'ready') return false;
    const contents = owed.stateVector && (await this.#take(owed.stateVector));
    try {
      if (arrears.of(member) !== owed || member.pace !== 'ready') return false;
      arrears.forget(member);
      if (contents) this.#give(member, contents, UPDATE);
      if (owed.presence) presence.tellAnew(member);
      const acknowledgement = owed.count > 0 && member.acknowledgement(owed.count, owed.number);
      if (acknowledgement) member.deliver(acknowledgement);
      return true;
    } finally {
      contents?.release();
    }
  }

  /** What a holder of `stateVector` lacks, once it may be sent: to be sent at once, or never. To be released. */
  async #take(stateVector: Uint8Array): Promise<Contents> {
    const { copy, coverage, line } = this.#options;
    const contents = await copy.take(stateVector, coverage());
    const turn = line.turn(Math.min(bytesIn(contents.whole) + bytesIn(contents.updates()), LIMITS.turnBytes)); // of the first slice (outflow.ts)
    if (turn) await turn;
    return contents;
  }

  /** Sends contents, the last of them as `lastKind`; `member` is a reader from then on. */
  #give(member: Member, contents: Contents, lastKind: typeof STEP2 | typeof UPDATE): void {
    const updates = [...contents.updates()];
    const last = updates.pop();
    const pieces: Uint8Array[] = [];
    const { dialect } = member;
    if (last === undefined) {
      pieces.push(...syncFrame(dialect, lastKind, contents.whole.length > 0 ? contents.whole : NOTHING));
    } else {
      if (contents.whole.length > 0) pieces.push(...syncFrame(dialect, UPDATE, contents.whole));
      for (const update of updates) pieces.push(...syncFrame(dialect, UPDATE, [update]));
      pieces.push(...syncFrame(dialect, lastKind, [last]));
    }
    member.deliverAll(pieces);
    this.#readers.add(member);
  }

  /**
   * Tells the authors that theirs is on disk, and then everyone else what it was: one buffer, one write per member. A write takes some 10 us, and
   * an author waits longer already: it does not wait for a crowd of readers too.
   */
  publish({ entries, updates, before }: Commit): void {
    const { members, arrears } = this.#options;
    const authors = new Map<Member, Authored>();
    const authorOf: Member[] = []; // of each update
    for (const { member, offer, novel } of entries) {
      let authored = authors.get(member);
      if (!authored) {
        authored = { count: 0, number: 0, own: 0 };
        authors.set(member, authored);
      }
      authored.count += offer.settles;
      authored.number = offer.number;
      if (!novel) continue;
      authored.own++;
      authorOf.push(member);
    }
    const voices = new Voices(updates);
    let sent: Uint8Array | undefined;
    const fallBehind = (reader: Member) => {
      sent ??= before();
      this.#readers.delete(reader);
      arrears.oweEdits(reader, sent);
    };
    for (const [author, authored] of authors) {
      if (!members.has(author)) continue;
      const frames: Uint8Array[] = [];
      const misses = authored.own < updates.length && this.#readers.has(author);
      if (author.pace === 'behind' || arrears.holdsAcknowledgements(author)) {
        if (misses) fallBehind(author);
        arrears.oweAcknowledgements(author, authored.count, authored.number);
        continue;
      }
      if (misses) {
        const { each } = voices.of(author.dialect);
        each.forEach((bytes, index) => {
          if (authorOf[index] !== author) frames.push(bytes);
        });
      }
      const acknowledgement = author.acknowledgement(authored.count, authored.number);
      if (acknowledgement) frames.push(acknowledgement);
      if (frames.length > 0) author.deliver(frames.length === 1 ? (frames[0] as Uint8Array) : Buffer.concat(frames));
    }
    if (updates.length === 0) return;
    for (const reader of this.#readers) {
      if (authors.has(reader)) continue;
      if (reader.pace === 'behind') fallBehind(reader);
      else reader.deliver(voices.of(reader.dialect).all);
    }
  }
}

const NOTHING = [EMPTY_UPDATE];

function bytesIn(pieces: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const piece of pieces) bytes += piece.length;
  return bytes;
}
