import { setImmediate as nextTurn } from 'node:timers/promises';
import { EMPTY_STATE_VECTOR, EMPTY_UPDATE } from '../lib/protocol/bytes.ts';
import { Coverage } from '../lib/protocol/coverage.ts';
import { ProtocolError } from '../lib/protocol/errors.ts';
import { STEP2, UPDATE } from '../lib/protocol/sync.ts';
import { type CheckedUpdate, checkUpdate } from '../lib/protocol/update.ts';
import { Arrears } from './arrears.ts';
import type { Checks } from './checks.ts';
import type { Clock } from './clock.ts';
import type { Contents, SharedCopy } from './copy.ts';
import { LIMITS } from './limits.ts';
import { type Log, LogError, type StoredDocument } from './log/log.ts';
import { Metrics } from './metrics.ts';
import { type Listener, Presence } from './presence.ts';
import type { Space } from './space.ts';
import type { Tail } from './tail.ts';
import { syncFrame, Voices } from './voices.ts';
import { Writers } from './writers.ts';

// One open document and everyone in it. An update comes in here checked against what the log holds, is appended, and only
// when it is on disk acknowledged and sent to the others.
// Invariant: nothing is acknowledged, and nothing reaches another member, before the append that holds it has resolved.

/** A session, as its room sees it. */
export interface Member extends Listener {
  /** Too much waits for it to be given a document. */
  readonly full: boolean;
  /** Frames saying that `count` more of its updates are on disk, the last of them `number`; undefined when its dialect has no words for it. */
  acknowledgement(count: number, number: number): Uint8Array | undefined;
  /** Accepted before, but not stored: the disk is full. */
  notStored(offer: Offer): void;
  /** There is room again: asks for all that was not stored. `stateVector`: what is. */
  askAgain(stateVector: Uint8Array): void;
  /** It cannot go on here. */
  fail(error: ProtocolError): void;
}

/** An update as a member says it. */
export interface Offer {
  readonly update: Uint8Array;
  /** Counted from 1, where the dialect counts. */
  readonly number: number;
  /** How many of the member's updates are acknowledged with it: itself, or what is repeated in it. */
  readonly settles: number;
}

/** What one member wrote of a batch: how many updates it settles, the number of the last, and how many of the batch's are its own. */
interface Authored {
  count: number;
  number: number;
  own: number;
}

interface Entry {
  readonly member: Member;
  readonly offer: Offer;
  /** An update that says nothing new is not stored: it waits its turn to be acknowledged. */
  readonly novel: boolean;
}

export interface RoomOptions {
  readonly name: string;
  readonly coverage: Coverage;
  readonly copy: SharedCopy;
  readonly tail: Tail;
  readonly log: Log;
  readonly space: Space;
  readonly checks: Checks;
  /** Whether presence says who people are by their tokens. */
  readonly stamps?: boolean;
  readonly clock: Clock;
  readonly metrics?: Metrics;
  /** The log failed, or the room did: what it believes may not be what is on disk, or not what members know, so it must be opened anew. */
  readonly onBroken: (room: Room, error: unknown) => void;
}

