import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { leave, take } from '../../app/document/hand-over.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('[READ-5] a text is handed to whoever makes the HTML of its page, to nobody else, and not for long', () => {
  const ticket = leave('<p>Hello</p>');
  const other = leave('<p>Bye</p>');
  expect(take(ticket)).toBe('<p>Hello</p>');
  expect(take(ticket)).toBe('<p>Hello</p>');
  expect(take(other)).toBe('<p>Bye</p>');
  expect(take('')).toBe(undefined);
  vi.advanceTimersByTime(10_000);
  expect(take(ticket)).toBe(undefined);
});
