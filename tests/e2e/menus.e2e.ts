import { expect, expectSameText, test } from '../support/browser.ts';

// How one reaches everything: by a sign, at a selection, at a block, from the bar; with the keyboard, on a phone, and while others write.

test('[E2E-50] by a sign: what can be inserted, people, documents and emoji, from the keyboard, while somebody else writes', async ({
  product,
  arrive,
}) => {
  const document = await product.create('Here');
  const other = await product.create('Winter plans');
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  const list = ada.page.getByTestId('suggestions');
  await ada.toEnd();

  await ada.type('First\n/head');
  await expect(list.getByRole('option')).toHaveText(['Heading 1', 'Heading 2', 'Heading 3', 'Contents']);
  await expect(list.getByRole('option', { selected: true })).toHaveText('Heading 1');
  await expect(ada.editor).toHaveAttribute(
    'aria-activedescendant',
    (await list.getByRole('option', { selected: true }).getAttribute('id')) ?? '',
  );
  await ada.page.keyboard.press('ArrowDown');
  await expect(list.getByRole('option', { selected: true })).toHaveText('Heading 2');
  await expect(bo.page.getByTestId('suggestions')).toHaveCount(0);
  await bo.toStart();
  await bo.type('At ');
  await ada.expectText('At First');
  await expect(list.getByRole('option', { selected: true })).toHaveText('Heading 2'); // Bo's line changed nothing
  await ada.page.keyboard.press('Enter');
  await expect(list).toHaveCount(0);
  await ada.type('A plan\n');
  await expect(bo.editor.getByRole('heading', { level: 2 })).toHaveText('A plan');

  await ada.type('Ask @b');
  await list.getByRole('option', { name: 'Bo', exact: true }).click();
  await ada.type('about @wint');
  await expect(list.getByRole('option')).toHaveText('Winter plans');
  await ada.page.keyboard.press('Tab');
  await ada.type(':tad');
  await expect(list.getByRole('option').first()).toContainText(':tada:');
  await ada.page.keyboard.press('Enter');
  await ada.type(' and/or 10:30');
  await expect(list).toHaveCount(0);

  await expect(bo.editor.locator('.mention')).toHaveText(['@Bo', 'Winter plans']);
  await expect(bo.editor).toContainText('🎉 and/or 10:30');
  await expect(bo.editor.getByRole('link', { name: 'Winter plans' })).toHaveAttribute('href', `/d/${other}`);
  await ada.expectState('saved');
  await bo.editor.getByRole('link', { name: 'Winter plans' }).click();
  await expect(bo.title).toHaveValue('Winter plans');

  await ada.type('\n/zzz');
  await expect(list).toHaveText('Nothing is called that.Nothing is called that.');
  await ada.page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
  await ada.type('z');
  await expect(list).toHaveCount(0);
});

test('[E2E-51] a block moves by its handle, its keys and its menu, and what somebody writes in it comes along', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('one\ntwo\nthree\n- point');
  await bo.expectText('point');

  await ada.editor.getByText('one').hover();
  const grip = ada.page.getByTestId('block-handle').getByRole('button', { name: /Drag to move/ });
  const below = await ada.editor.getByText('three').boundingBox();
  if (!below) throw new Error('no third line');
  await grip.hover();
  await ada.page.mouse.down();
  await ada.page.mouse.move(below.x + 40, below.y + below.height - 14, { steps: 4 });
  await ada.page.mouse.move(below.x + 40, below.y + below.height - 4, { steps: 2 });
  await ada.dropAt(below.x + 40, below.y + below.height - 4);
  await expect.poll(() => bo.lines()).toEqual(['two', 'three', 'one', 'point']);

  await bo.editor.getByText('two').click();
  await bo.page.keyboard.press('End');
  await ada.editor.getByText('two').click();
  const second = 'p:has-text("two") [data-testid="caret"]';
  await expect(bo.editor.locator(second)).toHaveCount(1); // each sees the other in that line
  await expect(ada.editor.locator(second)).toHaveCount(1);
  await ada.page.keyboard.press('Alt+Shift+ArrowDown');
  await bo.type(' here');
  await expect.poll(() => ada.lines()).toEqual(['three', 'two here', 'one', 'point']);

  await ada.page.keyboard.press('Alt+Enter');
  await expect(ada.page.getByRole('menu', { name: 'Block' })).toBeVisible();
  await ada.page.getByRole('menuitem', { name: 'Turn into' }).press('ArrowRight');
  await ada.page.getByRole('menuitem', { name: 'Heading 2' }).press('Enter');
  await expect(bo.editor.getByRole('heading', { level: 2 })).toHaveText('two here');
  await expect(ada.editor).toBeFocused();
  await ada.type('!');
  await ada.page.keyboard.press('Alt+Enter');
  await ada.page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(ada.editor).toBeFocused();

  const handle = ada.page.getByTestId('block-handle');
  const one = ada.editor.getByText('one');
  await one.hover();
  const apart = async () => ((await handle.boundingBox())?.y ?? 0) - ((await one.boundingBox())?.y ?? 0);
  await expect.poll(async () => Math.abs(await apart())).toBeLessThan(15); // and not at the block that is gone
  await handle.getByRole('button', { name: 'Insert below' }).click();
  await expect(ada.page.getByTestId('suggestions')).toBeVisible();
  await expect(ada.editor).toBeFocused();
  await ada.type('quo');
  await ada.page.keyboard.press('Enter');
  await ada.type('said');
  await expect(bo.editor.locator('blockquote')).toHaveText('said');
  await ada.page.keyboard.press('ControlOrMeta+z');
  await ada.page.keyboard.press('ControlOrMeta+z');
  expect((await expectSameText(product, document, [ada, bo])).slice(0, 2)).toEqual(['three', 'one']);
});

