import { afterEach, beforeEach, expect, it, vi } from 'vitest';

// What waits until the page shows what it was opened for.

let settled: typeof import('../../app/settled.ts');

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules(); // each page has one
  settled = await import('../../app/settled.ts');
});

afterEach(() => vi.useRealTimers());

it('[SNAP-21] what nobody waits for begins a while after the page is shown', async () => {
  const task = vi.fn();
  settled.whenSettled(3_000, task);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(task).not.toHaveBeenCalled();
  settled.pageIsShown();
  await vi.advanceTimersByTimeAsync(2_999);
  expect(task).not.toHaveBeenCalled();
  settled.pageIsShown();
  await vi.advanceTimersByTimeAsync(1);
  expect(task).toHaveBeenCalledOnce();
  settled.whenSettled(3_000, task);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(task).toHaveBeenCalledTimes(2);
});

it('[SNAP-21] it begins though a page never says that it is shown', async () => {
  const task = vi.fn();
  settled.whenSettled(3_000, task);
  await vi.advanceTimersByTimeAsync(12_999);
  expect(task).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(task).toHaveBeenCalledOnce();
});

it('[SNAP-21] called off, it does not begin', async () => {
  const task = vi.fn();
  settled.whenSettled(3_000, task)();
  const callOff = settled.whenSettled(3_000, task);
  settled.pageIsShown();
  await vi.advanceTimersByTimeAsync(1_000);
  callOff();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(task).not.toHaveBeenCalled();
});
