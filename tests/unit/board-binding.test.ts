import { expect, test } from 'vitest';
import type * as Y from 'yjs';
import { BoardWorld } from '../support/board-world.ts';

function twoPeople() {
  const world = new BoardWorld();
  const ada = world.join('ada', 1);
  const bob = world.join('bob', 2);
  return { world, ada, bob };
}

test('[BOARD-1] one moves a shape while another recolours it, and both see both', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add({ x: 10 });
  world.settle();

  ada.change(shape, { x: 200 });
  bob.change(shape, { strokeColor: '#e03131' });
  world.settle();

  expect(ada.get(shape)).toMatchObject({ x: 200, strokeColor: '#e03131' });
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-2] what came from others is not written back, and a board that opens writes nothing', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add();
  const stroke = ada.beginStroke(0, 0);
  ada.draw([1, 1], [2, 5]);
  ada.release();
  world.settle();
  ada.change(shape, { x: 5 });
  ada.delete(stroke);
  world.settle();
  const carol = world.join('carol', 3);
  world.settle();

  expect(bob.seen).toEqual(ada.seen);
  expect(carol.seen).toEqual(ada.seen);
  expect(world.bytesOf(bob)).toBe(0);
  expect(world.bytesOf(carol)).toBe(0);
});

test('[BOARD-3] a change is written 40 ms after the last at the soonest, and at once when a gesture ends', () => {
  const { world, ada } = twoPeople();
  const shape = ada.add();
  world.settle();
  ada.grab(shape);
  world.written.get(ada)?.splice(0);

  for (let step = 0; step < 100; step++) {
    ada.drag(1, 1);
    world.clock.advance(10);
  }
  const during = world.written.get(ada)?.length ?? 0;
  ada.drag(1, 1);
  ada.release();

  expect(during).toBeGreaterThanOrEqual(24);
  expect(during).toBeLessThanOrEqual(26);
  expect(world.written.get(ada)).toHaveLength(during + 1);
});

test('[BOARD-3] many shapes that are dragged at once are written less often', () => {
  const { world, ada } = twoPeople();
  const shapes = Array.from({ length: 50 }, () => ada.add());
  world.settle();
  ada.grab(...shapes);
  world.written.get(ada)?.splice(0);

  for (let step = 0; step < 100; step++) {
    ada.drag(1, 1);
    world.clock.advance(10);
  }
  expect(world.written.get(ada)).toHaveLength(6); // at once, and then every 200 ms
});

test('[BOARD-16] what others do is shown at once, and then once for each picture of the screen', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add();
  world.settle();
  const before = bob.applied;

  const receive = (x: number) => {
    ada.change(shape, { x });
    ada.binding.flush();
    world.send(ada);
    world.receive(bob);
  };
  for (let x = 1; x <= 10; x++) receive(x);
  expect([bob.get(shape).x, bob.applied - before]).toEqual([1, 1]);
  world.clock.advance(16);
  expect([bob.get(shape).x, bob.applied - before]).toEqual([10, 2]);
});

test('[BOARD-18] what others move, size, turn or draw on stays the object that it is; what they change otherwise becomes another', () => {
  const { world, ada, bob } = twoPeople();
  const [shape, line] = [
    ada.add(),
    ada.add({
      type: 'line',
      points: [
        [0, 0],
        [5, 5],
      ],
    }),
  ];
  const stroke = ada.beginStroke(0, 0);
  ada.draw([1, 0]);
  world.settle();
  const before = [shape, line, stroke].map((id) => bob.get(id));

  ada.draw([1, 1], [4, 9]);
  world.settle();
  ada.release();
  ada.change(shape, { x: 7, width: 70, angle: 1 });
  ada.change(line, {
    points: [
      [0, 0],
      [9, 4],
    ],
  });
  world.settle();
  expect([shape, line, stroke].every((id, at) => bob.get(id) === before[at])).toBe(true);
  expect(bob.get(shape)).toMatchObject({ x: 7, width: 70, angle: 1 });
  expect([bob.get(line).points, bob.get(line).width]).toEqual([ada.get(line).points, 9]);
  expect(bob.get(stroke).points).toEqual(ada.get(stroke).points);

  ada.change(shape, { x: 8, strokeColor: '#e03131' });
  ada.change(line, {
    points: [
      [1, 0],
      [9, 4],
    ],
  });
  world.settle();
  expect([shape, line].some((id, at) => bob.get(id) === before[at])).toBe(false);
  expect(bob.get(shape)).toMatchObject({ x: 8, strokeColor: '#e03131' });
  expect(bob.get(line).points).toEqual(ada.get(line).points);
  expect(world.bytesOf(bob)).toBe(0);
});

