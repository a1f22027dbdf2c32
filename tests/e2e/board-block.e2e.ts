import { boardFiles } from '../../lib/whiteboard/board.ts';
import { createBoard, Drawer } from '../support/board.ts';
import { expect, linesOf, type Person, test } from '../support/browser.ts';
import { png } from '../support/pictures.ts';

// Whiteboards within a text, and what leaves a board as a file.

/** Puts a board into the text, which opens it. Resolves with the address that it has then. */
async function insertBoard(person: Person): Promise<string> {
  await person.type('/whiteboard');
  await expect(person.page.getByTestId('suggestions')).toBeVisible();
  await person.page.keyboard.press('Enter');
  await new Drawer(person).ready();
  return person.page.url();
}

const picture = (person: Person) => person.editor.locator('.board-block img');

/** A few of the dots of an image: how many are not as the first one. */
async function inked(person: Person): Promise<number> {
  return picture(person).evaluate(async (image: HTMLImageElement) => {
    if (!image.complete || image.naturalWidth === 0) return 0;
    const canvas = document.createElement('canvas');
    canvas.width = 80;
    canvas.height = 60;
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0, 80, 60);
    const { data } = context?.getImageData(0, 0, 80, 60) ?? { data: [] };
    return [...data].filter((value, at) => at % 4 === 3 && value > 40).length;
  });
}

test('[BOARD-150] a board is put into a text by its name, opens at once, and Escape leads back to its picture', async ({
  product,
  arrive,
}) => {
  const document = await product.create('With a sketch');
  const ada = await arrive('Ada');
  await ada.open(document);
  await ada.toEnd();
  await ada.type('Before.\n');
  const address = await insertBoard(ada);
  expect(address).toMatch(/\/d\/[\w-]+\?board=[\w-]+$/);
  const drawer = new Drawer(ada);
  await drawer.draw('rectangle', [300, 150], [500, 300]);
  await ada.page.keyboard.press('Escape'); // the selection
  await ada.page.keyboard.press('Escape'); // the board
  await expect(ada.page.getByRole('dialog', { name: 'Whiteboard' })).toHaveCount(0);
  await expect(ada.page).toHaveURL(/\/d\/[\w-]+$/);
  const block = ada.editor.getByRole('button', { name: 'Open the whiteboard' });
  await expect(block).toBeFocused();
  await expect.poll(() => inked(ada)).toBeGreaterThan(20);

  await ada.page.keyboard.press('Enter');
  await drawer.expectShapes(1);
  await ada.page.getByRole('button', { name: 'Close the whiteboard' }).click();
  await expect(ada.page.getByRole('dialog', { name: 'Whiteboard' })).toHaveCount(0);
  await expect(block).toBeFocused();

  await ada.page.goto(address);
  await drawer.ready();
  await drawer.expectShapes(1);
  await ada.page.goBack();
  await ada.expectState('saved');
  expect(linesOf(await product.stored(document))).toEqual(['Before.', '', '']);
});

test('[BOARD-151] the picture in a text follows what others draw, in either theme', async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo', { colorScheme: 'dark' })]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await insertBoard(ada);
  await expect(bo.editor.locator('.board-open[data-state="empty"]')).toBeVisible();
  const drawer = new Drawer(ada);
  await drawer.draw('ellipse', [300, 150], [500, 300]);
  await expect.poll(() => inked(bo)).toBeGreaterThan(20);
  const first = await picture(bo).getAttribute('src');
  await drawer.draw('rectangle', [600, 150], [700, 300]);
  await expect(picture(bo)).not.toHaveAttribute('src', first ?? '');
  await expect.poll(() => inked(bo)).toBeGreaterThan(20);
});

