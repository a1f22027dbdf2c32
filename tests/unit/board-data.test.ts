import { expect, test, vi } from 'vitest';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { boardElements, boardFiles } from '../../lib/whiteboard/board.ts';
import { checkContent, DamagedPicture } from '../../lib/whiteboard/content-hash.ts';
import { BoardFiles } from '../../lib/whiteboard/files.ts';
import { risingKeys } from '../../lib/whiteboard/order.ts';
import { isOrderKey, keyBetween } from '../../lib/whiteboard/order-key.ts';
import { readBoard, readPresence, tellBoard } from '../../lib/whiteboard/presence.ts';
import { exportScene, importScene } from '../../lib/whiteboard/scene-file.ts';
import { readFile } from '../../lib/whiteboard/stored-file.ts';
import { BoardWorld } from '../support/board-world.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { Random } from '../support/random.ts';

test('[BOARD-50] what a person does at a board is told to those who look at the same one', () => {
  const awareness = new Awareness(new Y.Doc());
  const presence = {
    pointer: { x: 10, y: -3.5, tool: 'laser' as const },
    button: 'down' as const,
    selected: ['a', 'b'],
    view: [0, 0, 800, 600] as const,
  };
  tellBoard(awareness, 'main', presence);
  expect(readBoard(awareness, 'main').get(awareness.clientID)).toEqual(presence);
  expect(readBoard(awareness, 'other').size).toBe(0);
  tellBoard(awareness, 'main', undefined);
  expect(readBoard(awareness, 'main').size).toBe(0);
});

test('[BOARD-50] a large selection fits the 4 KiB of a presence state', () => {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState({ user: { id: 'x'.repeat(64), name: 'y'.repeat(40), color: '#d03a35' } });
  const selected = Array.from({ length: 5_000 }, (_, at) => `element-${at}-abcdefghijkl`);
  const pointer = { x: 1 / 3, y: 2 / 3, tool: 'pointer' as const };
  tellBoard(awareness, 'm'.repeat(100), { pointer, button: 'up', selected, view: [1 / 3, 1 / 3, 1e6 / 3, 1e6 / 3] });
  expect(encodeAwarenessUpdate(awareness, [awareness.clientID]).length).toBeLessThan(4_096);
  expect(readBoard(awareness, 'm'.repeat(100)).get(awareness.clientID)?.selected.length).toBeGreaterThan(50);
});

test('[BOARD-50] of hostile presence nothing is used', () => {
  for (const value of [null, 1, 'main', [], {}, { name: 'other' }, { name: ['main'] }])
    expect(readPresence(value, 'main')).toBeUndefined();
  const hostile = {
    name: 'main',
    pointer: [Number.NaN, {}, 'bomb'],
    button: 'sideways',
    selected: ['a', 1, '__proto__', 'b c', 'x'.repeat(101)],
    view: [10, 10, 0, 0],
  };
  expect(readPresence(hostile, 'main')).toEqual({ pointer: undefined, button: 'up', selected: ['a'], view: undefined });
});

const PICTURE = { id: 'a'.repeat(40), mimeType: 'image/png', dataURL: 'data:image/png;base64,AAAA' };
/** Of the three bytes of the picture. */
const ADDRESS = '/api/uploads/709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c';
const IMAGE = { type: 'image', fileId: PICTURE.id };

function carrier(doc: Y.Doc, clock: FakeClock, { failures = 0 } = {}) {
  let left = failures;
  const attempt = <T>(value: T) => (left-- > 0 ? Promise.reject(new Error('offline')) : Promise.resolve(value));
  const upload = vi.fn(() => attempt(ADDRESS));
  const fetch = vi.fn(() => attempt(PICTURE.dataURL));
  const show = vi.fn();
  const damaged = vi.fn();
  const carried = new BoardFiles({ files: boardFiles(doc, 'main'), upload, fetch, show, damaged, clock });
  return { carried, upload, fetch, show, damaged };
}

test('[BOARD-60] a picture is uploaded once, and others are shown what they fetch from its address', async () => {
  const world = new BoardWorld();
  const [ada, bob] = [world.join('ada', 1), world.join('bob', 2)];
  const [hers, his] = [carrier(ada.doc, world.clock), carrier(bob.doc, world.clock)];
  ada.add(IMAGE);
  for (let change = 0; change < 3; change++) hers.carried.changed(ada.elements(), { [PICTURE.id]: PICTURE });
  await world.clock.settle();
  world.settle();
  his.carried.changed(bob.elements(), {});
  his.carried.changed(bob.elements(), {});
  await world.clock.settle();

  expect(hers.upload).toHaveBeenCalledTimes(1);
  expect(hers.fetch).not.toHaveBeenCalled();
  expect(boardFiles(bob.doc, 'main').toJSON()).toEqual({
    [PICTURE.id]: { mimeType: 'image/png', address: ADDRESS },
  });
  expect(his.fetch).toHaveBeenCalledTimes(1);
  expect(his.show).toHaveBeenCalledWith([PICTURE]);
});

