import * as Y from 'yjs';
import { boardElements, boardFiles } from '../../lib/whiteboard/board.ts';
import { readFile } from '../../lib/whiteboard/stored-file.ts';
import { createBoard, Drawer, expectSameBoard, storedShapes } from '../support/board.ts';
import { expect, type Looks, type Person, test } from '../support/browser.ts';
import { Peer } from '../support/peer.ts';
import { png } from '../support/pictures.ts';
import type { Product } from '../support/product.ts';

// A whiteboard that several people draw on.

type Arrive = (name: string, looks?: Looks) => Promise<Person>;

async function twoAt(board: string, arrive: Arrive): Promise<[Drawer, Drawer]> {
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  const drawers: [Drawer, Drawer] = [new Drawer(ada), new Drawer(bo)];
  await Promise.all(drawers.map((drawer) => drawer.open(board)));
  return drawers;
}

/** Writes into a document what no page would. */
async function plant(product: Product, document: string, elements: Record<string, Record<string, unknown>>) {
  const peer = await Peer.join({ sync: product.sync, document, voice: 'hocuspocus' });
  const before = Y.encodeStateVector(peer.doc);
  const board = boardElements(peer.doc, 'main');
  for (const [id, properties] of Object.entries(elements)) board.set(id, new Y.Map(Object.entries(properties)));
  peer.sendUpdate(Y.encodeStateAsUpdate(peer.doc, before));
  await peer.until('syncStatus');
  await peer.close();
}

test('[BOARD-140] a whiteboard is made beside a document, listed as one, and drawn on at its own address', async ({
  product,
  arrive,
}) => {
  const ada = await arrive('Ada');
  await ada.page.goto('/');
  await ada.page.getByRole('button', { name: 'New whiteboard' }).click();
  const drawer = new Drawer(ada);
  await drawer.ready();
  await ada.fill(ada.title, 'Plan of the fair');
  await ada.title.press('Enter'); // the board has the focus then
  await drawer.draw('rectangle', [400, 200], [600, 300]);
  const document = new URL(ada.page.url()).pathname.slice('/d/'.length);
  await expect.poll(async () => (await storedShapes(product, document)).map(({ type }) => type)).toEqual(['rectangle']);
  await ada.expectState('saved');

  await ada.page.goto('/');
  const entry = ada.page.getByRole('listitem').filter({ hasText: 'Plan of the fair' });
  await expect(entry.getByLabel('Whiteboard')).toBeVisible();
  await entry.getByRole('link').click();
  await drawer.expectShapes(1);
});

test('[BOARD-141] what one draws, the other sees, dot by dot, and it is on the disk', async ({ product, arrive }) => {
  const board = await createBoard(product, 'Together');
  const [ada, bo] = await twoAt(board, arrive);
  await ada.draw('rectangle', [400, 200], [560, 300]);
  await bo.expectShapes(1);
  await bo.draw('ellipse', [600, 320], [760, 420]);
  await ada.expectShapes(2);
  await bo.choose('stroke');
  await bo.drag([
    [300, 400],
    [340, 460],
    [420, 420],
  ]);
  await ada.draw('arrow', [420, 340], [580, 360]);
  await ada.write('Hello, 世界', [420, 500]);
  await ada.page.keyboard.press('Escape');
  await Promise.all([ada.expectShapes(5), bo.expectShapes(5)]);
  await Promise.all([ada.page.keyboard.press('Escape'), bo.page.keyboard.press('Escape')]);

  const shapes = await expectSameBoard(product, board, [ada, bo]);
  expect(shapes.find(({ type }) => type === 'text')?.text).toBe('Hello, 世界');
});

