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
  /** The same, but not before there is a moment in which nothing else is to be done, or IDLE_MS have passed. */
  afterIdle(milliseconds: number, task: () => void): Timer;
}

/** Milliseconds for which a task waits for an idle moment. */
const IDLE_MS = 10_000;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return { cancel: () => clearTimeout(timer) };
  },
  afterIdle(milliseconds, task) {
    let idle: number | undefined;
    const timer = setTimeout(() => {
      if (typeof requestIdleCallback === 'undefined') task();
      else idle = requestIdleCallback(task, { timeout: IDLE_MS });
    }, milliseconds);
    return {
      cancel: () => {
        clearTimeout(timer);
        if (idle !== undefined) cancelIdleCallback(idle);
      },
    };
  },
};