test('[E2E-52] at a selection there is a bar that the keyboard reaches; the one at the top can be hidden, on this device', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.open(document);
  await ada.toEnd();
  await ada.type('some words');
  const bar = ada.page.getByRole('toolbar', { name: 'Formatting of the selection' });
  await expect(bar).toHaveCount(0);
  await ada.page.keyboard.press('Shift+Control+ArrowLeft');
  await expect(bar).toBeVisible();
  await ada.page.keyboard.press('Alt+F10');
  await ada.page.keyboard.press('ArrowRight');
  await expect(bar.getByRole('button', { name: 'Bold' })).toBeFocused();
  await ada.page.keyboard.press('Enter'); // bold, which gives the focus back
  await expect(ada.editor.locator('strong')).toHaveText('words');
  await expect(ada.editor).toBeFocused();
  await ada.page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);

  const top = ada.page.getByRole('toolbar', { name: 'Formatting', exact: true });
  await top.getByRole('button', { name: 'Insert' }).click();
  await ada.page.getByRole('menuitem', { name: 'Divider' }).click();
  await expect(ada.editor.locator('hr')).toHaveCount(1);
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  await ada.page.getByRole('menuitemcheckbox', { name: 'Show toolbar' }).click();
  await expect(top).toHaveCount(0);
  await ada.page.reload();
  await expect(ada.editor).toBeVisible();
  await expect(top).toHaveCount(0);
});

test('[E2E-53] on a phone the bar stands at the lower edge, and one can write with it', async ({ product, arrive }) => {
  const document = await product.create();
  const ada = await arrive('Ada', { viewport: { width: 390, height: 700 } });
  await ada.open(document);
  await ada.toEnd();
  const bar = ada.page.getByRole('toolbar', { name: 'Formatting', exact: true });
  await expect
    .poll(async () => {
      const { y = 0, height = 0 } = (await bar.boundingBox()) ?? {};
      return y + height;
    })
    .toBe(700);
  await bar.getByRole('button', { name: 'Bold' }).click();
  await ada.type('bold');
  await expect(ada.editor.locator('strong')).toHaveText('bold');
  await ada.type('\n/');
  await expect(ada.page.getByTestId('suggestions')).toBeInViewport({ ratio: 1 });
  await ada.page.setViewportSize({ width: 390, height: 400 }); // the keyboard has come
  await expect(bar).toBeInViewport({ ratio: 1 });
  await expect(ada.page.getByTestId('suggestions')).toBeInViewport({ ratio: 1 });
  expect(await ada.page.evaluate(() => window.document.documentElement.scrollWidth)).toBe(390);
});

test('[EMOJI-3] emoji are chosen from a grid, by keyboard alone, and those chosen last come first', async ({
  product,
  arrive,
}) => {
  const ada = await arrive('Ada');
  const { page } = ada;
  await ada.open(await product.create());
  await ada.toEnd();
  await ada.type('Well done /emoji');
  await expect(page.getByTestId('suggestions')).toBeVisible();
  await page.keyboard.press('Enter');
  const search = page.getByRole('combobox', { name: 'Search emoji' });
  await expect(search).toBeFocused();
  const chosen = page.getByRole('option', { selected: true });
  await expect(chosen).toHaveAccessibleName('grinning face');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(async () => {
    expect(await search.getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'));
  }).toPass({ timeout: 30_000 });
  await ada.type('tada');
  await expect(chosen).toHaveAccessibleName('party popper');
  await page.keyboard.press('Enter');
  await expect(search).toHaveCount(0);
  await expect(ada.editor).toBeFocused();
  await ada.type(' indeed');
  await ada.expectText('Well done 🎉 indeed');

  await page.getByRole('toolbar', { name: 'Formatting' }).getByRole('button', { name: 'Emoji' }).click();
  await expect(page.getByRole('group', { name: 'Used last' }).getByRole('option')).toHaveCount(1);
  await expect(chosen).toHaveAccessibleName('party popper');
  await page.getByRole('button', { name: 'Flags' }).click();
  await expect(chosen).toHaveAccessibleName('chequered flag');
  await expect(search).toBeFocused();
  await ada.type('no such thing');
  await expect(page.getByText('No emoji is called that.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(ada.editor).toBeFocused();
  await ada.type('!');
  await ada.expectText('Well done 🎉 indeed!');
});

test('[KEYS-4] the list of shortcuts is searched by what they do and by their keys', async ({ product, arrive }) => {
  const ada = await arrive('Ada');
  const { page } = ada;
  await ada.open(await product.create());
  await page.keyboard.press('ControlOrMeta+/');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('searchbox')).toBeFocused();
  await ada.type('bold');
  await expect(dialog.locator('dt')).toHaveText(['Bold']);
  await dialog.getByRole('searchbox').fill('ctrl b');
  await expect(dialog.locator('dt')).toContainText(['Bold']);
  await dialog.getByRole('searchbox').fill('nonsense');
  await expect(dialog.getByText('No shortcut is called that.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});
