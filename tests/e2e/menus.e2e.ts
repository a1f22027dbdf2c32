import { expect, test } from '../support/browser.ts';

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
  await expect(list.getByRole('option')).toHaveText(['Heading 1', 'Heading 2', 'Heading 3']);
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

test('[E2E-53] on a phone the bar stands at the lower edge, and one can write with it', async ({ product, arrive }) => {
  const document = await product.create();
  const ada = await arrive('Ada', { viewport: { width: 390, height: 700 } });
  await ada.open(document);
  await ada.toEnd();
  const bar = ada.page.getByRole('toolbar', { name: 'Formatting', exact: true });
  const box = await bar.boundingBox();
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBe(700);
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
