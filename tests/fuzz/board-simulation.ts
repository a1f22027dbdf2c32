import { isDeepStrictEqual } from 'node:util';
import { toScene } from '../../lib/whiteboard/board.ts';
import { propertiesOf } from '../../lib/whiteboard/element.ts';
import { BoardWorld } from '../support/board-world.ts';
import type { FakeBoard } from '../support/fake-board.ts';
import { Random } from '../support/random.ts';
import { BoardLedger } from './board-ledger.ts';

// One schedule at a board: two to six people, a network that is late and breaks, a few hundred random steps, then peace and a verdict.
// Invariant: the seed decides everything.

const STEPS = {
  add: 6,
  change: 16,
  delete: 2,
  reorder: 5,
  bind: 3,
  stroke: 3,
  text: 3,
  open: 3,
  grab: 5,
  goOn: 40,
  release: 9,
  undo: 5,
  deliver: 50,
  moment: 20,
  while: 2,
  cut: 1,
  mend: 3,
  join: 0.5,
} as const;

type Step = keyof typeof STEPS;

export class BoardSimulation {
  readonly seed: number;
  /** What happened, for people who read failing runs. */
  readonly steps: string[] = [];
  readonly world = new BoardWorld();
  readonly #random: Random;
  readonly #ledger: BoardLedger;
  readonly #weights: Record<Step, number>;
  #values = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.#random = new Random(seed);
    this.#weights = { ...STEPS };
    for (const step of Object.keys(STEPS) as Step[]) this.#weights[step] *= this.#random.pick([0.2, 1, 1, 3]);
    // What undo takes back is not known to the ledger: half of the schedules have none, and are judged by it.
    const undone = seed % 2 === 0;
    if (!undone) this.#weights.undo = 0;
    this.#ledger = new BoardLedger({ complete: !undone });
    for (let count = this.#random.between(2, 6); count > 0; count--) this.#join();
  }

