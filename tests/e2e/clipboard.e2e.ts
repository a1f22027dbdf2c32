import { readFileSync } from 'node:fs';
import { expect, expectSameText, test } from '../support/browser.ts';

// The clipboard, and reading a long document, as a person meets them.

test('[PASTE-1] a page from Word arrives as headings, lists and a table, for the other person too; Markdown as what it means', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.paste({
    'text/html': readFileSync('tests/fixtures/clipboard/word-document.html', 'utf8'),
    'text/plain': 'x',
  });
  await expect(bo.editor.getByRole('heading', { name: 'Decisions' })).toBeVisible();
  await expect(bo.editor.locator('ul > li > ul > li')).toHaveText(['black', 'blue']);
  await expect(bo.editor.locator('table')).toContainText('Ada');

  await ada.toEnd();
  await ada.page.keyboard.press('ControlOrMeta+a');
  await ada.page.keyboard.press('Delete');
  await ada.paste({ 'text/plain': '## Plan\n\n- [ ] ink\n- [x] paper' });
  await expect(bo.editor.getByRole('checkbox')).toHaveCount(2);
  await ada.page.getByRole('button', { name: 'Keep as plain text' }).click();
  await bo.expectText('- [x] paper');
  await expect(bo.editor.getByRole('checkbox')).toHaveCount(0);
  await expectSameText(product, document, [ada, bo]);
});

test('[FIND-6] [READ-3] words are found and replaced, the outline leads to a heading, and focus mode hides the rest', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.open(document);
  await ada.toEnd();
  await ada.type('# First\nink and ink\n# Last\nInk');
  await ada.page.keyboard.press('ControlOrMeta+f');
  const find = ada.page.getByTestId('find');
  await ada.fill(find.getByRole('textbox', { name: 'Find' }), 'ink');
  await expect(find.getByRole('status')).toHaveText('1 of 3');
  await ada.page.keyboard.press('Enter');
  await expect(find.getByRole('status')).toHaveText('2 of 3');
  await ada.fill(find.getByRole('textbox', { name: 'Replace with' }), 'water');
  await find.getByRole('button', { name: 'Replace all' }).click();
  await expect(find.getByRole('status')).toHaveText('3 replaced');
  await ada.page.keyboard.press('Escape');
  await ada.page.keyboard.press('ControlOrMeta+z');
  await ada.expectText('ink and ink');

  await ada.page.getByRole('button', { name: 'Settings' }).click();
  await ada.page.getByRole('menuitem', { name: 'Show the outline' }).click();
  await expect(ada.page.getByRole('button', { name: 'Settings' })).toBeFocused();
  await ada.page.getByTestId('outline').getByRole('button', { name: 'Last' }).click();
  await ada.type('!');
  await expect(ada.editor.getByRole('heading', { name: 'Last!' })).toBeVisible();

  await ada.page.keyboard.press('ControlOrMeta+Shift+f');
  await expect(ada.title).toBeHidden();
  await expect(ada.editor).toBeVisible();
  await ada.page.keyboard.press('Escape');
  await expect(ada.title).toBeVisible();
});

test('[FIND-2] a pattern that cannot be run, as its code does not come, says so; the next letter tries again', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.open(document);
  await ada.toEnd();
  await ada.type('ink and inks');
  await ada.page.keyboard.press('ControlOrMeta+f');
  const find = ada.page.getByTestId('find');
  await ada.fill(find.getByRole('textbox', { name: 'Find' }), 'ink');
  await expect(find.getByRole('status')).toHaveText('1 of 2');

  await ada.page.route('**/_next/static/chunks/**', (route) => route.abort());
  await find.getByRole('button', { name: 'Regular expression' }).click();
  await expect(find.getByRole('status')).toHaveText('Patterns cannot be loaded now');
  await expect(ada.editor.locator('.found')).toHaveCount(0);

  await ada.page.unroute('**/_next/static/chunks/**');
  await find.getByRole('textbox', { name: 'Find' }).focus();
  await ada.page.keyboard.press('End');
  await ada.type('.');
  await expect(find.getByRole('status')).toHaveText('1 of 2');
});
