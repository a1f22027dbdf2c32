import type { Coverage } from '../../lib/protocol/coverage.ts';
import { type CheckedUpdate, UpdateCheck } from '../../lib/protocol/update.ts';
import type { Clock } from '../clock.ts';
import { LIMITS } from '../limits.ts';

// Updates that take longer to check than others are to wait: pasted books, whole documents.
// Invariant: one slice of one update in a turn of the event loop, however many wait.

interface Task {
  readonly update: Uint8Array;
  readonly coverage: () => Coverage;
  /** Its check, when some of it was read before. */
  readonly begun?: UpdateCheck | undefined;
  readonly done: (verdict: Verdict) => void;
}

/** Shared by all rooms. */
export class Checks {
  readonly #clock: Clock;
  readonly #tasks: Task[] = [];
  #check: UpdateCheck | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Checks `update` (checkUpdate) when its turn comes. `coverage`: asked when it begins, and anew when what it says has changed meanwhile. `done`: told
   * in the turn in which the check ends, so that it may rely on it, what the check returned or threw; one update after the other, in order.
   */
  add(task: Task): void {
    this.#tasks.push(task);
    if (this.#tasks.length === 1) this.#clock.soon(() => this.#slice());
  }

  #slice(): void {
    const task = this.#tasks[0] as Task;
    const verdict = this.#readOn(task);
    if (verdict) {
      this.#check = undefined;
      task.done(verdict);
      this.#tasks.shift();
    }
    if (this.#tasks.length > 0) this.#clock.soon(() => this.#slice());
  }

  #readOn({ update, coverage, begun }: Task): Verdict | undefined {
    const held = coverage();
    this.#check ??= begun;
    if (!this.#check?.isAgainst(held)) this.#check = new UpdateCheck(update, held);
    return readSlice(this.#check);
  }
}

/** What `checkUpdate` returns or throws. */
export type Verdict = () => CheckedUpdate;

/** Reads on for as long as others are to wait. Undefined: it is not through. */
export function readSlice(check: UpdateCheck): Verdict | undefined {
  try {
    const checked = check.readOn(LIMITS.checkBytes);
    return checked && (() => checked);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