test('[BOARD-152] a board is saved as PNG, SVG and as an Excalidraw file', async ({ product, arrive }) => {
  const ada = await arrive('Ada');
  const drawer = new Drawer(ada);
  await drawer.open(await createBoard(product, 'Fair: plan/1'));
  await drawer.draw('rectangle', [300, 150], [500, 300]);
  await drawer.write('Stage 舞台', [600, 200]);
  await ada.page.keyboard.press('Escape');
  await ada.expectState('saved');
  const save = async (name: string) => {
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    return ada.download(() => ada.page.getByRole('menuitem', { name }).click());
  };

  const png = await save('Save as PNG');
  expect(png.name).toBe('Fair plan 1.png');
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
  const svg = (await save('Save as SVG')).bytes.toString();
  expect(svg).toContain('<svg');
  expect(svg).toContain('data:font/woff2');
  expect(svg).not.toMatch(/(?:href|src|url)\s*[=(]\s*["']?https?:/); // nothing that is loaded from elsewhere
  const file = JSON.parse((await save('Save as Excalidraw file')).bytes.toString());
  expect(file.elements.map(({ type }: { type: string }) => type)).toEqual(['rectangle', 'text']);
});

test('[BOARD-160] what is in an Excalidraw file is added to a board, for everybody, and undone in one step', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product);
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  const drawers = [new Drawer(ada), new Drawer(bo)] as const;
  await Promise.all(drawers.map((drawer) => drawer.open(board)));
  const shape = { x: 0, y: 0, width: 90, height: 60, seed: 1, groupIds: [], isDeleted: false, index: 'a0' };
  const elements = [
    { ...shape, id: 'one', type: 'rectangle' },
    { ...shape, id: 'two', type: 'ellipse', x: 200 },
    { ...shape, id: 'evil', type: 'iframe', link: 'https://evil.example/' },
  ];
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  const [chooser] = await Promise.all([
    ada.page.waitForEvent('filechooser'),
    ada.page.getByRole('menuitem', { name: 'Add from an Excalidraw file' }).click(),
  ]);
  const text = JSON.stringify({ type: 'excalidraw', version: 2, elements, files: {} });
  await chooser.setFiles({ name: 'fair.excalidraw', mimeType: 'application/json', buffer: Buffer.from(text) });
  await expect(ada.page.getByText('2 shapes were added.', { exact: true })).toBeVisible();
  for (const drawer of drawers) {
    const shapes = await drawer.expectShapes(2);
    expect(shapes.map(({ type }) => type)).toEqual(['rectangle', 'ellipse']);
  }
  await drawers[0].page.getByRole('button', { name: 'Undo' }).click();
  for (const drawer of drawers) await drawer.expectShapes(0);
});

test('[BOARD-183] a board that is copied into another document is there as it was, picture and all, and is a board of its own', async ({
  product,
  arrive,
}) => {
  const [from, to] = [await product.create('From'), await product.create('To')];
  const ada = await arrive('Ada');
  await ada.open(from);
  await ada.toEnd();
  await insertBoard(ada);
  const drawer = new Drawer(ada);
  await drawer.draw('rectangle', [300, 150], [500, 300]);
  await drawer.dropPicture(png({ width: 120, height: 80 }), [700, 300]);
  await drawer.expectShapes(2);
  const name = new URL(ada.page.url()).searchParams.get('board') ?? '';
  const pictures = async (document: string, board: string) =>
    boardFiles(await product.stored(document), board).toJSON();
  await expect.poll(async () => Object.keys(await pictures(from, name))).toHaveLength(1);
  await ada.page.getByRole('button', { name: 'Close the whiteboard' }).click();
  await expect(ada.editor.getByRole('button', { name: 'Open the whiteboard' })).toBeFocused();
  await ada.editor.focus(); // a click could open the board again
  await ada.page.keyboard.press('ControlOrMeta+a');
  await ada.page.keyboard.press('ControlOrMeta+c');

  const bo = await arrive('Bo');
  await bo.open(to);
  await ada.open(to);
  await ada.toEnd();
  await ada.page.keyboard.press('ControlOrMeta+v');
  await expect.poll(() => inked(bo)).toBeGreaterThan(20);
  await ada.editor.getByRole('button', { name: 'Open the whiteboard' }).click();
  await drawer.ready();
  await drawer.expectShapes(2);
  const copy = new URL(ada.page.url()).searchParams.get('board') ?? '';
  expect(copy).not.toBe(name);
  await ada.page.keyboard.press('ControlOrMeta+a');
  await ada.page.keyboard.press('Delete');
  await drawer.expectShapes(0);
  await ada.expectState('saved');
  expect(await pictures(to, copy)).toEqual(await pictures(from, name));

  await bo.page.goto(`/d/${from}?board=${name}`);
  await new Drawer(bo).expectShapes(2);
});

/** A text with a board on which something is drawn, below more text than a window shows. Resolves with the board's name. */
async function writeWithBoard(ada: Person, document: string): Promise<string> {
  await ada.open(document);
  await ada.toEnd();
  await ada.pasteLines(80);
  const board = new URL(await insertBoard(ada)).searchParams.get('board') ?? '';
  const drawer = new Drawer(ada);
  await drawer.draw('rectangle', [300, 150], [500, 300]);
  await drawer.draw('ellipse', [560, 150], [700, 300]);
  for (let press = 0; press < 2; press++) await ada.page.keyboard.press('Escape');
  await ada.expectState('saved');
  return board;
}

test('[BOARD-153] [BOARD-170] a text with a board is HTML with its picture, which is a link to it, seen before any script', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  const board = await writeWithBoard(ada, document);
  const response = await fetch(`${product.url}/api/documents/${document}/content?format=html`);
  const { html } = (await response.json()) as { html: string };
  expect(html).toContain(`<a href="?board=${board}"><img src="data:image/svg+xml,`);

  const reader = await arrive('Reader', { javaScriptEnabled: false });
  await reader.page.goto(`/d/${document}`);
  const image = reader.page.getByTestId('snapshot').locator('.board-block img');
  await expect(image).toHaveAttribute('alt', 'Whiteboard');
  await image.scrollIntoViewIfNeeded();
  await expect
    .poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth), 'the SVG is well formed')
    .toBeGreaterThan(400);
});

