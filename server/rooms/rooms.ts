import { ProtocolError } from '../../lib/protocol/errors.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Documents } from '../documents/documents.ts';
import { LIMITS } from '../limits.ts';
import { Line } from '../line.ts';
import { type Log, LogError } from '../log/log.ts';
import type { Logger } from '../logger.ts';
import { Metrics } from '../metrics.ts';
import { Checks } from './checks.ts';
import { SharedCopy } from './copy.ts';
import { coverageOf, Room } from './room.ts';
import { Space } from './space.ts';
import { Tail } from './tail.ts';

// All open rooms. A room is opened by the first who enters and closed some time after the last has left.
// Invariant: at most one room per document accepts edits at any time.

export interface RoomsOptions {
  readonly log: Log;
  readonly documents: Documents;
  /** The line of all who are to be let in, or to be sent a document. */
  readonly line?: Line;
  readonly clock: Clock;
  /** Whether presence says who people are by their tokens. */
  readonly stamps?: boolean;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** The log will accept nothing any more: the process must end, and says why. */
  readonly onStorageLost: (error: unknown) => void;
}

/** One session's stay in a room. */
export interface Visit {
  readonly room: Promise<Room>;
  /** To be called once. */
  leave(): void;
}

interface Open {
  readonly room: Promise<Room>;
  /** The room, once it is open. */
  live: Room | undefined;
  /** Sessions in the room or waiting for it. */
  users: number;
  linger: Timer | undefined;
}

/** Owned by the server; `close()` waits until everything accepted is on disk and acknowledged, and may be called twice. */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #metrics: Metrics;
  readonly #open = new Map<string, Open>();
  readonly #space: Space;
  readonly #checks: Checks;
  readonly #line: Line;

  constructor(options: RoomsOptions) {
    this.#options = options;
    const { log, clock, logger } = options;
    const metrics = options.metrics ?? new Metrics();
    this.#metrics = metrics;
    this.#checks = new Checks(clock);
    this.#line = options.line ?? new Line(clock);
    this.#space = new Space({
      log,
      clock,
      onFull(error) {
        metrics.storage = 'full';
        logger.error({ err: error }, 'no room on the disk: edits are refused until there is');
      },
      onRoom: () => this.#askAgain(),
      onLost: (error) => this.#lost(error),
    });
  }

  /** The disk is full: edits are refused, and everybody reads on. */
  get full(): boolean {
    return this.#space.full;
  }

  get size(): number {
    return this.#open.size;
  }

  isOpen(document: string): boolean {
    return this.#open.has(document);
  }

  /** What lies in the logs of the open documents beside their snapshots, and how long the one that waits longest was due to be merged. */
  unmerged(): { bytes: number; overdueMs: number } {
    let bytes = 0;
    let overdueMs = 0;
    for (const { live } of this.#open.values()) {
      if (!live) continue;
      bytes += live.tail.bytes;
      overdueMs = Math.max(overdueMs, live.tail.overdueMs);
    }
    return { bytes, overdueMs };
  }

  /**
   * Enters the room of `document`, opened if need be. The caller owns the visit and ends it with `leave`, also when `room` rejects:
   * with ProtocolError('document-unavailable') when the document cannot be loaded. It is never served blank.
   */
  enter(document: string): Visit {
    const open = this.#open.get(document) ?? this.#openRoom(document);
    open.linger?.cancel();
    open.linger = undefined;
    open.users++;
    return {
      room: this.#inTurn(open.room),
      leave: () => {
        open.users--;
        if (open.users > 0 || this.#open.get(document) !== open) return;
        open.linger = this.#options.clock.after(LIMITS.lingerMs, () => void this.#closeIfEmpty(document, open));
      },
    };
  }

  #openRoom(document: string): Open {
    const open: Open = { room: this.#load(document), live: undefined, users: 0, linger: undefined };
    open.room.then(
      (room) => {
        open.live = room;
      },
      () => this.#open.delete(document), // those who wait are told; the next one to enter tries again
    );
    this.#open.set(document, open);
    return open;
  }

  /** The room, when it is the caller's turn: a thousand may wait for one to open, and being told what it is takes each a tenth of a millisecond. */
  async #inTurn(room: Promise<Room>): Promise<Room> {
    const opened = await room;
    const turn = this.#line.turn(LIMITS.entryBytes);
    if (turn) await turn;
    return opened;
  }

  #askAgain(): void {
    this.#metrics.storage = 'ok';
    this.#options.logger.warn({}, 'there is room on the disk again: edits are taken');
    for (const { room } of this.#open.values()) {
      room.then(
        (opened) => opened.askAgain(),
        () => undefined, // could not be loaded: nobody was refused in it
      );
    }
  }

  /** What was accepted and is not on disk yet: in which documents, and how many updates. */
  *unsettled(): Iterable<{ document: string; updates: number }> {
    for (const [document, { live }] of this.#open) {
      const updates = live?.unsettled ?? 0;
      if (updates > 0) yield { document, updates };
    }
  }

  async close(): Promise<void> {
    this.#space.close();
    const rooms = await Promise.allSettled([...this.#open.values()].map((open) => open.room));
    await Promise.all(rooms.map((room) => (room.status === 'fulfilled' ? room.value.settled() : undefined)));
  }

  async #closeIfEmpty(document: string, open: Open): Promise<void> {
    const room = await open.room.catch(() => undefined); // those who waited were told
    await room?.settled();
    if (!room || open.users > 0 || this.#open.get(document) !== open) return;
    this.#open.delete(document);
    room.close();
  }

  async #load(document: string): Promise<Room> {
    const { log, documents, clock, logger } = this.#options;
    const metrics = this.#metrics;
    const copy = new SharedCopy({ document, log, documents, clock });
    try {
      const stored = await copy.load();
      const coverage = await coverageOf(stored);
      const space = this.#space;
      const tail = new Tail(
        { document, log, documents, clock, logger, metrics, space, onMerged: () => copy.outdate() },
        stored,
      );
      return new Room({
        name: document,
        coverage,
        copy,
        tail,
        log,
        space,
        checks: this.#checks,
        line: this.#line,
        stamps: this.#options.stamps ?? false,
        clock,
        metrics,
        onBroken: (room, error) => this.#broke(room, error),
      });
    } catch (error) {
      copy.close();
      logger.error({ document, err: error }, 'document could not be loaded');
      throw new ProtocolError('document-unavailable', undefined, { cause: error });
    }
  }

  #broke(room: Room, error: unknown): void {
    this.#open.delete(room.name);
    const why = whyBroken(error);
    const refusal = new ProtocolError(why, undefined, { cause: error });
    for (const member of [...room.members]) member.fail(refusal);
    room.close();
    const { logger } = this.#options;
    switch (why) {
      case 'storage-failed':
        this.#lost(error);
        return;
      case 'document-unavailable':
        logger.error({ document: room.name, err: error }, 'document could not be loaded');
        return;
      case 'internal':
        logger.error({ document: room.name, err: error }, 'room failed');
        return;
      default:
        why satisfies never;
    }
  }

  #lost(error: unknown): void {
    this.#metrics.storage = 'failed';
    this.#options.onStorageLost(error);
  }
}

function whyBroken(error: unknown): 'document-unavailable' | 'storage-failed' | 'internal' {
  if (error instanceof ProtocolError) return 'document-unavailable'; // its bytes are no document
  if (error instanceof LogError) return error.code === 'damaged' ? 'document-unavailable' : 'storage-failed';
  return 'internal';
}
