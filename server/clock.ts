import { performance } from 'node:perf_hooks';

// Time as the server sees it, so that tests can turn the hands.
// Invariant: `now` never goes backwards, whatever the wall clock does.

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds, monotonic, from an arbitrary start. */
  now(): number;
  /** Runs `task` once after `milliseconds`. Does not keep the process alive. */
  after(milliseconds: number, task: () => void): Timer;
  /** Runs `task` at the end of this turn of the event loop, after the sockets that were ready have been read. */
  soon(task: () => void): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  soon: (task) => {
    setImmediate(task);
  },
};
