import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Patience } from '../../server/patience.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const lasting = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

it('[OPS-15] what is waited for one after the other has one bound together', async () => {
  const began = performance.now();
  const patience = new Patience(8_000);
  const asked = (async () => [
    await patience.has(lasting(5_000)),
    await patience.has(lasting(4_000)),
    await patience.has(new Promise(() => undefined)),
    performance.now() - began,
  ])();
  await vi.runAllTimersAsync();
  expect(await asked).toEqual([true, false, false, 8_000]);
});

it('[OPS-15] leaves no timer behind, and tells of a failure', async () => {
  const patience = new Patience(8_000);
  expect(await patience.has(Promise.resolve())).toBe(true);
  await expect(patience.has(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(vi.getTimerCount()).toBe(0);
});
