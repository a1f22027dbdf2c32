import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../server/clock.ts';

// The clock of the running server, under hands that the test turns.

const DAY_MS = 24 * 60 * 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  ['a second', 1_000],
  ['as long as one timer can be', 2 ** 31 - 1],
  ['a month', 30 * DAY_MS],
  ['a year', 365 * DAY_MS],
])('[GRANT-6] what is to happen after %s happens then, and not before', (_, milliseconds) => {
  const task = vi.fn();
  systemClock.after(milliseconds, task);
  vi.advanceTimersByTime(milliseconds - 1);
  expect(task).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  vi.runAllTicks();
  expect(task).toHaveBeenCalledOnce();
});

it('[GRANT-6] what never ends never happens, and can be cancelled at any time', () => {
  const task = vi.fn();
  const timer = systemClock.after(Number.POSITIVE_INFINITY, task);
  vi.advanceTimersByTime(100 * DAY_MS);
  expect(vi.getTimerCount()).toBe(1);
  timer.cancel();
  expect(vi.getTimerCount()).toBe(0);
  expect(task).not.toHaveBeenCalled();
});