test('[BOARD-4] a shape that was deleted stays deleted, whatever another did to it meanwhile', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add();
  world.settle();

  ada.delete(shape);
  bob.change(shape, { x: 99 });
  world.settle();
  bob.change(shape, { x: 100 });
  world.settle();

  expect(ada.seen).toEqual([]);
  expect(bob.seen).toEqual([]);
  expect(ada.shared.size).toBe(0);
});

test('[BOARD-4] nor does what I do between its deletion and the next picture of the screen bring it back', () => {
  const { world, ada, bob } = twoPeople();
  const [shape, other] = [ada.add(), ada.add()];
  world.settle();

  ada.change(other, { x: 1 });
  ada.binding.flush();
  ada.delete(shape);
  ada.binding.flush();
  world.send(ada);
  world.receive(bob);
  expect(bob.ids).toContain(shape);
  bob.change(shape, { x: 5 });
  bob.binding.flush();
  world.settle();

  expect(bob.ids).toEqual([other]);
  expect(ada.ids).toEqual([other]);
});

test('[BOARD-4] what was deleted leaves the scene with the next shape of somebody else', () => {
  const { world, ada, bob } = twoPeople();
  const shapes = Array.from({ length: 10 }, () => ada.add());
  world.settle();
  ada.delete(...shapes);
  world.settle();
  bob.add();
  world.settle();

  expect(ada.elements()).toHaveLength(1);
  ada.add();
  world.settle();
  expect(bob.elements()).toHaveLength(2);
});

test('[BOARD-5] what was only begun is not shared', () => {
  const { world, ada, bob } = twoPeople();
  const text = ada.beginText('');
  const shape = ada.add({ width: 0, height: 0 });
  world.settle();
  expect(bob.seen).toEqual([]);

  ada.type('a');
  ada.change(shape, { width: 1 });
  world.settle();
  expect(bob.ids.sort()).toEqual([shape, text].sort());
});

test('[BOARD-6] shapes lie in one order for everybody, also when two are put on top at once', () => {
  const { world, ada, bob } = twoPeople();
  const [low, high] = [ada.add(), ada.add()];
  world.settle();

  const mine = ada.add();
  const theirs = bob.add();
  ada.reorder(low, 9);
  world.settle();

  expect(bob.ids).toEqual(ada.ids);
  expect([...ada.ids].sort()).toEqual([low, high, mine, theirs].sort());
});

test('[BOARD-7] equal keys of places are mended where they are shown; the next who places something there writes them', () => {
  const { world, ada, bob } = twoPeople();
  const [mine, theirs] = [ada.add(), bob.add()];
  world.settle();
  world.bytesOf(ada);
  world.bytesOf(bob);
  const keyOf = (id: string) => (ada.shared.get(id) as Y.Map<unknown>).get('index');
  expect(keyOf(mine)).toBe(keyOf(theirs));
  expect(new Set(ada.seen.map(({ index }) => index)).size).toBe(2);

  const between = bob.add();
  bob.reorder(between, 1);
  world.settle();

  expect(bob.ids).toEqual([mine, between, theirs]);
  expect(ada.ids).toEqual(bob.ids);
  expect(keyOf(mine)).not.toBe(keyOf(theirs));
});

