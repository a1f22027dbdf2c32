import * as Y from 'yjs';
import { FakeBoard } from './fake-board.ts';
import { FakeClock } from './fake-clock.ts';

// Some people at one board, and what is on its way between them.
// Invariant: what one of them writes reaches every other one once, in order, when it is delivered; a cut network keeps it.

export class BoardWorld {
  readonly clock = new FakeClock();
  readonly boards: FakeBoard[] = [];
  /** Updates that were written by a board, whoever has them already. */
  readonly written = new Map<FakeBoard, Uint8Array[]>();
  readonly #ways = new Map<FakeBoard, Map<FakeBoard, Uint8Array[]>>();
  readonly #cut = new Set<FakeBoard>();

  /** A board with what is shared so far. */
  join(name: string, clientId?: number): FakeBoard {
    const doc = new Y.Doc();
    if (clientId !== undefined) doc.clientID = clientId;
    const [first] = this.boards;
    if (first) Y.applyUpdate(doc, Y.encodeStateAsUpdate(first.doc), this);
    const board = new FakeBoard(name, { doc, clock: this.clock });
    this.written.set(board, []);
    this.#ways.set(board, new Map());
    for (const other of this.boards) {
      this.#ways.get(board)?.set(other, []);
      // What is on its way to whom the board got its data from is on its way to the board too.
      this.#ways.get(other)?.set(board, [...(first ? (this.#ways.get(other)?.get(first) ?? []) : [])]);
    }
    this.boards.push(board);
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === this) return;
      this.written.get(board)?.push(update);
      for (const way of this.#ways.get(board)?.values() ?? []) way.push(update);
    });
    return board;
  }

  /** Nothing comes or goes until `mend`. */
  cut(board: FakeBoard): void {
    this.#cut.add(board);
  }

  mend(board: FakeBoard): void {
    this.#cut.delete(board);
  }

  /** Up to `count` updates of `from` reach `to`. Returns how many. */
  deliver(from: FakeBoard, to: FakeBoard, count = Number.POSITIVE_INFINITY): number {
    if (this.#cut.has(from) || this.#cut.has(to)) return 0;
    const way = this.#ways.get(from)?.get(to) ?? [];
    const updates = way.splice(0, count);
    for (const update of updates) Y.applyUpdate(to.doc, update, this);
    return updates.length;
  }

  /** Time passes until everything is written and has arrived. Gestures go on. */
  settle(): void {
    for (let moved = true, rounds = 0; moved; rounds++) {
      if (rounds > 100) throw new Error('the boards answer each other without end');
      this.clock.advance(1_000);
      moved = false;
      for (const from of this.boards)
        for (const to of this.boards) if (from !== to && this.deliver(from, to) > 0) moved = true;
    }
  }

  /** Bytes that the board wrote since it was asked last. */
  bytesOf(board: FakeBoard): number {
    const updates = this.written.get(board)?.splice(0) ?? [];
    return updates.reduce((sum, { length }) => sum + length, 0);
  }
}
