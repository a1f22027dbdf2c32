import * as Y from 'yjs';
import { FakeBoard } from './fake-board.ts';
import { FakeClock } from './fake-clock.ts';

// Some people at one board, and a server between them that keeps all updates in one order, as ours does.
// Invariant: what one of them writes reaches the server once, in order, and every other one in the server's order; a cut network keeps it.

interface Line {
  /** Written, and not at the server yet. */
  readonly up: Uint8Array[];
  /** How many of the server's updates the board has, or wrote itself. */
  taken: number;
  isCut: boolean;
}

export class BoardWorld {
  readonly clock = new FakeClock();
  readonly boards: FakeBoard[] = [];
  /** Updates that a board wrote, since they were taken out here. */
  readonly written = new Map<FakeBoard, Uint8Array[]>();
  readonly #log: { from: FakeBoard; update: Uint8Array }[] = [];
  readonly #lines = new Map<FakeBoard, Line>();

  /** A board with what the server has. */
  join(name: string, clientId?: number): FakeBoard {
    const doc = new Y.Doc();
    if (clientId !== undefined) doc.clientID = clientId;
    for (const { update } of this.#log) Y.applyUpdate(doc, update, this);
    const board = new FakeBoard(name, { doc, clock: this.clock });
    const line: Line = { up: [], taken: this.#log.length, isCut: false };
    const written: Uint8Array[] = [];
    this.boards.push(board);
    this.#lines.set(board, line);
    this.written.set(board, written);
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === this) return;
      written.push(update);
      line.up.push(update);
    });
    return board;
  }

  /** Nothing comes or goes until `mend`. */
  cut(board: FakeBoard): void {
    this.#lineOf(board).isCut = true;
  }

  mend(board: FakeBoard): void {
    this.#lineOf(board).isCut = false;
  }

  /** Up to `count` updates reach the server. Returns how many. */
  send(board: FakeBoard, count = Number.POSITIVE_INFINITY): number {
    const { up, isCut } = this.#lineOf(board);
    const updates = isCut ? [] : up.splice(0, count);
    for (const update of updates) this.#log.push({ from: board, update });
    return updates.length;
  }

  /** Up to `count` updates of the server reach the board. Returns how many. */
  receive(board: FakeBoard, count = Number.POSITIVE_INFINITY): number {
    const line = this.#lineOf(board);
    const updates = line.isCut ? [] : this.#log.slice(line.taken, line.taken + count);
    for (const { from, update } of updates) {
      line.taken += 1;
      if (from !== board) Y.applyUpdate(board.doc, update, this);
    }
    return updates.length;
  }

  /** Time passes until everything is written and has arrived. Gestures go on. */
  settle(): void {
    for (let moved = true, rounds = 0; moved; rounds++) {
      if (rounds > 100) throw new Error('the boards answer each other without end');
      this.clock.advance(1_000);
      moved = false;
      for (const board of this.boards) if (this.send(board) > 0) moved = true;
      for (const board of this.boards) if (this.receive(board) > 0) moved = true;
    }
  }

  /** Bytes that the board wrote since it was asked last. */
  bytesOf(board: FakeBoard): number {
    const updates = this.written.get(board)?.splice(0) ?? [];
    return updates.reduce((sum, { length }) => sum + length, 0);
  }

  #lineOf(board: FakeBoard): Line {
    const line = this.#lines.get(board);
    if (!line) throw new Error(`${board.name} is at no board of this world`);
    return line;
  }
}