test('[BOARD-157] a text whose font has not come to me is as wide as who writes it has measured it', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product);
  const [ada, bo] = [new Drawer(await arrive('Ada')), new Drawer(await arrive('Bo', { serviceWorkers: 'block' }))];
  await bo.page.route('**/*.woff2?late', () => undefined); // on their way for as long as this goes on
  await bo.page.addInitScript(() => {
    window.FontFace = class extends FontFace {
      constructor(family: string, source: string | BufferSource, descriptors?: FontFaceDescriptors) {
        const isOfAScript = descriptors?.unicodeRange !== undefined; // as Excalidraw's are; the board waits for its own
        super(family, isOfAScript ? String(source).replaceAll('.woff2', '.woff2?late') : source, descriptors);
      }
    };
  });
  await bo.page.goto(`/d/${board}`, { waitUntil: 'domcontentloaded' }); // it is never loaded whole
  await Promise.all([ada.open(board), bo.ready()]);
  const hasLatin = () => ada.page.evaluate(() => document.fonts.check('20px Excalifont', 'Hello'));
  await expect.poll(hasLatin, 'before there is any text').toBe(true);
  await ada.write('Hello, 世界', [420, 500]);
  await ada.page.keyboard.press('Escape');
  await bo.expectShapes(1);
  await bo.expectToSeeAs(ada);
});

test('[BOARD-142] one moves a shape while the other colours it: both are seen', async ({ product, arrive }) => {
  const board = await createBoard(product);
  const [ada, bo] = await twoAt(board, arrive);
  await ada.draw('rectangle', [400, 200], [560, 300]);
  await bo.expectShapes(1);
  const [before] = await bo.expectToSeeAs(ada); // as high as it is, else a click at its side would miss it

  await bo.choose('select');
  await bo.click([400, 250]);
  await bo.page.keyboard.press('s'); // the colours of lines
  const red = bo.page.locator('.color-picker-content').getByRole('button', { name: /^Red/ });
  await expect(red).toBeVisible();
  await ada.page.keyboard.press('Escape');
  await ada.choose('select');
  const corner = await ada.board.boundingBox();
  await ada.page.mouse.move((corner?.x ?? 0) + 400, (corner?.y ?? 0) + 240);
  await ada.page.mouse.down();
  await ada.page.mouse.move((corner?.x ?? 0) + 450, (corner?.y ?? 0) + 280, { steps: 5 });
  await red.click();
  await expect.poll(async () => (await bo.shapes())[0]?.strokeColor).not.toBe(before?.strokeColor);
  await ada.page.mouse.move((corner?.x ?? 0) + 520, (corner?.y ?? 0) + 340, { steps: 5 });
  await ada.page.mouse.up();

  await ada.page.keyboard.press('Escape');
  await bo.page.keyboard.press('Escape');
  const [after] = await expectSameBoard(product, board, [ada, bo]);
  expect(after?.strokeColor).not.toBe(before?.strokeColor);
  expect(Math.round((after?.x ?? 0) - (before?.x ?? 0))).toBe(120);
  expect(Math.round((after?.y ?? 0) - (before?.y ?? 0))).toBe(100);
});

test('[BOARD-143] a stroke that is drawn while others draw has all its points', async ({ product, arrive }) => {
  const board = await createBoard(product);
  const [ada, bo] = await twoAt(board, arrive);
  await ada.choose('stroke');
  const corner = await ada.board.boundingBox();
  const place = (step: number): [number, number] => [
    (corner?.x ?? 0) + 300 + step * 4,
    (corner?.y ?? 0) + 300 + Math.round(80 * Math.sin(step / 6)),
  ];
  await ada.page.mouse.move(...place(0));
  await ada.page.mouse.down();
  let drawing = true;
  const others = (async () => {
    for (let shape = 0; drawing; shape++) {
      await bo.draw('rectangle', [300 + 20 * (shape % 20), 120], [310 + 20 * (shape % 20), 140]);
    }
  })();
  const counts: number[] = [];
  for (let step = 1; step <= 50; step++) {
    await ada.page.mouse.move(...place(step));
    // Each move is drawn before the next one is made: whatever is missing later was lost by the board.
    await ada.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const stroke = (await ada.shapes()).find(({ type }) => type === 'freedraw');
    counts.push(stroke?.points?.length ?? 0);
  }
  drawing = false;
  await others;
  await ada.page.mouse.up();
  await Promise.all([ada.page.keyboard.press('Escape'), bo.page.keyboard.press('Escape')]);

  const shapes = await expectSameBoard(product, board, [ada, bo]);
  const stroke = shapes.find(({ type }) => type === 'freedraw');
  expect(shapes.length).toBeGreaterThan(2);
  expect(stroke?.points?.length).toBeGreaterThanOrEqual(50);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  const xs = (stroke?.points ?? []).map(([x = 0]) => x);
  expect(xs).toEqual([...xs].sort((a, b) => a - b));
  expect(Math.round(xs.at(-1) ?? 0)).toBe(200);
});

