import { createBoard, Drawer, expectSameBoard } from '../support/board.ts';
import { expect, expectSameText, test } from '../support/browser.ts';

// One person in Firefox and one in Chromium, in one document.

test.use({ screenshot: 'off' }); // as in the project firefox (playwright.config.ts)

test('[E2E-80] one in Firefox and one in Chromium write, mark, paste and undo in one text', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada', { browser: 'firefox' }), arrive('Bo', { browser: 'chromium' })]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('Ada: ');
  await bo.expectText('Ada:');
  await bo.toStart();
  await Promise.all([ada.type('a sentence from here, é, 字, 😀'), bo.type('and one from there. ')]);
  const [line] = await expectSameText(product, document, [ada, bo]);
  expect(line).toBe('and one from there. Ada: a sentence from here, é, 字, 😀');
  for (const [one, other] of [
    [ada, bo],
    [bo, ada],
  ] as const) {
    await expect(one.caretOf(other)).toBeVisible();
  }

  await ada.page.keyboard.press('Enter');
  await ada.type('[ ] a task\n\n');
  await ada.paste({ 'text/html': '<table><tr><td>pasted</td><td><b>here</b></td></tr></table>' });
  await expect(bo.editor.getByRole('table')).toContainText('pasted');
  await bo.editor.getByRole('checkbox').check();
  await expect(ada.editor.getByRole('checkbox')).toBeChecked();
  await bo.toStart();
  await bo.page.keyboard.press('Shift+End');
  await bo.page.keyboard.press('ControlOrMeta+b');
  await expect(ada.editor.locator('p strong').first()).toContainText('and one from there.');
  await bo.page.keyboard.press('ControlOrMeta+z');
  await expect(ada.editor.locator('p > strong').filter({ hasText: 'one' })).toHaveCount(0);
  await expect(ada.editor.getByRole('table')).toContainText('pasted'); // Ada's own
  await expectSameText(product, document, [ada, bo]);
});

test('[BOARD-182] one in Firefox and one in Chromium draw on one board', async ({ product, arrive }) => {
  const board = await createBoard(product);
  const [ada, bo] = [
    new Drawer(await arrive('Ada', { browser: 'firefox' })),
    new Drawer(await arrive('Bo', { browser: 'chromium' })),
  ];
  await Promise.all([ada.open(board), bo.open(board)]);
  await Promise.all([ada.draw('rectangle', [400, 200], [560, 300]), bo.draw('ellipse', [600, 320], [760, 420])]);
  await Promise.all([ada.expectShapes(2), bo.expectShapes(2)]);
  await ada.pointAt([500, 250]);
  await expect(bo.cursorOf(ada.person)).toBeVisible();
  await ada.page.keyboard.press('ControlOrMeta+z');
  const shapes = await expectSameBoard(product, board, [ada, bo]);
  expect(shapes.map(({ type }) => type)).toEqual(['ellipse']);
});
