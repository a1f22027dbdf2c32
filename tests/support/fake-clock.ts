// A clock whose hands are turned by the test. It fits the server's Clock and the client's.
// Invariant: tasks run in the order of their times, and those of one time in the order in which they were set.

interface Due {
  readonly at: number;
  readonly task: () => void;
}

export class FakeClock {
  #now = 0;
  #timers: Due[] = [];
  #soon: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, task: () => void): { cancel(): void } {
    const due = { at: this.#now + Math.max(0, milliseconds), task };
    const later = this.#timers.findIndex((other) => other.at > due.at);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, due);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== due);
      },
    };
  }

  /** It is idle at once. */
  afterIdle(milliseconds: number, task: () => void): { cancel(): void } {
    return this.after(milliseconds, task);
  }

  soon(task: () => void): void {
    this.#soon.push(task);
  }

  /** How many timers are set: none must be left when everything is closed. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Turns the hands, running what falls due on the way. Each timer is a turn of the event loop, with its `soon` tasks at the end. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    this.#endTurn();
    for (let due = this.#timers[0]; due !== undefined && due.at <= until; due = this.#timers[0]) {
      this.#timers.shift();
      this.#now = due.at;
      due.task();
      this.#endTurn();
    }
    this.#now = until;
  }

  /** Lets promises and `soon` tasks run until nothing is left to do at this time. The hands stand still. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      if (this.#soon.length > 0) quiet = 0;
      this.#endTurn();
      await new Promise((resolve) => setImmediate(resolve)); // a real turn: whatever real promises and immediates wait for
    }
  }

  #endTurn(): void {
    for (let task = this.#soon.shift(); task !== undefined; task = this.#soon.shift()) task();
  }
}