  /** Throws when something is wrong, with the seed and what happened. */
  run(): void {
    try {
      for (let count = this.#random.between(60, 300); count > 0; count--) this.#step();
      this.#makePeace();
      this.#judge();
    } catch (error) {
      throw new Error(`SEED=${this.seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  #step(): void {
    let at = this.#random.next() * Object.values(this.#weights).reduce((sum, weight) => sum + weight, 0);
    const step = (Object.keys(STEPS) as Step[]).find((name) => {
      at -= this.#weights[name];
      return at < 0;
    });
    const did = this.#do(step ?? 'deliver');
    if (did !== undefined) this.steps.push(did);
  }

  /** Returns what was done; undefined when there was nothing to do. */
  #do(step: Step): string | undefined {
    const random = this.#random;
    const { boards, clock } = this.world;
    const board = random.pick(boards);
    const { name } = board;
    const free = board.gesture().kind === 'none';
    switch (step) {
      case 'add':
        return `${name} adds ${board.add({ type: random.pick(['rectangle', 'ellipse', 'arrow']), x: this.#value() })}`;
      case 'change': {
        const id = this.#pick(board);
        if (id === undefined) return undefined;
        const property = random.pick(['strokeWidth', 'opacity', 'angle', 'roughness', 'seed', 'groupIds', 'position']);
        const value = this.#value();
        if (property === 'groupIds') board.change(id, { groupIds: [`group-${value}`] });
        else if (property === 'position') board.change(id, { x: value, y: value });
        else board.change(id, { [property]: property === 'seed' ? value : value / 1_000 });
        this.#ledger.changed(board, id, property === 'position' ? ['x', 'y'] : [property]);
        return `${name} changes ${property} of ${id} to ${value}`;
      }
      case 'delete': {
        const id = this.#pick(board);
        if (id === undefined) return undefined;
        board.delete(id);
        this.#ledger.deleted(id);
        return `${name} deletes ${id}`;
      }
      case 'reorder': {
        const id = this.#pick(board);
        if (id === undefined) return undefined;
        board.reorder(id, random.between(1, board.elements().length));
        return `${name} places ${id} anew`;
      }
      case 'bind': {
        const id = this.#pick(board);
        if (id === undefined) return undefined;
        const arrow = { id: `arrow-${this.#value()}`, type: 'arrow' };
        board.change(id, { boundElements: [...(board.get(id).boundElements as object[]), arrow] });
        this.#ledger.bound(id, arrow.id);
        return `${name} binds ${arrow.id} to ${id}`;
      }
      case 'stroke':
        return free ? `${name} begins ${board.beginStroke(this.#value(), this.#value())}` : undefined;
      case 'text': {
        if (!free) return undefined;
        const letter = this.#letter();
        const id = board.beginText(letter);
        this.#ledger.typed(id, letter);
        return `${name} begins ${id} with ${letter}`;
      }
      case 'open': {
        const id = this.#pick(board, 'text');
        if (!free || id === undefined) return undefined;
        board.edit(id);
        return `${name} opens ${id}`;
      }
      case 'grab': {
        const ids = [this.#pick(board), this.#pick(board)].filter((id) => id !== undefined);
        if (!free || ids.length === 0) return undefined;
        board.grab(...new Set(ids));
        return `${name} grabs ${ids}`;
      }
      case 'goOn':
        return this.#goOn(board);
      case 'release':
        return this.#release(board);
      case 'undo': {
        const redo = random.between(0, 2) === 0;
        const had = redo ? board.binding.undo.redo() : board.binding.undo.undo();
        return had ? `${name} ${redo ? 'redo' : 'undo'}` : undefined;
      }
      case 'deliver': {
        const up = random.between(0, 1) === 0;
        const most = random.pick([1, 1, 3, 30]);
        const count = up ? this.world.send(board, most) : this.world.receive(board, most);
        return count > 0 ? `${name} ${up ? 'sends' : 'gets'} ${count}` : undefined;
      }
      case 'moment':
        clock.advance(random.between(1, 60));
        return 'a moment';
      case 'while':
        clock.advance(random.between(400, 2_000));
        return 'a while';
      case 'cut':
        this.world.cut(board);
        return `${name} loses the network`;
      case 'mend':
        this.world.mend(board);
        return `${name} has a network`;
      case 'join':
        return boards.length < 6 ? `${this.#join().name} joins` : undefined;
      default:
        return step satisfies never;
    }
  }

  #goOn(board: FakeBoard): string | undefined {
    const random = this.#random;
    const gesture = board.gesture();
    switch (gesture.kind) {
      case 'none':
        return undefined;
      case 'drawing': {
        const points = Array.from({ length: random.between(1, 4) }, (): [number, number] => [
          this.#value(),
          this.#value(),
        ]);
        board.draw(...points);
        this.#ledger.drew(gesture.id, points);
        return `${board.name} draws on with ${gesture.id}`;
      }
      case 'typing': {
        const before = board.typed;
        const letter = this.#letter();
        const letters = [...before];
        const from = random.between(0, letters.length);
        const cut = random.between(0, 3) === 0 ? letters.slice(from, from + 2).join('') : '';
        const [at, removed] = [letters.slice(0, from).join('').length, cut.length];
        board.type(letter, { at, removed });
        this.#ledger.typed(gesture.id, letter, cut);
        return `${board.name} types ${letter} at ${at} of ${gesture.id} for '${cut}'`;
      }
      case 'moving':
        board.drag(random.between(-50, 50), random.between(-50, 50));
        for (const id of gesture.ids) if (board.ids.includes(id)) this.#ledger.changed(board, id, ['x', 'y']);
        return `${board.name} drags ${gesture.ids}`;
      default:
        return gesture satisfies never;
    }
  }

  #release(board: FakeBoard): string | undefined {
    const gesture = board.gesture();
    if (gesture.kind === 'none') return undefined;
    const seen = board.ids;
    board.release();
    for (const id of seen) if (!board.ids.includes(id)) this.#ledger.deleted(id); // it was nothing, or others have deleted it
    return `${board.name} lets go`;
  }

  #join(): FakeBoard {
    const { boards } = this.world;
    const name = `p${boards.length}`;
    return this.world.join(name, boards.length * 1_000 + this.#random.between(1, 999));
  }

  #pick(board: FakeBoard, type?: string): string | undefined {
    const ids = board.seen.filter((element) => type === undefined || element.type === type).map(({ id }) => String(id));
    return ids.length > 0 ? this.#random.pick(ids) : undefined;
  }

  /** A number that nobody else has written. */
  #value(): number {
    return ++this.#values;
  }

  /** A letter that nobody else has typed: one of two units now and then. */
  #letter(): string {
    const code = ++this.#values;
    return String.fromCodePoint(this.#random.between(0, 5) === 0 ? 0x1f300 + code : 0x4e00 + code);
  }

  #makePeace(): void {
    this.steps.push('peace');
    for (const board of this.world.boards) this.world.mend(board);
    this.world.settle();
    for (const board of this.world.boards) this.#release(board);
    this.world.settle();
  }

  #judge(): void {
    const { boards } = this.world;
    const [first] = boards;
    if (!first) return;
    for (const board of boards) this.world.bytesOf(board);
    for (const board of boards) {
      expectEqual(pictureOf(board), pictureOf(first), `${board.name} sees what ${first.name} does not`);
      const shared = toScene(board.shared).map(({ id }) => id);
      expectEqual(board.ids, shared, `${board.name} does not see what is shared`);
    }
    this.#ledger.judge(first);
    for (const board of boards) board.binding.changed();
    this.world.settle();
    for (const board of boards) if (this.world.bytesOf(board) > 0) throw new Error(`${board.name} writes unasked`);
  }
}

/** Keys of places are not compared, but the order that they make: equal ones are mended by each board for itself. */
function pictureOf(board: FakeBoard): unknown[] {
  return board.seen.map(({ index, boundElements, ...element }) => ({
    ...element,
    bound: (boundElements as { id: string }[]).map(({ id }) => id).sort(),
  }));
}

function expectEqual(a: unknown, b: unknown, complaint: string): void {
  if (!isDeepStrictEqual(a, b)) throw new Error(`${complaint}: ${firstDifference(a, b)}`);
}

/** Where the two part, for people who read failing runs. */
function firstDifference(a: unknown, b: unknown): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return `${a} and ${b}`;
  const [mine, theirs] = [propertiesOf(a), propertiesOf(b)];
  const differing = Object.keys({ ...a, ...b }).find((key) => !isDeepStrictEqual(mine[key], theirs[key]));
  return differing === undefined
    ? ''
    : `${mine.id ?? ''}.${differing}${firstDifference(mine[differing], theirs[differing])}`;
}
