import { expect, test } from '../support/browser.ts';

// What is not plain text: formulas, diagrams, images, pages of other sites.

test('[MATH-6] [MATH-14] a formula is typed, changed in its panel with the keyboard, and seen by the other', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  const formulas = bo.editor.locator('.math[data-state="drawn"]');
  const { keyboard } = ada.page;

  await ada.toEnd();
  await ada.type('Euler: $e^{i\\pi}$');
  await expect(formulas).toHaveCount(1);
  await keyboard.press('ArrowLeft');
  await keyboard.press('Enter');
  const source = ada.page.getByLabel('LaTeX');
  await expect(source).toBeFocused();
  await expect(source).toHaveValue('e^{i\\pi}');
  await keyboard.press('Escape');
  await expect(ada.editor).toBeFocused();
  await keyboard.press('Enter');
  await source.fill('\\vec{a} + \\pmb{b'); // an arrow and a bold letter: KaTeX would write their styles as attributes
  await expect(ada.page.getByText('This cannot be read as a formula.')).toBeVisible();
  await keyboard.type('}');
  await expect(ada.page.getByText('This cannot be read as a formula.')).toBeHidden();
  await keyboard.press('Enter');
  await expect(ada.editor).toBeFocused();
  await expect(formulas.locator('math mover')).toHaveCount(1);

  await keyboard.press('ArrowRight');
  await ada.type('.\n$$ ');
  await source.fill('\\sum_{k=1}^n k');
  await keyboard.press('Enter');
  await expect(formulas).toHaveCount(2);
  await ada.type('And on.');
  await formulas.last().click();
  await bo.page.getByRole('button', { name: 'Remove formula' }).click();
  await expect(ada.editor.locator('.math-block')).toHaveCount(0);
  await keyboard.press('ControlOrMeta+z'); // undo takes back one's own words, not Bo's removal
  await expect(bo.editor).not.toContainText('And on.');
  await expect(bo.editor.locator('.math')).toHaveCount(1);
  await Promise.all([ada.expectState('saved'), bo.expectState('saved')]);
});