test('[BOARD-61] nothing is loaded from an address that is no upload, and nothing that is no picture', async () => {
  for (const address of [
    'https://evil.example/a.png',
    '//evil.example/a',
    '/api/uploads/../documents',
    '/api/uploads/',
    '/api/uploads/a.png',
    `https://evil.example${ADDRESS}`,
    1,
    null,
  ])
    expect(readFile({ mimeType: 'image/png', address })).toBeUndefined();
  expect(readFile({ mimeType: 'text/html', address: ADDRESS })).toBeUndefined();
  expect(readFile(ADDRESS)).toBeUndefined();
  expect(readFile({ mimeType: 'image/png', address: ADDRESS })).toBeDefined();
});

test('[BOARD-62] what could not be uploaded or loaded is tried again, until the board is left', async () => {
  const world = new BoardWorld();
  const ada = world.join('ada', 1);
  const { carried, upload } = carrier(ada.doc, world.clock, { failures: 2 });
  ada.add(IMAGE);
  carried.changed(ada.elements(), { [PICTURE.id]: PICTURE });
  for (let pass = 0; pass < 5; pass++) {
    await world.clock.settle();
    world.clock.advance(10_000);
  }
  expect(upload).toHaveBeenCalledTimes(3);
  expect(boardFiles(ada.doc, 'main').size).toBe(1);

  const late = carrier(world.join('bob', 2).doc, world.clock, { failures: 100 });
  late.carried.changed(ada.elements(), { [PICTURE.id]: PICTURE });
  await world.clock.settle();
  late.carried.close();
  expect(world.clock.timers).toBe(0);
});

test('[BOARD-63] a picture is what its address names, with and without the cryptography of a secure page', async () => {
  const [bytes, others] = [new Uint8Array([0, 0, 0]), new Uint8Array([0, 0, 1])];
  const check = async () => {
    await checkContent(bytes, ADDRESS);
    await expect(checkContent(others, ADDRESS)).rejects.toBeInstanceOf(DamagedPicture);
    await expect(checkContent(bytes, '/api/uploads/a.png')).rejects.toBeInstanceOf(DamagedPicture);
  };
  await check();
  vi.stubGlobal('crypto', {});
  try {
    await check();
  } finally {
    vi.unstubAllGlobals();
  }
});

test('[BOARD-63] a damaged picture is not shown, is not asked for again, and is told of', async () => {
  const world = new BoardWorld();
  const ada = world.join('ada', 1);
  boardFiles(ada.doc, 'main').set(PICTURE.id, { mimeType: 'image/png', address: ADDRESS });
  ada.add(IMAGE);
  const { carried, fetch, show, damaged } = carrier(ada.doc, world.clock);
  fetch.mockRejectedValue(new DamagedPicture('another one'));
  for (let pass = 0; pass < 3; pass++) {
    carried.changed(ada.elements(), {});
    await world.clock.settle();
    world.clock.advance(100_000);
  }
  expect(show).not.toHaveBeenCalled();
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(damaged).toHaveBeenCalledTimes(1);
});

function drawnBoard() {
  const world = new BoardWorld();
  const ada = world.join('ada', 1);
  const shape = ada.add({ groupIds: ['g'] });
  const arrow = ada.add({ type: 'arrow', startBinding: { elementId: shape, focus: 0, gap: 1 }, groupIds: ['g'] });
  ada.change(shape, { boundElements: [{ id: arrow, type: 'arrow' }] });
  ada.beginText('label', { containerId: shape });
  ada.release();
  ada.beginStroke(1, 2, { simulatePressure: false, pressures: [0.25, 0.5] });
  ada.draw([3.25, 4]);
  ada.release();
  world.settle();
  return { world, ada, shape, arrow };
}

test('[BOARD-70] a board goes into a file and comes back as it was', () => {
  const { world, ada } = drawnBoard();
  const file = JSON.parse(JSON.stringify(exportScene(ada.shared, [PICTURE])));
  const read = importScene(file, { present: [], newId: () => 'new' });

  expect(read?.refused).toBe(0);
  expect(read?.files).toEqual([PICTURE]);
  const bob = world.join('bob', 2);
  const carol = new BoardWorld().join('carol', 3);
  carol.apply(read?.elements ?? []);
  expect(carol.seen).toEqual(bob.seen);
});

