import { expect, expectSameText, type Person, test } from '../support/browser.ts';

// Two people in one document: one goes where the other is, takes back what was one's own whatever came between, and writes with an input method.

test('[E2E-70] who follows somebody sees what they see, until a key is pressed', async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.pasteLines(60);
  await ada.toStart();
  await bo.expectText('Line 59.');
  await bo.page.getByTestId('presence').getByRole('button', { name: 'Follow Ada' }).click();
  await expect(bo.page.getByTestId('following')).toContainText('Following Ada');

  await ada.toEnd();
  await ada.type('the end');
  await expect(bo.editor.getByText('the end')).toBeInViewport();
  await ada.toStart();
  await expect(bo.editor.getByText('Line 0.', { exact: true })).toBeInViewport();
  await bo.page.keyboard.press('Escape'); // the avatar has the focus, and says its name
  await expect(bo.page.getByTestId('following')).toHaveCount(0);
  await ada.toEnd();
  await ada.type('!');
  await bo.expectText('the end!');
  await expect(bo.editor.getByText('Line 0.', { exact: true })).toBeInViewport();
  await expect(bo.editor.getByText('the end!')).not.toBeInViewport();
});

test('[E2E-71] undo takes back one edit after the other across menus, another appearance and language, a lost connection and a restart', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  const { keyboard } = ada.page;
  /** What is one step depends on how fast one types. */
  const undoUntilGone = async (word: string) => {
    for (let step = 0; step < 8 && (await ada.editor.textContent())?.includes(word); step++) {
      await keyboard.press('ControlOrMeta+z');
    }
    await expect(bo.editor).not.toContainText(word);
  };
  await ada.toEnd();
  await ada.type('first');
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  await ada.page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect(ada.page.getByRole('button', { name: 'Settings' })).toBeFocused();
  await ada.toEnd();
  await ada.type('\n/quote');
  await keyboard.press('Enter');
  await ada.type('second');
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  await ada.page.getByRole('menuitemradio', { name: '繁體中文' }).click();
  await expect(ada.page.getByRole('button', { name: 'Settings' })).toHaveCount(0);
  await ada.expectState('saved');

  await product.kill();
  await ada.expectState('offline');
  await ada.toEnd();
  await ada.type(' third');
  await product.start();
  await ada.expectState('saved');
  await bo.expectText('second third');
  await bo.toStart();
  await bo.type('Bo: ');
  await ada.expectText('Bo: first');

  await undoUntilGone('third');
  await bo.expectText('second');
  await undoUntilGone('second');
  await bo.expectText('first');
  await undoUntilGone('first');
  await expect(bo.editor.locator('blockquote')).toHaveCount(0);
  await bo.expectText('Bo: ');
  for (let step = 0; step < 20; step++) await keyboard.press('ControlOrMeta+Shift+z');
  await expect(bo.editor.locator('blockquote')).toHaveText('second third');
  await expectSameText(product, document, [ada, bo]);
});

/** What an input method does: each step replaces the last, and the text is committed at the end. `between`: after so many steps. */
async function compose(person: Person, steps: string[], text: string, between: () => Promise<void>): Promise<void> {
  const ime = await person.cdp();
  for (const [at, step] of steps.entries()) {
    await ime.send('Input.imeSetComposition', { text: step, selectionStart: step.length, selectionEnd: step.length });
    if (at === 1) await between();
  }
  await ime.send('Input.insertText', { text });
}

test('[E2E-33] Japanese in a list survives that others write in its item, add items and divide it', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('- one\ntwo ');
  await bo.expectText('two');
  await compose(ada, ['に', 'にほ', 'にほん', 'にほんg', 'にほんご', '日本語'], '日本語', async () => {
    await bo.editor.getByText('one', { exact: true }).click();
    await bo.page.keyboard.press('End');
    await bo.type('\none and a half');
    await bo.editor.getByText('two').click();
    await bo.page.keyboard.press('Home');
    await bo.type('item ');
    await ada.expectText('item two');
  });
  await ada.type('。');
  await bo.expectText('日本語。');
  const items = ['one', 'one and a half', 'item two 日本語。'];
  for (const person of [ada, bo]) await expect(person.editor.locator('li')).toHaveText(items);
  await expectSameText(product, document, [ada, bo]);
});

test('[E2E-34] Korean in a cell survives that others write in the cell and insert rows and columns', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.page.getByRole('button', { name: 'Table', exact: true }).click();
  await ada.type('a');
  await ada.page.keyboard.press('Tab');
  await ada.type('말: ');
  await bo.expectText('말:');
  const bar = bo.page.getByRole('toolbar', { name: 'Table actions' });
  await compose(ada, ['ㅎ', '하', '한', '한ㄱ', '한그', '한글'], '한글', async () => {
    await bo.editor.getByText('말:').click();
    await bo.page.keyboard.press('Home');
    await bo.type('★');
    await bar.getByRole('button', { name: 'Insert column left' }).click();
    await bar.getByRole('button', { name: 'Insert row below' }).click();
    await ada.expectText('★');
    await expect(ada.editor.locator('tr')).toHaveCount(4);
  });
  await ada.type('!');
  await bo.expectText('한글!');
  for (const person of [ada, bo]) {
    await expect(person.editor.locator('tr').first().locator('th')).toHaveText(['a', '', '★말: 한글!', '']);
  }
  await expectSameText(product, document, [ada, bo]);
});

test('[EDIT-35] a click into the text puts the caret there, though something else was selected when the focus left', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.open(document);
  await ada.toEnd();
  await ada.type('first line\nsecond line\nlast line');
  for (const elsewhere of [ada.title, ada.page.getByRole('button', { name: 'Chat' })]) {
    await ada.editor.getByText('first line').dblclick({ position: { x: 10, y: 10 }, timeout: 10_000 });
    // The editor hears of a selection by an event, which comes too late for it once the focus has left: sooner than any person.
    await expect(ada.page.getByRole('toolbar', { name: 'Formatting of the selection' })).toBeVisible();
    await elsewhere.focus();
    await expect(ada.editor.locator('.kept-selection')).toHaveText('first');
    await ada.editor.getByText('last line').click({ position: { x: 400, y: 10 } });
    await ada.type('!');
  }
  await expect(ada.editor.locator('p')).toHaveText(['first line', 'second line', 'last line!!']);
});

test('[EDIT-37] a paragraph that somebody else makes a heading or an item while I type in it loses no letter', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('It begins:');
  await bo.expectText('It begins:');
  const words = ' every letter that is typed here, one after the other, has to stay in its place.';
  const makes = async () => {
    await bo.toStart();
    // Heading, text, item, text, quote, text, code, text, task.
    for (const keys of ['Alt+1', 'Alt+0', 'Shift+8', 'Shift+8', 'Shift+b', 'Shift+b', 'Alt+c', 'Alt+c', 'Shift+9']) {
      await bo.page.keyboard.press(`ControlOrMeta+${keys}`);
      await bo.page.evaluate(() => new Promise(requestAnimationFrame));
    }
  };
  await Promise.all([ada.page.keyboard.type(words, { delay: 15 }), makes()]);
  expect((await expectSameText(product, document, [ada, bo]))[0]).toBe(`It begins:${words}`);
  await expect(bo.editor.locator('ul[data-type="taskList"] p')).toHaveText(`It begins:${words}`);
});
