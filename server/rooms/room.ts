import { setImmediate as nextTurn } from 'node:timers/promises';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import { Coverage } from '../../lib/protocol/coverage.ts';
import { ProtocolError } from '../../lib/protocol/errors.ts';
import { type CheckedUpdate, checkUpdate, UpdateCheck } from '../../lib/protocol/update.ts';
import type { Clock } from '../clock.ts';
import { LIMITS } from '../limits.ts';
import type { Line } from '../line.ts';
import { type Log, LogError, type StoredDocument } from '../log/log.ts';
import { Metrics } from '../metrics.ts';
import { Arrears } from './arrears.ts';
import { type Checks, readSlice, type Verdict } from './checks.ts';
import type { SharedCopy } from './copy.ts';
import type { Entry, Member, Offer } from './member.ts';
import { Presence } from './presence.ts';
import { Readers } from './readers.ts';
import type { Space } from './space.ts';
import type { Tail } from './tail.ts';
import { Writers } from './writers.ts';

// One open document and everyone in it. An update comes in here checked against what the log holds, is appended, and only
// when it is on disk acknowledged and sent to the others.
// Invariant: nothing is acknowledged, and nothing reaches another member, before the append that holds it has resolved.

export interface RoomOptions {
  readonly name: string;
  readonly coverage: Coverage;
  readonly copy: SharedCopy;
  readonly tail: Tail;
  readonly log: Log;
  readonly space: Space;
  readonly checks: Checks;
  readonly line: Line;
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
  readonly #arrears = new Arrears<Member>();
  readonly #readers: Readers;
  #queue: Entry[] = [];
  /** What is being written now. */
  #batch: readonly Entry[] = [];
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
    this.#readers = new Readers({
      members: this.#members,
      copy: options.copy,
      line: options.line,
      arrears: this.#arrears,
      presence: this.#presence,
      coverage: () => this.#coverage,
    });
  }

  get size(): number {
    return this.#members.size;
  }

  /** What of it lies in the log beside the snapshot. */
  get tail(): { readonly bytes: number; readonly overdueMs: number } {
    return this.#tail;
  }

  /** How many updates were taken and are not acknowledged yet. */
  get unsettled(): number {
    let checking = 0;
    for (const count of this.#checking.values()) checking += count;
    return this.#queue.length + this.#batch.length + checking;
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
    this.#readers.leave(member);
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
    const check = waiting === 0 ? new UpdateCheck(offer.update, this.#coverage) : undefined;
    const verdict = check && readSlice(check);
    if (verdict) {
      answer(this.#take(member, offer, mayWrite, verdict));
      return;
    }
    this.#checking.set(member, waiting + 1);
    this.#checked = new Promise((resolve) => {
      this.#options.checks.add({
        update: offer.update,
        coverage: () => this.#coverage,
        begun: check,
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
  #take(member: Member, offer: Offer, mayWrite: boolean, verdict: Verdict): ProtocolError | undefined {
    if (this.#reloading) return this.#noRoom(member, offer);
    try {
      this.#takeChecked(member, offer, mayWrite, verdict());
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
    if (novel && checked.clocks.length > 2) member.brought(checked.clocks.length / 2);
    const entry = { member, offer, novel };
    if (!novel && !this.#isWriting) {
      this.#publish([entry], []); // all that it says is on disk already
      return;
    }
    this.#queue.push(entry);
    if (!this.#isWriting) this.#written = this.#write();
  }

  /** See Readers, which does it. */
  sendContents(member: Member, stateVector: Uint8Array): Promise<boolean> {
    return this.#readers.sendContents(member, stateVector);
  }

  /** See Readers, which does it. */
  catchUp(member: Member): Promise<boolean> {
    return this.#readers.catchUp(member);
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
      this.#batch = [];
    }
    if (this.#told.size > 0) this.#told.clear();
    this.#isWriting = false;
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#queue;
    const told = this.#told;
    this.#queue = [];
    this.#batch = batch;
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

  #publish(entries: readonly Entry[], updates: readonly Uint8Array[]): void {
    this.#metrics.updatesAcknowledged += entries.length;
    this.#readers.publish({ entries, updates, before: () => this.#stateVectorBefore(updates) });
  }

  /** What readers have been sent when `updates` is what comes next. */
  #stateVectorBefore(updates: readonly Uint8Array[]): Uint8Array {
    const unsent = [...updates];
    for (const { offer, novel } of this.#queue) if (novel) unsent.push(offer.update);
    return this.#coverage.stateVectorBefore(unsent);
  }
}

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