test('[BOARD-71] what comes out of a file lies on top, with ids of its own where they are taken', () => {
  const { ada, shape, arrow } = drawnBoard();
  const file = exportScene(ada.shared, []);
  let made = 0;
  const read = importScene(file, { present: ada.elements(), newId: () => `new-${++made}` });
  const elements = (read?.elements ?? []) as unknown as Record<string, unknown>[];

  expect(elements).toHaveLength(4);
  const ids = elements.map(({ id }) => id);
  expect(ids).not.toContain(shape);
  expect(elements[0]).toMatchObject({ boundElements: [{ id: ids[1], type: 'arrow' }] });
  expect(elements[1]).toMatchObject({ startBinding: { elementId: ids[0] } });
  expect(elements[2]).toMatchObject({ containerId: ids[0] });
  expect(elements[0]?.groupIds).toEqual(elements[1]?.groupIds);
  expect(elements[0]?.groupIds).not.toEqual(['g']);
  const top = String(ada.seen.at(-1)?.index);
  expect(elements.every(({ index }) => String(index) > top)).toBe(true);
  expect(JSON.stringify(elements)).not.toContain(arrow);
});

test('[BOARD-71] hostile files bring in nothing that others could not write', () => {
  for (const file of [null, 1, [], {}, { type: 'excalidraw' }, { type: 'excalidraw', elements: {} }])
    expect(importScene(file, { present: [], newId: () => 'n' })).toBeUndefined();
  const elements = [
    null,
    1,
    { id: 'a', type: 'iframe', x: 0, y: 0, width: 1, height: 1 },
    { id: 'b', type: 'rectangle', x: 0, y: 0, width: 1, height: 1, link: 'javascript:alert(1)', customData: { a: 1 } },
    { id: 'b', type: 'rectangle', x: 0, y: 0, width: 1, height: 1 },
    { id: 'c', type: 'rectangle', x: 0, y: 0, width: 1, height: 1, isDeleted: true },
  ];
  const files = { x: { mimeType: 'text/html', dataURL: 'data:text/html;base64,AA' }, y: null };
  const read = importScene({ type: 'excalidraw', elements, files }, { present: [], newId: () => 'n' });
  expect(read).toMatchObject({ refused: 4, files: [], elements: [{ id: 'b', link: null }] });
  expect(read?.elements).toHaveLength(1);
  expect(read?.elements[0]).not.toHaveProperty('customData');
});

test('[BOARD-80] there is always a key between two, above one, and a first one', () => {
  const random = new Random(1);
  const keys = [keyBetween(undefined, undefined)];
  expect(keys).toEqual(['a0']);
  for (let made = 0; made < 2_000; made++) {
    const at = random.between(0, keys.length - 1);
    const key = keyBetween(keys[at], keys[at + 1]);
    expect(isOrderKey(key)).toBe(true);
    keys.splice(at + 1, 0, key);
  }
  expect([...keys].sort()).toEqual(keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test('[BOARD-80] keys are those of the format that Excalidraw uses', () => {
  expect([keyBetween('a0', undefined), keyBetween('az', undefined), keyBetween('bzz', undefined)]).toEqual([
    'a1',
    'b00',
    'c000',
  ]);
  expect([keyBetween('a0', 'a1'), keyBetween('a1', 'a2V'), keyBetween('Zz', 'a0')]).toEqual(['a0V', 'a2', 'ZzV']);
  for (const key of ['a0', 'a0V', 'Zz', 'b00', 'bzzV']) expect(isOrderKey(key)).toBe(true);
  for (const key of ['', 'a', 'b0', 'a00', 'a0V0', '00', 'a!', `A${'0'.repeat(26)}`, null, 1, 'a'.repeat(1_001)])
    expect(isOrderKey(key)).toBe(false);
});

test('[BOARD-80] a board without valid keys is shown in one order', () => {
  const elements = boardElements(new Y.Doc(), 'main');
  for (const [id, index] of [
    ['c', 'a1'],
    ['b', 'a1'],
    ['a', 'rubbish'],
    ['d', undefined],
  ] as const) {
    const map = new Y.Map<unknown>(Object.entries({ type: 'rectangle', position: [0, 0], size: [1, 1] }));
    if (index) map.set('index', index);
    elements.set(id, map);
  }
  const file = exportScene(elements, []) as { elements: { id: string; index: string }[] };
  expect(file.elements.map(({ id, index }) => [id, index])).toEqual([
    ['b', 'a1'],
    ['c', 'a2'],
    ['a', 'a3'],
    ['d', 'a4'],
  ]);
});

test('[BOARD-80] thousands of equal keys are mended at once, and stay short', () => {
  const sorted = Array.from({ length: 20_000 }, (_, at) => ({ id: `${at}`, index: at < 19_999 ? 'a0' : 'a1' }));
  const keys = risingKeys(sorted);
  expect(keys).toHaveLength(20_000);
  expect([keys[0], keys.at(-1)]).toEqual(['a0', 'a1']);
  expect(keys.every((key, at) => isOrderKey(key) && (at === 0 || key > String(keys[at - 1])))).toBe(true);
  expect(Math.max(...keys.map(({ length }) => length))).toBeLessThan(12);
});
