import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../lib/client/clock.ts';

// The clock of a page, under hands that the test turns.

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('[KEPT-8] what can wait for an idle moment waits for one, where the browser knows of them', () => {
  const task = vi.fn();
  systemClock.afterIdle(1_000, task);
  vi.advanceTimersByTime(1_000);
  expect(task).toHaveBeenCalledOnce(); // Node does not

  const idle: (() => void)[] = [];
  vi.stubGlobal('requestIdleCallback', (callback: () => void) => idle.push(callback));
  vi.stubGlobal('cancelIdleCallback', (handle: number) => idle.splice(handle - 1, 1));
  const later = vi.fn();
  const timer = systemClock.afterIdle(1_000, later);
  vi.advanceTimersByTime(999);
  expect(idle).toHaveLength(0);
  vi.advanceTimersByTime(1);
  expect(idle).toHaveLength(1);
  expect(later).not.toHaveBeenCalled();
  idle[0]?.();
  expect(later).toHaveBeenCalledOnce();
  timer.cancel();
  expect(idle).toHaveLength(0);
});
