import { expect, expectSameText, type Person, test } from '../support/browser.ts';

// Two people and the blocks of a rich document.

test('[E2E-54] a callout and a toggle are written without the mouse; what one unfolds the other does not', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('[!WARNING] Ink is wet\nstill\n\n');
  await expect(bo.editor.getByRole('note', { name: 'Warning' })).toHaveText('Ink is wetstill');

  // The bar at the block, and back.
  await ada.page.keyboard.press('ArrowUp');
  await expect(ada.page.getByRole('toolbar', { name: 'Kind of callout' })).toBeVisible();
  const kind = (name: string) =>
    ada.page.getByRole('toolbar', { name: 'Kind of callout' }).getByRole('button', { name });
  await ada.page.keyboard.press('Alt+F9');
  await expect(kind('Note')).toBeFocused();
  await ada.page.keyboard.press('ArrowRight');
  await expect(kind('Tip')).toBeFocused(); // a bar moves the focus a moment after the key
  await ada.page.keyboard.press('Enter');
  await expect(bo.editor.getByRole('note', { name: 'Tip' })).toBeVisible();
  await ada.page.keyboard.press('Escape');
  await expect(ada.editor).toBeFocused();

  await ada.page.keyboard.press('ControlOrMeta+End');
  await ada.paste({ 'text/html': '<details><summary>Question</summary><p>Answer</p></details>' });
  await ada.editor.getByText('Question').click();
  await ada.page.keyboard.press('ControlOrMeta+Enter'); // what has the caret was shown
  await expect(ada.editor.getByText('Answer')).toBeHidden();
  const unfold = (person: Person) => person.editor.getByRole('button', { name: /show or hide/i });
  await expect(unfold(bo)).toHaveAttribute('aria-expanded', 'false');
  await expect(bo.editor.getByText('Answer')).toBeHidden();
  await unfold(bo).press('Enter');
  await expect(bo.editor.getByText('Answer')).toBeVisible();
  await expect(ada.editor.getByText('Answer')).toBeHidden();
  await ada.page.keyboard.press('ControlOrMeta+Enter');
  await expect(ada.editor.getByText('Answer')).toBeVisible();
  await expectSameText(product, document, [ada, bo]);
});

test('[E2E-55] two people build a table: one by Tab and keys, the other with the bar, at the same time', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.page.getByRole('button', { name: 'Table', exact: true }).click();
  for (const cell of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
    await ada.type(cell);
    await ada.page.keyboard.press('Tab');
  }
  await ada.type('i');
  await bo.expectText('i');
  await bo.editor.getByText('c', { exact: true }).click();
  await Promise.all([
    ada.page.keyboard.press('Tab').then(() => ada.type('new row')),
    bo.page
      .getByRole('toolbar', { name: 'Table actions' })
      .getByRole('button', { name: 'Insert column right' })
      .click(),
  ]);
  await expect(ada.editor.locator('tr')).toHaveCount(4);
  await expect(ada.editor.locator('tr').first().locator('th')).toHaveCount(4);
  await ada.type('!'); // makes it even, if it is not
  for (const person of [ada, bo]) await expect(person.editor.locator('tr').last().locator('td')).toHaveCount(4);

  // The first row from end to end becomes one cell, with a colour, by keyboard.
  await bo.editor.getByText('a', { exact: true }).click();
  await bo.page.keyboard.press('Shift+ArrowRight');
  await bo.page.keyboard.press('Shift+ArrowRight');
  const bar = bo.page.getByRole('toolbar', { name: 'Table actions' });
  await bo.page.keyboard.press('Alt+F9');
  await expect(bar.getByRole('button', { name: 'Insert row above' })).toBeFocused();
  await bar.getByRole('button', { name: 'Merge cells' }).press('Enter');
  await expect(ada.editor.locator('th[colspan]')).toHaveText('abc');
  await expect(bo.editor).toBeFocused(); // which it is a frame later
  await bar.getByRole('button', { name: 'Cell colour' }).press('Enter');
  await bo.page.getByRole('menuitemradio', { name: 'Green' }).press('Enter');
  await expect(ada.editor.locator('th[colspan]')).toHaveAttribute('data-background', 'green');
  await expectSameText(product, document, [ada, bo]);
});

test('[E2E-56] colour and alignment chosen by one are seen by the other, in their own theme', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo', { colorScheme: 'dark' })]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('Red letters');
  await ada.page.keyboard.press('ControlOrMeta+a');
  await ada.page.getByRole('button', { name: 'Colour' }).click();
  await ada.page.getByRole('group', { name: 'Text', exact: true }).getByRole('menuitemradio', { name: 'Red' }).click();
  await expect(ada.editor).toBeFocused();
  await ada.page.keyboard.press('ControlOrMeta+Shift+E');
  const color = (person: Person) =>
    person.editor.locator('[data-text-color="red"]').evaluate((element) => getComputedStyle(element).color);
  await expect(bo.editor.locator('p[data-align="center"]')).toHaveText('Red letters');
  expect(await color(ada)).not.toBe(await color(bo));
  await expectSameText(product, document, [ada, bo]);
});

test('[E2E-57] what is rarer is set from a menu and by keys, on the selected letters alone, and all of it taken off at once', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('H2');
  await ada.page.keyboard.press('Shift+ArrowLeft');
  await ada.page.keyboard.press('ControlOrMeta+,');
  await ada.page.keyboard.press('ArrowRight');
  await ada.page.keyboard.press('ControlOrMeta+,');
  await ada.type('O');
  await expect(bo.editor.locator('sub')).toHaveText('2');
  await bo.expectText('H2O');

  await ada.page.keyboard.press('Shift+Home');
  const bar = ada.page.getByRole('toolbar', { name: 'Formatting of the selection' });
  await bar.getByRole('button', { name: 'Bold' }).click();
  await bar.getByRole('button', { name: 'More formatting' }).click();
  const menu = ada.page.getByRole('menu');
  await expect(menu.getByRole('menuitemcheckbox')).toHaveText([/^Underline/, /^Subscript/, /^Superscript/]);
  await menu.getByRole('menuitemcheckbox', { name: 'Underline' }).click();
  await expect(bo.editor.locator('u')).toHaveText('H2O');
  await expect(ada.editor).toBeFocused();
  await bar.getByRole('button', { name: 'More formatting' }).click();
  await expect(menu.getByRole('menuitemcheckbox', { name: 'Underline' })).toBeChecked();
  await menu.getByRole('menuitem', { name: 'Clear formatting' }).click();
  await expect(ada.editor).toBeFocused();
  await expect(bo.editor.locator('u, sub, strong')).toHaveCount(0);
  await bo.expectText('H2O');
  await ada.page.keyboard.press('ControlOrMeta+z');
  await expect(bo.editor.locator('sub')).toHaveText('2');
});
