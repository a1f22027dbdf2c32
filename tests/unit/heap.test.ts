import { expect, it } from 'vitest';
import { collectHeap } from '../../server/heap.ts';

it('collects what nobody holds, and leaves no way to do so behind', async () => {
  const held = { is: 'held' };
  const [kept, dropped] = [new WeakRef(held), new WeakRef({ is: 'dropped' })];
  await new Promise(setImmediate); // until then what a weak reference was made for is kept
  collectHeap();
  expect(kept.deref()).toBe(held);
  expect(dropped.deref()).toBeUndefined();
  expect(globalThis).not.toHaveProperty('gc');
});
