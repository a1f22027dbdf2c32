import { expect, expectSameText, linesOf, test } from '../support/browser.ts';

// Two people write one document.

test('[E2E-1] two people who type into one paragraph at once end with the same text, and it is on disk', async ({
  product,
  arrive,
}) => {
  const document = await product.create('Minutes');
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('The quick fox.');
  await bo.expectText('The quick fox.');

  await Promise.all([ada.toStart(), bo.toEnd()]);
  await Promise.all([ada.type('At first light, '), bo.type(' Then it slept.')]);

  const lines = await expectSameText(product, document, [ada, bo]);
  expect(lines.join('\n')).toBe('At first light, The quick fox. Then it slept.');
});

test('[E2E-2] two people who begin the same empty paragraph at once lose no letter and double none', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await Promise.all([ada.toEnd(), bo.toEnd()]);
  await Promise.all([ada.type('ABCDEFGHIJKLM'), bo.type('nopqrstuvwxyz')]);
  const [first = ''] = await expectSameText(product, document, [ada, bo]);
  expect(['ABCDEFGHIJKLMnopqrstuvwxyz', 'nopqrstuvwxyzABCDEFGHIJKLM']).toContain(first);

  await ada.toEnd();
  await ada.type('\n'); // a paragraph made in the editor, not by the server
  await expect.poll(() => bo.lines()).toHaveLength(2);
  await bo.toEnd();
  await Promise.all([ada.type('ABCDEFGHIJKLM'), bo.type('nopqrstuvwxyz')]);
  const [, second = ''] = await expectSameText(product, document, [ada, bo]);
  expect(['ABCDEFGHIJKLMnopqrstuvwxyz', 'nopqrstuvwxyzABCDEFGHIJKLM']).toContain(second);
});

test("[E2E-3] someone's caret, with the name, moves on the other side", async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('one two three');

  const caret = bo.caretOf(ada);
  await expect(caret).toBeVisible();
  await expect(caret).toHaveAttribute('data-active', ''); // the name shows while the caret moves
  /** Pixels from the end of the words to the caret. */
  const fromEnd = () =>
    caret.evaluate((element) => {
      const words = element.ownerDocument.createRange();
      words.selectNodeContents(element.closest('p') ?? element);
      return element.getBoundingClientRect().x - words.getBoundingClientRect().right;
    });
  await bo.expectText('one two three');
  await expect.poll(fromEnd).toBeGreaterThan(-5);
  await ada.toStart();
  await expect.poll(fromEnd).toBeLessThan(-20);
  await expect(ada.caretOf(bo)).toHaveCount(0); // Bo has never been in the text
});

test('[E2E-4] a caret stays where it is when someone else writes before it', async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('world');
  await bo.expectText('world');
  await bo.toStart();
  await bo.type('hello ');
  await ada.expectText('hello world');
  await ada.type('!');
  expect(await expectSameText(product, document, [ada, bo])).toEqual(['hello world!']);
});

test("[E2E-5] undo takes back one's own edits and leaves the other's", async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.page.keyboard.insertText('mine '); // at one go: a pause between two letters would make two steps of them
  await expect.poll(() => bo.lines()).toEqual(['mine ']);
  await bo.toEnd();
  await bo.type('theirs');
  await ada.expectText('theirs');

  await ada.page.keyboard.press('ControlOrMeta+z');
  await expect(bo.editor).not.toContainText('mine');
  await ada.page.keyboard.press('ControlOrMeta+z'); // nothing of Ada's is left to undo
  expect((await expectSameText(product, document, [ada, bo])).join('')).toBe('theirs');

  await ada.page.keyboard.press('ControlOrMeta+Shift+z');
  await bo.expectText('mine');
  expect((await expectSameText(product, document, [ada, bo])).join('')).toBe('mine theirs');
});

test('[E2E-6] a title reaches the other person, the list of documents and the disk', async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.fill(ada.title, 'Meeting notes');
  await expect(bo.title).toHaveValue('Meeting notes');
  await expectSameText(product, document, [ada, bo]);
  expect((await product.stored(document)).getMap('meta').get('title')).toBe('Meeting notes');
  await bo.page.goto('/');
  await expect(bo.page.getByRole('link', { name: 'Meeting notes' })).toBeVisible();
});

test('[E2E-7] who is here is shown, and who leaves is not', async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await expect(ada.page.getByTestId('presence').getByLabel(/Bo/)).toBeVisible();
  await expect(bo.page.getByTestId('presence').getByLabel(/Ada/)).toBeVisible();
  await bo.page.goto('about:blank');
  await expect(ada.page.getByTestId('presence').getByLabel(/Bo/)).toHaveCount(0);
});

test('[E2E-8] rich text arrives as it was written', async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('# A heading\n- first\nsecond\n\n');
  await ada.type('[ ] to do\n\n');
  await ada.type('```\ncode');
  await ada.page.keyboard.press('ControlOrMeta+Enter'); // out of the code
  await ada.type('See https://example.org for more.\n');
  await ada.page.getByRole('button', { name: 'Table', exact: true }).click();
  await ada.type('corner');

  await expect(bo.editor.getByRole('heading', { name: 'A heading', level: 1 })).toBeVisible();
  await expect(bo.editor.locator('ul:not([data-type]) > li')).toHaveText(['first', 'second']);
  await expect(bo.editor.locator('ul[data-type="taskList"] > li')).toHaveText(['to do']);
  await expect(bo.editor.locator('pre code')).toHaveText('code');
  await expect(bo.editor.getByRole('link')).toHaveAttribute('href', 'https://example.org/');
  await expect(bo.editor.getByRole('columnheader').first()).toHaveText('corner');
  await bo.editor.getByRole('checkbox').check();
  await expect(ada.editor.getByRole('checkbox')).toBeChecked();
  await expectSameText(product, document, [ada, bo]);
});

test('[E2E-9] a document is there for the person who comes later, after everyone has left', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.open(document);
  await ada.toEnd();
  await ada.type('written long ago');
  await ada.expectState('saved');
  await ada.page.goto('about:blank');
  await product.stop();
  await product.start();
  const bo = await arrive('Bo');
  await bo.open(document);
  await bo.expectText('written long ago');
  expect(linesOf(await product.stored(document)).join('')).toBe('written long ago');
});