test('[BOARD-172] copied as Markdown it has a picture of the board, which the server gives, and which leads to the board', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  const board = await writeWithBoard(ada, document);
  await ada.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  await ada.page.getByRole('menuitem', { name: 'Copy as Markdown' }).click();
  await expect
    .poll(() => ada.page.evaluate(() => navigator.clipboard.readText()))
    .toContain(`](${product.url}/d/${document}?board=${board})`);
  const markdown = await ada.page.evaluate(() => navigator.clipboard.readText());
  const [, picture = ''] = /!\[Whiteboard\]\(([^)]+)\)/.exec(markdown) ?? [];
  const answer = await fetch(picture);
  expect(answer.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
  // Opened by itself it is a picture, and no page of this server that could do anything.
  const tab = await ada.page.context().newPage(); // in which nobody minds that the test's own script does not run either
  await tab.goto(picture);
  await expect(tab.locator('svg > g')).toHaveCount(2);
});

/** Whether a picture has dots as dark as a line on paper, and whether its corner is as light as paper. Runs in a page. */
async function dotsOf(url: string): Promise<{ dark: boolean; light: boolean }> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context?.drawImage(image, 0, 0);
  const { data } = context?.getImageData(0, 0, image.width, image.height) ?? { data: [] };
  const reds = [...data].filter((_, at) => at % 4 === 0);
  const corner = reds[image.width * 20 + 20] ?? 0;
  return { dark: reds.some((red) => red < 60), light: corner > 240 };
}

test('[BOARD-173] paper shows each board as it is, also one that was not in the window, in the colours of paper', async ({
  product,
  arrive,
}) => {
  const document = await product.create('Report');
  const ada = await arrive('Ada');
  await writeWithBoard(ada, document);
  const bo = await arrive('Bo', { colorScheme: 'dark' });
  await bo.page.addInitScript(() => {
    window.print = () => {
      const image = window.document.querySelector<HTMLImageElement>('.board-open img');
      const isDrawn = image?.src.startsWith('blob:') === true && image.complete && image.naturalWidth > 0;
      (window as { printed?: boolean }).printed = isDrawn;
    };
  });
  await bo.open(document);
  await bo.expectText('Line 0.');
  await bo.page.keyboard.press('ControlOrMeta+p');
  await expect.poll(() => bo.page.evaluate(() => (window as { printed?: boolean }).printed)).toBe(true);

  await bo.page.emulateMedia({ media: 'print' });
  expect(await picture(bo).evaluate((image) => getComputedStyle(image).filter)).toBe('none');
  await picture(bo).scrollIntoViewIfNeeded();
  const dots = await bo.page.evaluate(
    dotsOf,
    `data:image/png;base64,${(await picture(bo).screenshot()).toString('base64')}`,
  );
  expect(dots).toEqual({ dark: true, light: true });
});

test('[BOARD-173] of a document that is a board, paper shows what one looks at, and nothing to press', async ({
  product,
  arrive,
}) => {
  const ada = await arrive('Ada', { colorScheme: 'dark' });
  const drawer = new Drawer(ada);
  await drawer.open(await createBoard(product, 'Plan'));
  await drawer.draw('rectangle', [300, 150], [500, 300]);
  await ada.page.keyboard.press('Escape');
  await ada.page.emulateMedia({ media: 'print' });
  await expect(ada.page.getByRole('button')).toHaveCount(0);
  const shot = await drawer.board.screenshot();
  const dots = await ada.page.evaluate(dotsOf, `data:image/png;base64,${shot.toString('base64')}`);
  expect(dots).toEqual({ dark: true, light: true });
});