/** Opened and owned by Rooms; `close()` waits for what is being written. */
export class Room {
  readonly name: string;
  readonly #presence: Presence<Member>;
  readonly #writers = new Writers<Member>();
  readonly #options: RoomOptions;
  readonly #metrics: Metrics;
  #coverage: Coverage;
  readonly #copy: SharedCopy;
  readonly #tail: Tail;
  readonly #members = new Set<Member>();
  /** Members that have been sent the document, and from then on get all that is committed. */
  readonly #readers = new Set<Member>();
  readonly #arrears = new Arrears<Member>();
  #queue: Entry[] = [];
  #isWriting = false;
  /** Resolves when the queue is empty. */
  #written: Promise<void> | undefined;
  /** No append begins before: what is typed meanwhile goes out in one write to each reader. */
  #restsUntil = Number.NEGATIVE_INFINITY;
  #broken = false;
  /** The disk was full: what is on disk is being read, and until it is known nothing can be checked. */
  #reloading = false;
  /** Members whose edits were not stored, who are asked for them when there is room. */
  readonly #refused = new Set<Member>();
  /** Members who were told since the last batch began that the server has what may be in the next, or in that one. */
  #told = new Set<Member>();
  /** How many updates of a member are being checked: what it offers meanwhile waits its turn behind them. */
  readonly #checking = new Map<Member, number>();
  /** Resolves when the last of them has been checked. */
  #checked: Promise<void> | undefined;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#metrics = options.metrics ?? new Metrics();
    this.name = options.name;
    this.#coverage = options.coverage;
    this.#presence = new Presence({
      stamps: options.stamps ?? false,
      arrears: this.#arrears,
      clock: options.clock,
      metrics: this.#metrics,
    });
    this.#copy = options.copy;
    this.#tail = options.tail;
  }

  get size(): number {
    return this.#members.size;
  }

  /** What of it lies in the log beside the snapshot. */
  get tail(): { readonly bytes: number; readonly overdueMs: number } {
    return this.#tail;
  }

  get members(): Iterable<Member> {
    return this.#members;
  }

  /** What this room has accepted, on disk or on the way there; to be told to `member`. */
  stateVector(member: Member): Uint8Array {
    if (this.#reloading) return EMPTY_STATE_VECTOR; // promises nothing
    if (this.#isWriting) this.#told.add(member);
    return this.#coverage.stateVector();
  }

  /** Throws ProtocolError('storage-failed') when the room broke while the member was on the way in: nobody would ever hear of it. */
  join(member: Member): void {
    if (this.#broken) throw new ProtocolError('storage-failed');
    this.#members.add(member);
    this.#presence.enter(member);
  }

  leave(member: Member): void {
    this.#members.delete(member);
    this.#readers.delete(member);
    this.#refused.delete(member);
    this.#told.delete(member);
    this.#arrears.forget(member);
    this.#writers.release(member);
    this.#presence.leave(member);
  }

  /**
   * Takes an update of `member`, and calls `answer` once: with nothing when it is accepted, else with a ProtocolError ('malformed-update' | 'too-large' |
   * 'gap' | 'read-only' | 'storage-full' | 'internal'), and then nothing has changed. At once, but for an update too large to be checked at once,
   * and those that `member` offers after it: in their order, some turns later, also when it has left. Not when the room breaks: then every member
   * is told that. The acknowledgement follows when it is on disk. The room owns its bytes from here on.
   */
  accept(member: Member, offer: Offer, mayWrite: boolean, answer: (refusal?: ProtocolError) => void): void {
    const waiting = this.#checking.size === 0 ? 0 : (this.#checking.get(member) ?? 0);
    if (waiting === 0 && offer.update.length <= LIMITS.checkBytes) {
      answer(this.#take(member, offer, mayWrite, () => checkUpdate(offer.update, this.#coverage)));
      return;
    }
    this.#checking.set(member, waiting + 1);
    this.#checked = new Promise((resolve) => {
      this.#options.checks.add({
        update: offer.update,
        coverage: () => this.#coverage,
        done: (verdict) => {
          const left = (this.#checking.get(member) ?? 0) - 1;
          if (left > 0) this.#checking.set(member, left);
          else this.#checking.delete(member);
          if (!this.#broken) answer(this.#take(member, offer, mayWrite, verdict));
          resolve();
        },
      });
    });
  }

  /** Returns why it does not. */
  #take(member: Member, offer: Offer, mayWrite: boolean, check: () => CheckedUpdate): ProtocolError | undefined {
    if (this.#reloading) return this.#noRoom(member, offer);
    try {
      this.#takeChecked(member, offer, mayWrite, check());
      return undefined;
    } catch (error) {
      if (!(error instanceof ProtocolError)) return new ProtocolError('internal', undefined, { cause: error });
      // It may build on what was refused: the question for that will bring it too.
      return error.code === 'gap' && this.#options.space.full ? this.#noRoom(member, offer) : error;
    }
  }

  /** Throws ProtocolError. */
  #takeChecked(member: Member, offer: Offer, mayWrite: boolean, checked: CheckedUpdate): void {
    if (checked.clocks.length > 0 && !mayWrite) throw new ProtocolError('read-only');
    // Every Y.Doc deletes some things by itself (losers of concurrent map entries, redundant formats) and says so, a reader's too: passed over.
    const novel = checked.novel && mayWrite;
    if (novel) this.#checkWriter(member, checked.clocks);
    if (novel && this.#options.space.full) throw this.#noRoom(member, offer);
    if (novel) this.#coverage.add(checked);
    const entry = { member, offer, novel };
    if (!novel && !this.#isWriting) {
      this.#publish([entry], []); // all that it says is on disk already
      return;
    }
    this.#queue.push(entry);
    if (!this.#isWriting) this.#written = this.#write();
  }

  /**
   * Sends `member` what it lacks, the step2 last (docs/PROTOCOL.md, JOIN rules), and from then on all that is committed. Resolves false, having
   * sent nothing, when too much waits for it already. Rejects with LogError or DocumentError; then nothing has been sent.
   */
  async sendContents(member: Member, stateVector: Uint8Array): Promise<boolean> {
    const contents = await this.#copy.take(stateVector, this.#coverage);
    try {
      if (!this.#members.has(member)) return true;
      if (member.full) return false;
      this.#give(member, contents, STEP2);
      const owed = this.#arrears.of(member);
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
    const owed = this.#arrears.of(member);
    if (!owed || member.pace !== 'ready') return false;
    const contents = owed.stateVector && (await this.#copy.take(owed.stateVector, this.#coverage));
    try {
      if (this.#arrears.of(member) !== owed || member.pace !== 'ready') return false;
      this.#arrears.forget(member);
      if (contents) this.#give(member, contents, UPDATE);
      if (owed.presence) this.#presence.tellAnew(member);
      const acknowledgement = owed.count > 0 && member.acknowledgement(owed.count, owed.number);
      if (acknowledgement) member.deliver(acknowledgement);
      return true;
    } finally {
      contents?.release();
    }
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

  /** There is room on the disk again: whoever was refused is asked for what is missing. */
  askAgain(): void {
    if (this.#reloading || this.#broken) return; // does so when it is through
    const refused = [...this.#refused];
    this.#refused.clear();
    for (const member of refused) member.askAgain(this.stateVector(member));
  }

  /** Takes presence of `member`; throws ProtocolError. The others see it at once, or, when much moves, with the next window. */
  presence(member: Member, update: Uint8Array): void {
    const id = this.#presence.take(member, update);
    if (id !== undefined && this.#coverage.clock(id) === 0) this.#writers.claim(member, id); // nobody has written under it
  }

  /** Tells `member` who is here, if anybody is: now, or when it is ready for it. */
  tellWhoIsHere(member: Member): void {
    this.#presence.tellWhoIsHere(member);
  }

  /** Resolves when everything accepted is on disk, acknowledged and sent. */
  async settled(): Promise<void> {
    while (this.#isWriting || this.#checking.size > 0) await (this.#isWriting ? this.#written : this.#checked);
  }

  /** Forgets what it holds in memory. Members must have left, and `settled()` must have been waited for. */
  close(): void {
    this.#presence.close();
    this.#copy.close();
    this.#tail.close();
  }

  /** Until the queue is empty, one append after the other: what arrives meanwhile makes the next. Never rejects. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#queue.length > 0) {
      try {
        // Both begin now: who waits for the one collects for the other.
        const rest = this.#rest();
        const turn = this.#options.log.ready();
        if (rest) await rest;
        if (turn) await turn;
        await this.#writeBatch();
      } catch (error) {
        this.#break(error); // what was committed is: it is read anew
      }
    }
    if (this.#told.size > 0) this.#told.clear();
    this.#isWriting = false;
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#queue;
    const told = this.#told;
    this.#queue = [];
    if (told.size > 0) this.#told = new Set();
    const updates: Uint8Array[] = [];
    for (const { offer, novel } of batch) if (novel) updates.push(offer.update);
    const { clock, log } = this.#options;
    if (updates.length > 0) {
      const asked = clock.now();
      try {
        await log.append(this.name, updates);
      } catch (error) {
        if (!(error instanceof LogError) || error.code !== 'full') throw error;
        await this.#takeBack(batch, told, error);
        return;
      }
      this.#metrics.commitSeconds.observe((clock.now() - asked) / 1000);
      this.#copy.committed(updates);
      this.#tail.grew(updates);
    }
    this.#publish(batch, updates);
    this.#restsUntil = clock.now() + this.#readers.size * LIMITS.restPerReaderMs;
  }

  /**
   * The disk is full. What was accepted but is not on disk is refused, and what is on disk is read anew; everyone stays and reads on. But for those
   * who were told that the server has what it now refuses: what they do not repeat because of that would be missed, so they must join anew.
   */
  async #takeBack(batch: readonly Entry[], told: ReadonlySet<Member>, error: LogError): Promise<void> {
    const refused = [...batch, ...this.#queue];
    const misled = new Set([...told, ...this.#told]);
    this.#queue = [];
    this.#told.clear();
    this.#reloading = true;
    this.#options.space.ranOut(error);
    for (const member of misled) member.fail(new ProtocolError('storage-full'));
    for (const { member, offer } of refused) {
      if (!this.#members.has(member)) continue;
      this.#noRoom(member, offer);
      member.notStored(offer);
    }
    try {
      this.#coverage = await coverageOf(await this.#options.log.load(this.name));
    } catch (cause) {
      this.#break(cause);
      return;
    } finally {
      this.#reloading = false;
    }
    if (!this.#options.space.full) this.askAgain();
  }

  #noRoom(member: Member, { update }: Offer): ProtocolError {
    if (this.#members.has(member)) this.#refused.add(member);
    this.#options.space.refused(update.length);
    return new ProtocolError('storage-full');
  }

  #rest(): Promise<void> | undefined {
    const { clock } = this.#options;
    const wait = this.#restsUntil - clock.now();
    if (wait < 1) return undefined; // a timer's grain
    return new Promise((resolve) => {
      clock.after(wait, resolve);
    });
  }

  #break(error: unknown): void {
    this.#broken = true;
    this.#queue = [];
    this.#presence.close();
    this.#options.onBroken(this, error);
  }

  /** Clients show the id under which they write in their presence; who has it there and writes under it, is its writer. */
  #checkWriter(member: Member, clocks: readonly number[]): void {
    for (let i = 0; i < clocks.length; i += 2) {
      const client = clocks[i] as number;
      if (this.#writers.isWriter(member, client)) continue;
      if (this.#presence.idOf(member) === client) this.#writers.claim(member, client);
    }
  }

  /**
   * Tells the authors that theirs is on disk, and then everyone else what it was: one buffer, one write per member. A write takes some 10 us, and
   * an author waits longer already: it does not wait for a crowd of readers too.
   */
  #publish(batch: readonly Entry[], updates: readonly Uint8Array[]): void {
    this.#metrics.updatesAcknowledged += batch.length;
    const authors = new Map<Member, Authored>();
    const authorOf: Member[] = []; // of each update
    for (const { member, offer, novel } of batch) {
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
    let before: Uint8Array | undefined;
    const fallBehind = (reader: Member) => {
      before ??= this.#stateVectorBefore(updates);
      this.#readers.delete(reader);
      this.#arrears.oweEdits(reader, before);
    };
    for (const [author, authored] of authors) {
      if (!this.#members.has(author)) continue;
      const frames: Uint8Array[] = [];
      const misses = authored.own < updates.length && this.#readers.has(author);
      if (author.pace === 'behind' || this.#arrears.holdsAcknowledgements(author)) {
        if (misses) fallBehind(author);
        this.#arrears.oweAcknowledgements(author, authored.count, authored.number);
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

  /** What readers have been sent when `updates` is what comes next. */
  #stateVectorBefore(updates: readonly Uint8Array[]): Uint8Array {
    const unsent = [...updates];
    for (const { offer, novel } of this.#queue) if (novel) unsent.push(offer.update);
    return this.#coverage.stateVectorBefore(unsent);
  }
}

const NOTHING = [EMPTY_UPDATE];

/** Bytes of updates that are checked before others get a turn: some milliseconds. */
const CHECKED_BYTES = 128 * 1024;

/** What a stored document holds. Rejects with ProtocolError when its bytes are no document. */
export async function coverageOf({ stateVector, deletions, updates }: StoredDocument): Promise<Coverage> {
  const coverage = Coverage.from(stateVector, deletions);
  let checked = 0;
  for (const update of updates) {
    coverage.add(checkUpdate(update, coverage));
    checked += update.length;
    if (checked < CHECKED_BYTES) continue;
    checked = 0;
    await nextTurn();
  }
  return coverage;
}
