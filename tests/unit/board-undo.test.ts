import { expect, test } from 'vitest';
import { BoardWorld } from '../support/board-world.ts';

function twoPeople() {
  const world = new BoardWorld();
  const ada = world.join('ada', 1);
  const bob = world.join('bob', 2);
  return { world, ada, bob };
}

test('[BOARD-30] undo takes back what I did, and leaves what others did meanwhile', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add({ x: 0 });
  world.settle();
  ada.change(shape, { x: 50 });
  world.settle();
  bob.change(shape, { strokeColor: '#e03131' });
  const other = bob.add();
  world.settle();

  expect(ada.binding.undo.undo()).toBe(true);
  world.settle();
  expect(ada.get(shape)).toMatchObject({ x: 0, strokeColor: '#e03131' });
  expect(ada.ids).toContain(other);
  ada.binding.undo.redo();
  world.settle();
  expect(bob.get(shape).x).toBe(50);
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-30] a property that another has changed since is not taken back', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add({ x: 0 });
  world.settle();
  ada.change(shape, { opacity: 50 });
  world.settle();
  bob.change(shape, { opacity: 20 });
  world.settle();

  ada.binding.undo.undo();
  world.settle();
  expect(bob.ids).toEqual([]); // the step before: the shape was hers
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-31] one gesture is one step, however long it took; what follows a pause is the next', () => {
  const { world, ada } = twoPeople();
  const shape = ada.add({ x: 0 });
  world.settle();
  ada.grab(shape);
  for (let step = 0; step < 100; step++) {
    ada.drag(1, 0);
    world.clock.advance(30);
  }
  ada.release();
  ada.change(shape, { opacity: 50 });
  world.clock.advance(1_000);
  ada.change(shape, { opacity: 20 });
  world.clock.advance(1_000);

  const seen: unknown[] = [];
  while (ada.binding.undo.undo()) seen.push(ada.ids.length > 0 && [ada.get(shape).x, ada.get(shape).opacity]);
  expect(seen).toEqual([[100, 50], [100, 100], [0, 100], false]);
});

test('[BOARD-31] a stroke, and a text, are one step each', () => {
  const { world, ada } = twoPeople();
  ada.beginStroke(0, 0);
  for (let at = 1; at < 100; at++) {
    ada.draw([at, at]);
    world.clock.advance(30);
  }
  ada.release();
  const text = ada.beginText('h');
  for (const letter of 'ello') {
    ada.type(letter);
    world.clock.advance(700);
  }
  ada.release();

  ada.edit(text);
  ada.type('!');
  ada.release();
  ada.binding.undo.undo();
  expect(ada.get(text).originalText).toBe('hello');
  ada.binding.undo.undo();
  expect(ada.ids).toHaveLength(1);
  ada.binding.undo.undo();
  expect(ada.ids).toHaveLength(0);
  ada.binding.undo.redo();
  expect(ada.get(String(ada.ids[0])).points).toHaveLength(100);
});

test('[BOARD-32] undo of a move does not bring back what another deleted; undo of my own deletion does', () => {
  const { world, ada, bob } = twoPeople();
  const [kept, gone] = [ada.add(), ada.add()];
  world.settle();
  ada.change(gone, { x: 300 });
  world.settle();
  ada.change(kept, { x: 300 });
  world.settle();
  bob.delete(gone);
  world.settle();

  ada.binding.undo.undo();
  ada.binding.undo.undo();
  world.settle();
  expect(bob.ids).not.toContain(gone);
  expect(bob.seen).toEqual(ada.seen);

  const mine = ada.beginText('note');
  ada.release();
  world.settle();
  ada.delete(mine);
  world.settle();
  expect(bob.ids).not.toContain(mine);
  ada.binding.undo.undo();
  world.settle();
  expect(bob.get(mine).originalText).toBe('note');
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-32] of two who delete at once, the undo of either brings it back', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add();
  world.settle();
  ada.delete(shape);
  bob.delete(shape);
  world.settle();
  expect(ada.ids).toEqual([]);

  bob.binding.undo.undo();
  world.settle();
  expect(ada.ids).toEqual([shape]);
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-33] undo works across a lost connection', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add({ x: 0 });
  world.settle();
  world.cut(ada);
  ada.change(shape, { x: 70 });
  world.clock.advance(1_000);
  bob.change(shape, { angle: 1 });
  world.settle();
  world.mend(ada);
  world.settle();
  expect(bob.get(shape).x).toBe(70);

  ada.binding.undo.undo();
  world.settle();
  expect(bob.get(shape)).toMatchObject({ x: 0, angle: 1 });
});

test('[BOARD-34] nothing is undone while something is in hand, and who listens hears what can be', () => {
  const { world, ada } = twoPeople();
  let heard = 0;
  ada.binding.undo.onChange(() => heard++);
  expect(ada.binding.undo.canUndo).toBe(false);
  ada.beginStroke(0, 0);
  ada.draw([1, 1]);
  world.settle();

  expect(ada.binding.undo.undo()).toBe(false);
  expect(ada.ids).toHaveLength(1);
  ada.release();
  expect([ada.binding.undo.canUndo, heard > 0]).toEqual([true, true]);
});
