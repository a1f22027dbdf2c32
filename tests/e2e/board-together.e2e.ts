import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { decodeUpdate } from 'yjs';
import { boardFiles } from '../../lib/whiteboard/board.ts';
import { readFile } from '../../lib/whiteboard/stored-file.ts';
import { createBoard, Drawer, expectSameBoard, storedShapes } from '../support/board.ts';
import { expect, test } from '../support/browser.ts';
import { showToken } from '../support/guest.ts';
import { png } from '../support/pictures.ts';
import { ADMIN_KEY, TOKENS, tokenOf } from '../support/tokens.ts';

// Three at one whiteboard, one who may only look, a laser, and a picture that is not what it was.

/** Drops a picture on the board, as from a folder. */
async function drop(drawer: Drawer, [x, y]: [number, number], size = { width: 120, height: 80 }): Promise<void> {
  const file = await drawer.page.evaluateHandle(
    (bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], 'fair.png', { type: 'image/png' }));
      return data;
    },
    [...png(size)],
  );
  const frame = await drawer.board.boundingBox();
  await drawer.board.locator('.excalidraw-container').dispatchEvent('drop', {
    dataTransfer: file,
    clientX: (frame?.x ?? 0) + x,
    clientY: (frame?.y ?? 0) + y,
  });
}

const trail = (page: Page) => page.locator('.excalidraw .SVGLayer path');

test('[BOARD-162] a laser is seen by the others while it is drawn, in the colour of its person, and is nowhere afterwards', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product);
  const [ada, bo] = [new Drawer(await arrive('Ada')), new Drawer(await arrive('Bo'))];
  await Promise.all([ada.open(board), bo.open(board)]);
  const before = Buffer.from((await product.stored(board)).getMap('board:main').toString()).toString();
  await ada.choose('laser');
  const corner = await ada.board.boundingBox();
  const place = (step: number): [number, number] => [
    (corner?.x ?? 0) + 500 + 100 * Math.cos(step / 5),
    (corner?.y ?? 0) + 300 + 100 * Math.sin(step / 5),
  ];
  await ada.page.mouse.move(...place(0));
  await ada.page.mouse.down();
  await expect(bo.cursorOf(ada.person)).toHaveAttribute('data-tool', 'laser');
  let step = 0;
  // A trail fades within a second: one goes on drawing until it is seen.
  await expect(async () => {
    for (let move = 0; move < 10; move++) await ada.page.mouse.move(...place(++step));
    const drawn = await trail(bo.page).evaluateAll((paths) =>
      paths.filter((path) => (path.getAttribute('d') ?? '').length > 50).map((path) => path.getAttribute('fill')),
    );
    expect(drawn).toHaveLength(1);
    const color = await bo
      .cursorOf(ada.person)
      .locator('span')
      .evaluate((name) => getComputedStyle(name).backgroundColor);
    expect(rgbOf(drawn[0] ?? '')).toBe(color);
  }).toPass({ timeout: 15_000 });
  await ada.page.mouse.up();
  await expect
    .poll(() => trail(bo.page).evaluateAll((paths) => paths.every((path) => (path.getAttribute('d') ?? '') === '')))
    .toBe(true);
  expect(await bo.shapes()).toEqual([]);
  expect((await product.stored(board)).getMap('board:main').toString()).toBe(before);
});

/** As a browser says `#rrggbb`. */
function rgbOf(color: string): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return `rgb(${parts.join(', ')})`;
}

test('[BOARD-163] three draw, type, move, delete, undo and drop pictures at once, and see one board', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product);
  const people = await Promise.all(['Ada', 'Bo', 'Cy'].map((name) => arrive(name)));
  const [ada, bo, cy] = people.map((person) => new Drawer(person)) as [Drawer, Drawer, Drawer];
  await Promise.all([ada, bo, cy].map((drawer) => drawer.open(board)));
  await ada.draw('rectangle', [300, 120], [420, 200]);
  await Promise.all([bo.expectShapes(1), cy.expectShapes(1)]);

  const wave = Array.from({ length: 25 }, (_, at): [number, number] => [260 + at * 12, 420 + 60 * Math.sin(at / 3)]);
  await Promise.all([
    ada.choose('stroke').then(() => ada.drag(wave, 2)),
    bo.draw('ellipse', [600, 120], [720, 200]).then(() => bo.draw('arrow', [440, 160], [590, 160])),
    cy.write('三人一板 together', [620, 480]),
  ]);
  await cy.page.keyboard.press('Escape');
  await Promise.all([ada, bo, cy].map((drawer) => drawer.expectShapes(5)));

  // One moves the first shape, another undoes what they drew last, the third puts a picture on the board.
  await Promise.all([
    ada.page.keyboard
      .press('Escape')
      .then(() => ada.choose('select'))
      .then(() =>
        ada.drag([
          [300, 160],
          [340, 220],
          [360, 260],
        ]),
      ),
    bo.page.keyboard.press('ControlOrMeta+z'),
    drop(cy, [800, 320]),
  ]);
  // As many as before, but others.
  const kindsOf = async (drawer: Drawer) => (await drawer.shapes()).map(({ type }) => type).sort();
  for (const drawer of [ada, bo, cy]) {
    await expect.poll(() => kindsOf(drawer)).toEqual(['ellipse', 'freedraw', 'image', 'rectangle', 'text']);
  }

  // Two delete at once, each another shape, while the third draws on.
  await Promise.all([
    ada.page.keyboard.press('Delete'), // what was moved is still selected
    bo.page.keyboard.press('ControlOrMeta+Shift+z'),
    cy.page.keyboard.press('Escape').then(() => cy.draw('rectangle', [500, 540], [580, 600])),
  ]);
  await Promise.all([ada, bo, cy].map((drawer) => drawer.expectShapes(6)));
  await ada.page.keyboard.press('ControlOrMeta+z');
  await Promise.all([ada, bo, cy].map((drawer) => drawer.expectShapes(7)));

  for (const drawer of [ada, bo, cy]) await drawer.page.keyboard.press('Escape');
  const shapes = await expectSameBoard(product, board, [ada, bo, cy]);
  expect(await kindsOf(ada)).toEqual(['arrow', 'ellipse', 'freedraw', 'image', 'rectangle', 'rectangle', 'text']);
  expect(shapes.find(({ type }) => type === 'text')?.text).toBe('三人一板 together');
  // From end to end. How many points it has depends on how many frames the browser had time for.
  expect(shapes.find(({ type }) => type === 'freedraw')?.width).toBeCloseTo(24 * 12, 0);
});

