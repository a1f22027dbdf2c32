import { join } from 'node:path';
import { ROOT } from '../../scripts/tools.mjs';
import { createBoard, Drawer } from '../support/board.ts';
import { expect, type Looks, type Person, test } from '../support/browser.ts';
import type { Product } from '../support/product.ts';

// npm run screenshots: the pictures of the README, of the product as it is.

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

const TITLE = 'Spring programme of the reading room';

/** A document as two people would have left it in the middle of their work. Ends with the writer's caret in the first paragraph. */
async function write(ada: Person): Promise<void> {
  const { keyboard } = ada.page;
  await ada.title.fill(TITLE);
  await ada.toEnd();
  await keyboard.insertText(
    'Eleven evenings, one room, and a kettle. What is still open is below; please write straight into it.',
  );
  await ada.type('\n## Still to do\n');
  await ada.type('[x] ');
  await keyboard.insertText('Ask the printer about the small format');
  await ada.type('\n');
  await keyboard.insertText('Settle the order of the first three evenings');
  await ada.type('\n');
  await keyboard.insertText('Find someone for the opening talk');
  await ada.type('\n\n## Evenings\n');
  await ada.page.getByRole('button', { name: 'Table', exact: true }).click();
  const cells = [
    'Date',
    'Reader',
    'Book',
    '3 March',
    'Ida Lund',
    'Letters from the Coast',
    '17 March',
    '林怡君',
    '雨季不再來',
  ];
  for (const [at, cell] of cells.entries()) {
    await keyboard.insertText(cell);
    if (at < cells.length - 1) await keyboard.press('Tab');
  }
  await ada.editor.getByText('please write straight into it').click();
  await keyboard.press('End');
  await ada.expectState('saved');
}

/** Someone else ends a sentence, and their caret stays there. */
async function addTo(line: string, bo: Person): Promise<void> {
  await bo.editor.getByText(line).click();
  await bo.page.keyboard.press('End');
  await bo.type(' (I can ask Professor Chen');
}

async function shoot(person: Person, name: string): Promise<void> {
  await person.page.evaluate(() => document.fonts.ready);
  await person.page.screenshot({
    path: join(ROOT, 'docs/images', `${name}.png`),
    animations: 'disabled',
    caret: 'initial',
  });
}

/** Hours since the documents of the list were changed, newest first: they could not lie about for days while a picture is taken. */
const AGES_H = [0, 2, 7, 26, 75, 190];

const TITLES = ['Recipes for forty', '會議記錄：三月', 'House rules', 'Letters to the city', 'Who has the key?'];
const CHINESE_TITLES = ['四十人份食譜', 'Letters to the city', '使用規則', '會議記錄：三月', '誰有鑰匙？'];

async function listed(product: Product, reader: Person, titles = TITLES): Promise<void> {
  await reader.page.route('**/api/documents?*', async (route) => {
    const response = await route.fetch();
    const { documents } = (await response.json()) as { documents: { updatedAt: number }[] };
    const aged = documents.map((info, at) => ({ ...info, updatedAt: info.updatedAt - (AGES_H[at] ?? 0) * 3_600_000 }));
    await route.fulfill({ response, json: { documents: aged } });
  });
  for (const title of titles) await product.create(title);
}

/** A board from a file; the window shows all of it. */
async function addDrawing(ada: Drawer): Promise<void> {
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  const [chooser] = await Promise.all([
    ada.page.waitForEvent('filechooser'),
    ada.page.getByRole('menuitem', { name: 'Add from an Excalidraw file' }).click(),
  ]);
  await chooser.setFiles(join(ROOT, 'tests/fixtures/gallery/board.excalidraw'));
  const said = ada.page.getByText(/shapes were added/);
  await expect(said.first()).toBeVisible();
  await expect(said).toHaveCount(0, { timeout: 15_000 });
  await ada.click([40, 300]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  const looks: Looks = { colorScheme, deviceScaleFactor: 2, viewport: DESKTOP };

  test(`the start page, ${colorScheme}`, async ({ product, arrive }) => {
    const ada = await arrive('Ada', looks);
    await listed(product, ada);
    await ada.page.goto('/');
    await expect(ada.page.getByRole('listitem')).toHaveCount(5);
    await shoot(ada, `start-${colorScheme}`);
  });

  test(`two people in a document, ${colorScheme}`, async ({ product, arrive }) => {
    const document = await product.create();
    const [ada, bo] = await Promise.all([arrive('Ada', looks), arrive('Bo', looks)]);
    await Promise.all([ada.open(document), bo.open(document)]);
    await write(ada);
    await bo.expectText('雨季不再來');
    await addTo('Find someone for the opening talk', bo);
    await ada.expectText('Professor Chen');
    await expect(ada.caretOf(bo)).toHaveAttribute('data-active', '');
    await shoot(ada, `document-${colorScheme}`);
  });

  test(`two people at a board, ${colorScheme}`, async ({ product, arrive }) => {
    const board = await createBoard(product, 'How an evening goes');
    const [ada, bo] = await Promise.all([arrive('Ada', looks), arrive('Bo', looks)]);
    const [mine, theirs] = [new Drawer(ada), new Drawer(bo)];
    await Promise.all([mine.open(board), theirs.open(board)]);
    await addDrawing(mine);
    await theirs.expectShapes((await mine.shapes()).length);
    await bo.page.keyboard.press('Shift+Digit1');
    await theirs.choose('text');
    await theirs.click([1070, 580]);
    await bo.type('I do!');
    await bo.page.keyboard.press('Escape');
    await mine.expectShapes(37);
    await theirs.pointAt([1120, 610]);
    await expect(mine.cursorOf(bo)).toBeVisible();
    await shoot(ada, `board-${colorScheme}`);
  });
}

test('on a phone', async ({ product, arrive }) => {
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo', { deviceScaleFactor: 2, viewport: PHONE })]);
  await listed(product, bo);
  const document = await product.create();
  await Promise.all([ada.open(document), bo.open(document)]);
  await write(ada);
  await bo.expectText('雨季不再來');
  await addTo('Find someone for the opening talk', ada);
  await bo.expectText('Professor Chen');
  await expect(bo.caretOf(ada)).toHaveAttribute('data-active', '');
  await shoot(bo, 'document-phone');
  await bo.page.goto('/');
  await expect(bo.page.getByRole('listitem')).toHaveCount(6);
  await shoot(bo, 'start-phone');
});

test('in Chinese', async ({ product, arrive }) => {
  const ada = await arrive('怡君', { locale: 'zh-TW', deviceScaleFactor: 2, viewport: DESKTOP });
  await listed(product, ada, CHINESE_TITLES);
  await ada.page.goto('/');
  await expect(ada.page.getByRole('listitem')).toHaveCount(5);
  await shoot(ada, 'start-zh-hant');
});