test('[BOARD-7] a key that the editor mends because it was shown something is not written', () => {
  const { world, ada, bob } = twoPeople();
  const [hers, his] = [ada.beginStroke(0, 0), bob.beginStroke(0, 0)];
  ada.draw([1, 1]);
  bob.draw([2, 2]);
  world.settle();
  ada.release();
  bob.release();
  world.settle();

  expect(bob.ids).toEqual(ada.ids);
  const keys = [hers, his].map((id) => (ada.shared.get(id) as Y.Map<unknown>).get('index'));
  expect(keys).toEqual(['a0', 'a0']);
});

test('[BOARD-8] two who bind an arrow each to one shape bind both', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add();
  world.settle();

  ada.change(shape, { boundElements: [{ id: 'a', type: 'arrow' }] });
  bob.change(shape, { boundElements: [{ id: 'b', type: 'arrow' }] });
  world.settle();
  expect(bob.get(shape).boundElements).toEqual([
    { id: 'a', type: 'arrow' },
    { id: 'b', type: 'arrow' },
  ]);

  ada.change(shape, { boundElements: [{ id: 'b', type: 'arrow' }] });
  world.settle();
  expect(bob.get(shape).boundElements).toEqual([{ id: 'b', type: 'arrow' }]);
});

test('[BOARD-10] a stroke grows while it is drawn, and costs what is new of it', () => {
  const { world, ada, bob } = twoPeople();
  const stroke = ada.beginStroke(10.5, 20.25);
  for (let at = 1; at <= 300; at++) {
    ada.draw([at * 1.37, Math.sin(at / 10) * 40]);
    world.clock.advance(16);
    if (at === 150) {
      world.send(ada);
      world.receive(bob);
      world.clock.advance(16);
      expect((bob.get(stroke).points as unknown[]).length).toBeGreaterThan(140);
    }
  }
  ada.release();
  world.settle();

  expect(bob.get(stroke).points).toEqual(ada.get(stroke).points);
  expect(bob.get(stroke).points).toHaveLength(301);
  expect(world.bytesOf(ada)).toBeLessThan(12_000);
});

test('[BOARD-11] a stroke that is drawn while others change it keeps all its points and gets their change at its end', () => {
  const { world, ada, bob } = twoPeople();
  const other = bob.add();
  const stroke = ada.beginStroke(0, 0);
  ada.draw([1, 1]);
  world.settle();

  bob.change(stroke, { strokeColor: '#2f9e44' });
  bob.change(other, { x: 77 });
  world.settle();
  expect(ada.get(other).x).toBe(77);
  expect(ada.get(stroke).strokeColor).toBe('#1e1e1e');
  ada.draw([2, 2], [3, 3]);
  ada.release();
  world.settle();

  expect(ada.get(stroke)).toMatchObject({
    strokeColor: '#2f9e44',
    points: [
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  });
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-11] a stroke that somebody deletes is drawn to its end, and gone then', () => {
  const { world, ada, bob } = twoPeople();
  const stroke = ada.beginStroke(0, 0);
  ada.draw([1, 1]);
  world.settle();

  bob.delete(stroke);
  world.settle();
  ada.draw([2, 2]);
  world.settle();
  expect(ada.ids).toEqual([stroke]);
  expect(bob.ids).toEqual([]);

  ada.release();
  world.settle();
  expect(ada.ids).toEqual([]);
  expect(bob.ids).toEqual([]);
});