test('[BOARD-63] a picture whose bytes are not those that were put on the board is not shown, and one is told', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product);
  const ada = new Drawer(await arrive('Ada'));
  await ada.open(board);
  await drop(ada, [500, 300]);
  await ada.expectShapes(1);
  await ada.person.expectState('saved');
  await expect.poll(async () => boardFiles(await product.stored(board), 'main').size).toBe(1);
  const [stored] = [...boardFiles(await product.stored(board), 'main').values()].map(readFile);
  const hash = stored?.address.split('/').at(-1) ?? '';
  const file = join(product.data, 'uploads', hash.slice(0, 2), hash.slice(2));
  const before = readFileSync(file);

  const bo = new Drawer(await arrive('Bo'));
  await bo.open(board);
  await bo.expectShapes(1);
  await expect.poll(() => greyDots(bo)).toBeGreaterThan(5_000);
  const damaged = Buffer.from(before);
  damaged[damaged.length - 20] = (damaged[damaged.length - 20] ?? 0) ^ 1;
  writeFileSync(file, damaged);
  const cy = new Drawer(await arrive('Cy'));
  await cy.open(board);
  await cy.expectShapes(1);
  await expect(
    cy.page.getByText('A picture on this whiteboard is damaged and is not shown.', { exact: true }),
  ).toBeVisible();
  expect(await greyDots(cy)).toBeLessThan(100);
});

/** How much of the picture is seen, which is of one grey. */
function greyDots(drawer: Drawer): Promise<number> {
  return drawer.board.locator('canvas.static').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let grey = 0;
    for (let at = 0; at < data.length; at += 4)
      if ([0, 1, 2].every((color) => Math.abs((data[at + color] ?? 0) - 128) < 3)) grey++;
    return grey;
  });
}

test.describe('with tokens', () => {
  test.use({ serverEnv: TOKENS });

  test('[BOARD-148] who may only look sees all that others draw, and writes nothing', async ({ product, arrive }) => {
    const made = await fetch(`${product.url}/api/documents`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${ADMIN_KEY}` },
      body: JSON.stringify({ kind: 'board' }),
    });
    const { name: board } = (await made.json()) as { name: string };
    const [ada, vi] = [new Drawer(await arrive('Ada')), new Drawer(await arrive('Vi'))];
    await showToken(ada.person, await tokenOf({ user: 'ada', role: 'edit' }));
    const sent = await showToken(vi.person, await tokenOf({ user: 'vi', role: 'view' }));
    await Promise.all([ada.open(board), vi.open(board)]);
    await ada.draw('rectangle', [400, 200], [560, 300]);
    await vi.expectShapes(1);
    await ada.choose('stroke');
    await ada.drag([
      [300, 400],
      [340, 460],
      [420, 420],
    ]);
    await ada.page.keyboard.press('Escape');
    await ada.person.expectState('saved');
    await vi.expectShapes(2);
    const shown = await vi.expectToSeeAs(ada);
    const stored = await storedShapes(product, board);

    // All that a hand can do.
    await expect(vi.page.getByRole('button', { name: 'Undo' })).toHaveCount(0);
    for (const tool of ['rectangle', 'stroke', 'text'] as const) {
      await vi.choose(tool);
      await vi.drag([
        [600, 300],
        [700, 400],
      ]);
      await vi.person.type('x');
      await vi.page.keyboard.press('Escape');
    }
    await vi.click([400, 250]);
    for (const key of ['ControlOrMeta+a', 'Delete', 'ControlOrMeta+z', 'ControlOrMeta+Shift+z', 'ControlOrMeta+v'])
      await vi.page.keyboard.press(key);
    await drop(vi, [500, 300]);
    await vi.page.getByRole('button', { name: 'Settings' }).click();
    await expect(vi.page.getByRole('menuitem', { name: 'Save as PNG' })).toBeVisible();
    await expect(vi.page.getByRole('menuitem', { name: 'Add from an Excalidraw file' })).toHaveCount(0);
    await vi.page.keyboard.press('Escape');
    await ada.draw('ellipse', [700, 500], [760, 560]); // what came before has arrived by now

    await vi.expectShapes(3);
    expect((await vi.shapes()).slice(0, 2)).toEqual(shown);
    expect((await storedShapes(product, board)).slice(0, 2)).toEqual(stored);
    const edits = sent.filter((message) =>
      message.type === 'update' ? decodeUpdate(message.update).structs.length > 0 : message.type === 'numberedUpdate',
    );
    expect(edits).toEqual([]);
  });
});