test('[BOARD-144] undo, by key and by button, takes back what one did oneself', async ({ product, arrive }) => {
  const board = await createBoard(product);
  const [ada, bo] = await twoAt(board, arrive);
  await ada.draw('rectangle', [400, 200], [500, 260]);
  await bo.expectShapes(1);
  await bo.draw('ellipse', [600, 200], [700, 260]);
  await ada.expectShapes(2);

  await ada.page.keyboard.press('ControlOrMeta+z');
  await Promise.all([ada.expectShapes(1), bo.expectShapes(1)]);
  expect((await ada.shapes()).map(({ type }) => type)).toEqual(['ellipse']);
  await ada.page.keyboard.press('ControlOrMeta+z'); // nothing of Ada's is left
  await ada.page.keyboard.press('ControlOrMeta+Shift+z');
  await Promise.all([ada.expectShapes(2), bo.expectShapes(2)]);
  await bo.page.getByRole('button', { name: 'Undo' }).click();
  await Promise.all([ada.expectShapes(1), bo.expectShapes(1)]);
  await expect(bo.page.getByRole('button', { name: 'Undo' })).toBeDisabled();
  expect((await expectSameBoard(product, board, [ada, bo])).map(({ type }) => type)).toEqual(['rectangle']);
});

test('[BOARD-145] the pointer of somebody else has their name and colour, and goes when they leave', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product);
  const [ada, bo] = await twoAt(board, arrive);
  await ada.pointAt([500, 300]);
  const cursor = bo.cursorOf(ada.person);
  await expect(cursor).toBeVisible();
  await expect(cursor).toContainText('Ada');
  const place = async () => {
    const [frame, at] = [await bo.board.boundingBox(), await cursor.boundingBox()];
    return [Math.round((at?.x ?? 0) - (frame?.x ?? 0)), Math.round((at?.y ?? 0) - (frame?.y ?? 0))];
  };
  await expect.poll(place).toEqual([500, 300]);
  await ada.pointAt([640, 360]);
  await expect.poll(place).toEqual([640, 360]);
  const avatar = bo.page.getByRole('button', { name: 'Follow Ada' }).locator('span').first();
  const colors = [cursor.locator('span'), avatar].map((part) =>
    part.evaluate((element) => getComputedStyle(element).backgroundColor),
  );
  const [onBoard, inHeader] = await Promise.all(colors);
  expect(onBoard).toBe(inHeader);

  await ada.page.mouse.move(640, 20); // in the header
  await expect(cursor).toHaveCount(0);
  await ada.pointAt([640, 360]);
  await expect(cursor).toBeVisible();
  await ada.person.newTab();
  await expect(cursor).toHaveCount(0);
});

test('[BOARD-146] whom one follows, one looks with', async ({ product, arrive }) => {
  const board = await createBoard(product);
  const [ada, bo] = await twoAt(board, arrive);
  await ada.draw('rectangle', [500, 300], [600, 400]);
  await bo.expectShapes(1);
  const before = await bo.pixels();
  await bo.page.getByRole('button', { name: 'Follow Ada' }).click();
  await expect(bo.page.getByTestId('following')).toBeVisible();
  await ada.pointAt([500, 300]);
  await ada.page.mouse.wheel(300, 200);
  await expect.poll(async () => (await bo.pixels()) === (await ada.pixels())).toBe(true);
  expect(await bo.pixels()).not.toBe(before);

  await bo.pointAt([300, 300]);
  await bo.page.mouse.wheel(0, 50);
  await expect(bo.page.getByTestId('following')).toHaveCount(0);
  await ada.page.mouse.wheel(-300, -200);
  await ada.draw('ellipse', [300, 300], [340, 340]);
  await bo.expectShapes(2);
  await bo.expectToSeeAs(ada); // has been told all of it by now
  expect(await bo.pixels()).not.toBe(await ada.pixels());
});

