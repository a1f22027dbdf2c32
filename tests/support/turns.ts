import { FakeClock } from './fake-clock.ts';

/** A clock on which a turn of the event loop ends when the test says so. */
export class Turns extends FakeClock {
  #tasks: (() => void)[] = [];

  override soon(task: () => void): void {
    this.#tasks.push(task);
  }

  /** What waits for the end of this turn. */
  get tasks(): number {
    return this.#tasks.length;
  }

  /** Ends a turn, and lets those go on who waited for it. */
  async end(): Promise<void> {
    for (const task of this.#tasks.splice(0)) task();
    await this.rest();
  }

  /** Lets promises run; the turn does not end. */
  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
