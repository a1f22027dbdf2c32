// Four people draw for an hour, on clocks that the bench turns: strokes, shapes, drags, labels, colours, deletions.
// Invariant: the seed decides everything, and each person works with what they see.

import * as Y from 'yjs';
import { FakeBoard } from '../../tests/support/fake-board.ts';
import { FakeClock } from '../../tests/support/fake-clock.ts';
import { Random } from '../../tests/support/random.ts';

const FRAME_MS = 16;
/** Milliseconds between two deliveries: many updates in one, so that the bench ends. What is written does not depend on it. */
const DELIVERY_MS = 480;
const COLORS = ['#e03131', '#2f9e44', '#1971c2', '#f08c00'];

/** A document with all that was drawn, as a server has it. */
export function drawForAWhile({ minutes, seed }) {
  const random = new Random(seed);
  const clock = new FakeClock();
  const server = new Y.Doc();
  const people = ['ada', 'bob', 'carol', 'dan'].map((name) => new Person(name, { clock, random }));
  let [updates, updateBytes] = [0, 0];
  for (let at = 0; at < minutes * 60_000; at += FRAME_MS) {
    clock.advance(FRAME_MS);
    for (const person of people) person.frame();
    if (at % DELIVERY_MS !== 0) continue;
    for (const { board, unsent } of people) {
      const sent = unsent.splice(0);
      if (sent.length === 0) continue;
      updates += sent.length;
      updateBytes += sent.reduce((sum, { length }) => sum + length, 0);
      const merged = Y.mergeUpdates(sent);
      Y.applyUpdate(server, merged);
      for (const other of people) if (other.board !== board) Y.applyUpdate(other.board.doc, merged, 'network');
    }
  }
  const actions = people.reduce((sum, { actions }) => sum + actions, 0);
  return { doc: server, actions, updates, updateBytes };
}

class Person {
  unsent = [];
  actions = 0;
  #random;
  /** What is done frame by frame, and a pause after it. */
  #doing;

  constructor(name, { clock, random }) {
    this.#random = random;
    this.board = new FakeBoard(name, { clock });
    this.board.doc.on('update', (update, origin) => {
      if (origin !== 'network') this.unsent.push(update);
    });
    this.#doing = this.#work();
  }

  frame() {
    this.#doing.next();
  }

  *#work() {
    const random = this.#random;
    for (;;) {
      yield* pause(random.between(500, 4_000));
      this.actions += 1;
      const chance = random.next();
      if (chance < 0.4) yield* this.#draw();
      else if (chance < 0.55) yield* this.#addShape();
      else if (chance < 0.75) yield* this.#drag();
      else if (chance < 0.85) yield* this.#write();
      else if (chance < 0.95) this.#color();
      else this.#delete();
    }
  }

  *#draw() {
    const random = this.#random;
    this.board.beginStroke(this.#place(), this.#place());
    let [x, y] = [0, 0];
    for (let left = random.between(20, 150); left > 0; left--) {
      x += (random.next() * 12 - 4) / 1.1;
      y += (random.next() * 10 - 5) / 1.1;
      this.board.draw([x, y]);
      yield;
    }
    this.board.release();
  }

  *#addShape() {
    const random = this.#random;
    const type = random.pick(['rectangle', 'ellipse', 'diamond', 'arrow']);
    const id = this.board.add({ type, x: this.#place(), y: this.#place(), width: 0, height: 0 });
    for (let size = 1; size < random.between(20, 80); size++) {
      if (type === 'arrow')
        this.board.change(id, {
          points: [
            [0, 0],
            [size * 3.3, size * 1.7],
          ],
        });
      else this.board.change(id, { width: size * 3.3, height: size * 1.7 });
      yield;
    }
  }

  *#drag() {
    const random = this.#random;
    const ids = Array.from({ length: random.pick([1, 1, 1, 2, 5]) }, () => this.#pick()).filter(Boolean);
    if (ids.length === 0) return;
    this.board.grab(...new Set(ids));
    for (let left = random.between(30, 120); left > 0; left--) {
      this.board.drag(random.next() * 4, random.next() * 3);
      yield;
    }
    this.board.release();
  }

  *#write() {
    const random = this.#random;
    this.board.beginText('', { x: this.#place(), y: this.#place() });
    for (let left = random.between(5, 40); left > 0; left--) {
      this.board.type(random.pick([...'etaoin shrdlu']));
      yield* pause(random.between(80, 250));
    }
    this.board.release();
  }

  #color() {
    const id = this.#pick();
    if (id) this.board.change(id, { strokeColor: this.#random.pick(COLORS) });
  }

  #delete() {
    const id = this.#pick();
    if (id) this.board.delete(id);
  }

  #pick() {
    const { ids } = this.board;
    return ids.length > 0 ? this.#random.pick(ids) : undefined;
  }

  #place() {
    return this.#random.next() * 4_000;
  }
}

function* pause(milliseconds) {
  for (let at = 0; at < milliseconds; at += FRAME_MS) yield;
}
