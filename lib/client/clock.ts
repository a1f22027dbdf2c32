// Time as the client sees it, so that tests can turn the hands.
// Invariant: `now` never goes backwards, whatever the wall clock does.

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds, monotonic, from an arbitrary start. */
  now(): number;
  /** Runs `task` once after `milliseconds`. */
  after(milliseconds: number, task: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return { cancel: () => clearTimeout(timer) };
  },
};