test('[BOARD-147] what was drawn is there after a reload, a restart of the server, and a time without it', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product);
  const [ada, bo] = await twoAt(board, arrive);
  await ada.draw('rectangle', [400, 200], [500, 260]);
  await bo.expectShapes(1);
  await ada.person.expectState('saved');
  await product.stop();
  await ada.person.expectState('offline');
  await ada.draw('ellipse', [600, 200], [700, 260]);
  await ada.expectShapes(2);
  await bo.draw('arrow', [400, 400], [500, 420]);
  await product.start();
  await Promise.all([ada.expectShapes(3), bo.expectShapes(3)]);
  await ada.person.expectState('saved');
  await ada.page.reload();
  await ada.ready();
  await ada.expectShapes(3);
  expect(await storedShapes(product, board)).toHaveLength(3);
});

test('[BOARD-149] frames of other pages, generated pages and script links are never shown, whoever wrote them', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product);
  const place = { position: [300, 200], size: [300, 200], index: 'a1' };
  await plant(product, board, {
    frame: { ...place, type: 'iframe', link: 'https://evil.example/' },
    embed: { ...place, type: 'embeddable', link: 'https://evil.example/', validated: true },
    magic: {
      ...place,
      type: 'magicframe',
      customData: { generationData: { status: 'done', html: '<script>1</script>' } },
    },
    shape: {
      ...place,
      type: 'rectangle',
      link: 'java\tscript:alert(1)',
      customData: { generationData: { html: '<b>' } },
    },
    picture: { ...place, type: 'image', fileId: 'https://evil.example/a.png', status: 'saved' },
  });
  const ada = new Drawer(await arrive('Ada'));
  await ada.open(board);
  await expect.poll(async () => (await ada.shapes()).map(({ type }) => type).sort()).toEqual(['image', 'rectangle']);
  await expect(ada.page.locator('iframe, webview, object, embed')).toHaveCount(0);
  await expect(ada.page.locator('a[href^="java"], a[href*="evil"]')).toHaveCount(0);
  await ada.click([300, 250]);
  await expect(ada.page.locator('iframe, webview, object, embed')).toHaveCount(0);
});

for (const [screen, looks] of [
  ['', {}],
  [
    ', on a screen of 125 %, where the board ends within a pixel',
    { viewport: { width: 1283, height: 801 }, deviceScaleFactor: 1.25 },
  ],
] as const)
  test(`[BOARD-180] while others move shapes, and the view is moved, what is painted is dot by dot what painting the whole would give${screen}`, async ({
    product,
    arrive,
  }) => {
    const board = await createBoard(product, 'Crowded');
    await plant(product, board, Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`e${at}`, crowded(at)])));
    const ada = new Drawer(await arrive('Ada', looks));
    await ada.open(board);
    await ada.expectShapes(60);
    await ada.pointAt([640, 400]);
    const peer = await Peer.join({ sync: product.sync, document: board, voice: 'hocuspocus' });
    const shared = boardElements(peer.doc, 'main');
    const parts = await ada.countParts();

    for (let step = 1; step <= 5; step++) {
      const apart = await ada.watchPixels();
      if (step % 2 === 0) await ada.page.mouse.wheel(12 * step, -9);
      else {
        const before = Y.encodeStateVector(peer.doc);
        peer.doc.transact(() => {
          for (const at of [step, step + 20, step + 40]) {
            const element = shared.get(`e${at}`) as Y.Map<unknown>;
            element.set('position', [150 + 90 * step + at, 130 + 40 * step]);
          }
        });
        peer.sendUpdate(Y.encodeStateAsUpdate(peer.doc, before));
      }
      await apart(); // it is painted in part
      for (let times = 0; times < 2; times++) await ada.page.keyboard.press("Control+'"); // a grid, and none: all is painted
      await expect.poll(apart).toBeLessThanOrEqual(step % 2 === 0 ? ROUNDED : 0);
    }
    expect(await parts()).toBeGreaterThan(4);
    await peer.close();
  });

