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

/** Milliseconds by which a timer of a busy process may be late. */
const LATE_MS = 250;

/** Milliseconds of the longest timer that Node has, 25 days: a longer one would ring at once. */
const TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, task) {
    const due = performance.now() + milliseconds;
    let timer: NodeJS.Timeout | undefined;
    let immediate: NodeJS.Immediate | undefined;
    // After the process stood still, the sockets are read first: what they hold may be what the timer waits for.
    const ring = () => {
      if (performance.now() - due < LATE_MS) task();
      else immediate = setImmediate(task);
    };
    const set = (left: number) => {
      timer = left > TIMER_MS ? setTimeout(set, TIMER_MS, left - TIMER_MS) : setTimeout(ring, left);
      timer.unref();
    };
    set(milliseconds);
    return {
      cancel() {
        clearTimeout(timer);
        clearImmediate(immediate);
      },
    };
  },
  soon: (task) => {
    setImmediate(task);
  },
};