test('[BOARD-12] a shape that is dragged stays in the hand, takes other changes at once, and lies where it was let go', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add({ x: 0, y: 0 });
  world.settle();

  ada.grab(shape);
  ada.drag(10, 0);
  world.settle();
  bob.change(shape, { x: -500, y: -500 });
  bob.change(shape, { backgroundColor: '#ffec99' });
  world.settle();
  expect(ada.get(shape)).toMatchObject({ x: 10, y: 0, backgroundColor: '#ffec99' });

  ada.release();
  world.settle();
  expect(ada.get(shape)).toMatchObject({ x: 10, y: 0 });
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-12] two who drag one shape do not write while they hold it still, and one of them wins', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add({ x: 0 });
  world.settle();
  ada.grab(shape);
  bob.grab(shape);
  ada.drag(10, 0);
  bob.drag(-10, 0);
  world.settle();
  world.bytesOf(ada);
  world.bytesOf(bob);

  world.settle();
  expect(world.bytesOf(ada) + world.bytesOf(bob)).toBe(0);
  expect([ada.get(shape).x, bob.get(shape).x]).toEqual([10, -10]);
  ada.release();
  bob.release();
  world.settle();
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-13] two who type in one text lose no letter, and neither is interrupted', () => {
  const { world, ada, bob } = twoPeople();
  const text = ada.beginText('meeting');
  ada.release();
  world.settle();

  ada.edit(text);
  bob.edit(text);
  ada.type('the ', { at: 0 });
  bob.type(' notes');
  world.settle();
  expect([ada.get(text).originalText, bob.get(text).originalText]).toEqual(['the meeting', 'meeting notes']);
  ada.type('M', { at: 4, removed: 1 });
  bob.type('!');
  world.settle();
  ada.release();
  bob.release();
  world.settle();

  expect(ada.get(text)).toMatchObject({ originalText: 'the Meeting notes!', text: 'the Meeting notes!' });
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-13] a text shows how it is wrapped while that is of these words, and the words else', () => {
  const { world, ada, bob } = twoPeople();
  const text = ada.beginText('a long label');
  ada.release();
  ada.change(text, { text: 'a long\nlabel' });
  world.settle();
  expect(bob.get(text).text).toBe('a long\nlabel');

  const map = bob.shared.get(text) as Y.Map<unknown>;
  (map.get('originalText') as Y.Text).insert(12, 's');
  world.settle();
  expect(ada.get(text)).toMatchObject({ originalText: 'a long labels', text: 'a long labels' });
});

test('[BOARD-13] what is typed stands between the same letters, though others delete and write there', () => {
  const { world, ada, bob } = twoPeople();
  const text = ada.beginText('abcd');
  ada.release();
  world.settle();
  ada.edit(text);
  bob.edit(text);
  bob.type('', { at: 1, removed: 1 });
  bob.type('X', { at: 3 });
  bob.release();
  world.settle();

  ada.type('Z', { at: 4 });
  ada.type('Y', { at: 3 });
  ada.release();
  world.settle();
  expect(ada.get(text).originalText).toBe('acYdZX');
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-14] a board that is closed writes what was pending, and nothing more', () => {
  const { world, ada, bob } = twoPeople();
  const shape = ada.add();
  ada.change(shape, { x: 3 });
  ada.binding.close();
  ada.binding.close();
  ada.change(shape, { x: 4 });
  world.settle();

  expect(bob.get(shape).x).toBe(3);
  expect(world.clock.timers).toBe(0);
});

test('[BOARD-15] a long stroke that is resized is written once, when that ends', () => {
  const { world, ada, bob } = twoPeople();
  const stroke = ada.beginStroke(0, 0);
  for (let at = 1; at < 300; at++) ada.draw([at, at % 7]);
  ada.release();
  world.settle();
  world.bytesOf(ada);

  ada.grab(stroke);
  for (let step = 1; step <= 50; step++) {
    const points = (ada.get(stroke).points as number[][]).map(([x = 0, y = 0]) => [x * 1.01, y]);
    ada.change(stroke, { points });
    world.clock.advance(20);
  }
  expect(world.bytesOf(ada)).toBe(0);
  ada.release();
  world.settle();
  expect(bob.get(stroke).points).toEqual(ada.get(stroke).points);
});