test('[BOARD-189] a board of more than a thousand shapes is sketched, and then dot by dot what painting the whole gives', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product, 'Full');
  await plant(product, board, Object.fromEntries(Array.from({ length: 1_200 }, (_, at) => [`e${at}`, inRows(at)])));
  const ada = new Drawer(await arrive('Ada'));
  await ada.open(board);
  await ada.expectShapes(1_200);
  const marked = (name: string) => ada.page.evaluate((mark) => performance.getEntriesByName(mark).length, name);
  await expect.poll(() => marked('board:painted')).toBe(1);
  expect(await marked('board:sketched')).toBe(1);

  const painted = await ada.pixels();
  await ada.page.keyboard.press("Control+'"); // a grid, and none: all is painted
  await expect.poll(() => ada.pixels()).not.toBe(painted);
  await ada.page.keyboard.press("Control+'");
  await expect.poll(() => ada.pixels()).toBe(painted);
});

/** Small plain shapes, and here and there another one. */
function inRows(at: number): Record<string, unknown> {
  const position = [(at % 40) * 60, Math.floor(at / 40) * 60];
  const index = `b0${PLACES[Math.floor(at / 60)]}${PLACES[at % 60]}V`;
  const size = [40, 40];
  const type = ['rectangle', 'ellipse', 'diamond'][at % 3];
  const special =
    at % 50 === 0 ? { backgroundColor: '#ffec99', fillStyle: 'hachure', size: [150, 150], opacity: 60 } : {};
  return {
    type,
    position,
    index,
    size,
    seed: at + 1,
    backgroundColor: at % 7 === 0 ? '#a5d8ff' : 'transparent',
    ...special,
  };
}

test("[BOARD-190] the HTML of a board's page names the files of its code, which come beside those of the page", async ({
  product,
  arrive,
}) => {
  const ada = new Drawer(await arrive('Ada'));
  await ada.open(await createBoard(product, 'Ahead'));
  const { large, html } = await ada.page.evaluate(async () => {
    const files = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const large = files
      .filter(({ decodedBodySize }) => decodedBodySize > 300_000)
      .map(({ name }) => new URL(name).pathname);
    return { large, html: await (await fetch(location.href)).text() };
  });
  expect(large.length).toBeGreaterThan(1); // Excalidraw's
  for (const file of large) expect(html).toContain(file);
});

/** Of 255: smoothed edges are rounded otherwise at another place. */
const ROUNDED = 2;

const PLACES = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Shapes of all kinds over each other, also turned, filled, and so small that they are painted otherwise. */
function crowded(at: number): Record<string, unknown> {
  const type = ['rectangle', 'ellipse', 'diamond', 'text', 'line', 'freedraw'][at % 6] ?? 'rectangle';
  const size = at % 5 === 0 ? [12, 14] : [60 + at, 90 - at];
  const points = Array.from({ length: 12 }, (_, step) => [step * 8, ((step * at) % 7) * 9]).flat();
  return {
    type,
    position: [(at % 10) * 70, Math.floor(at / 10) * 60],
    index: `a${PLACES[at]}`,
    seed: at + 1,
    strokeColor: ['#1e1e1e', '#e03131', '#1971c2'][at % 3],
    backgroundColor: at % 4 === 0 ? '#ffec99' : 'transparent',
    fillStyle: at % 8 === 0 ? 'hachure' : 'solid',
    angle: at % 7 === 0 ? 0.4 : 0,
    opacity: at % 9 === 0 ? 40 : 100,
    ...(type === 'line' || type === 'freedraw' ? { points } : { size }),
    ...(type === 'text' ? { originalText: `Label ${at}` } : {}),
  };
}

test('[BOARD-159] a picture that is put on a board is an upload, and the others see it', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product);
  const [ada, bo] = await twoAt(board, arrive);
  await ada.dropPicture(png({ width: 120, height: 80 }), [500, 300]);
  const [shown] = await bo.expectShapes(1);
  expect(shown?.type).toBe('image');
  await ada.page.keyboard.press('Escape');
  await expectSameBoard(product, board, [ada, bo]);
  const [stored] = [...boardFiles(await product.stored(board), 'main').values()].map(readFile);
  const kept = await fetch(`${product.url}${stored?.address}`);
  expect(kept.headers.get('content-type')).toBe('image/png');
  const empty = new Drawer(await arrive('Cy'));
  await empty.open(await createBoard(product));
  expect(await bo.pixels()).not.toBe(await empty.pixels());
});
