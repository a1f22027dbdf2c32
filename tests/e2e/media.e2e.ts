import { expect, type Person, test } from '../support/browser.ts';

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
  await ada.fill(source, '\\vec{a} + \\pmb{b'); // an arrow and a bold letter: KaTeX would write their styles as attributes
  await expect(ada.page.getByText('This cannot be read as a formula.')).toBeVisible();
  await keyboard.type('}');
  await expect(ada.page.getByText('This cannot be read as a formula.')).toBeHidden();
  await keyboard.press('Enter');
  await expect(ada.editor).toBeFocused();
  await expect(formulas.locator('math mover')).toHaveCount(1);

  await keyboard.press('ArrowRight');
  await ada.type('.\n$$ ');
  await ada.fill(source, '\\sum_{k=1}^n k');
  await keyboard.press('Enter');
  await expect(formulas).toHaveCount(2);
  await expect(ada.editor).toBeFocused();
  await ada.type('And on.');
  await formulas.last().click();
  await bo.page.getByRole('button', { name: 'Remove formula' }).click();
  await expect(ada.editor.locator('.math-block')).toHaveCount(0);
  await keyboard.press('ControlOrMeta+z'); // undo takes back one's own words, not Bo's removal
  await expect(bo.editor).not.toContainText('And on.');
  await expect(bo.editor.locator('.math')).toHaveCount(1);
  await Promise.all([ada.expectState('saved'), bo.expectState('saved')]);
});

test('[DIAGRAM-1] [DIAGRAM-4] a diagram is drawn for both, says what is wrong with it, and is entered with the arrow keys', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo', { colorScheme: 'dark' })]);
  await Promise.all([ada.open(document), bo.open(document)]);
  const { keyboard } = ada.page;

  await ada.toEnd();
  await ada.type('Before\n```mermaid flowchart LR\nA[Write] --> B{Good?}');
  const seenByBo = bo.editor.getByRole('img', { name: 'Diagram: Write, Good?' });
  await expect(seenByBo).toBeVisible({ timeout: 20_000 }); // in the colours of the dark
  await expect.poll(async () => (await seenByBo.boundingBox())?.width).toBeGreaterThan(100);
  await expect(bo.editor.locator('pre')).toBeHidden();
  await expect(ada.editor.locator('pre')).toBeVisible();

  await ada.type(' -->');
  await expect(ada.editor.getByRole('status').filter({ hasText: 'Parse error' })).toBeVisible();
  await expect(bo.editor.locator('.diagram')).toHaveAttribute('data-state', 'outdated');
  await expect(seenByBo).toBeVisible();
  await ada.type(' C[Send]\nclick A "javascript:alert(1)"');
  await expect(ada.editor.locator('.diagram')).toHaveAttribute('data-state', 'drawn');

  await keyboard.press('ControlOrMeta+Home');
  await expect(ada.editor.locator('pre')).toBeHidden();
  await keyboard.press('ArrowDown');
  await expect(ada.editor.locator('pre')).toBeVisible();
  await ada.type('%% ');
  await expect(bo.editor.locator('pre')).toContainText('%% flowchart');
  await bo.editor.locator('.diagram-picture').click(); // to the end of its source
  await bo.type(' %% end');
  await expect(ada.editor.locator('pre')).toContainText('%% end');
});

test('[IMAGE-5] [EMBED-3] [EMBED-7] an image is sized and captioned, a video is asked for', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  const { page } = ada;
  const picture = `${product.url}/picture.png`;
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="300"><rect width="900" height="300" fill="teal"/></svg>';
  for (const person of [ada, bo])
    await person.page.route('**/picture.png', (route) => route.fulfill({ contentType: 'image/svg+xml', body: svg }));

  await ada.toEnd();
  await ada.paste({ 'text/plain': picture });
  const image = ada.editor.locator('.image');
  await expect(image).toHaveAttribute('data-state', 'shown');
  await image.locator('img').click();
  await page.getByRole('button', { name: '50 % of the width' }).click();
  await page.getByRole('button', { name: 'In the middle' }).click();
  await page.keyboard.press('Alt+ArrowRight');
  await expect.poll(() => shareOf(bo)).toBe(55);
  const grip = await image.locator('.image-handle[data-side="right"]').boundingBox();
  const column = await image.boundingBox();
  if (!grip || !column) throw new Error('no handle');
  await page.mouse.move(grip.x + 7, grip.y + 20);
  await page.mouse.down();
  await page.mouse.move(grip.x + 7 + column.width / 10, grip.y + 20, { steps: 4 }); // both edges move: a fifth
  await page.mouse.up();
  await expect.poll(() => shareOf(bo)).toBe(75);
  await page.getByRole('button', { name: 'Caption and description' }).click();
  await page.getByLabel('Caption', { exact: true }).fill('The harbour');
  await page.getByRole('textbox', { name: 'Description' }).fill('A green harbour');
  await page.keyboard.press('Enter');
  await expect(bo.editor.getByRole('img', { name: 'A green harbour' })).toBeVisible();
  await expect(bo.editor.locator('figcaption')).toHaveText('The harbour');
  await expect(ada.editor).toBeFocused();

  await page.keyboard.press('ControlOrMeta+End');
  await ada.paste({ 'text/plain': 'https://youtu.be/dQw4w9WgXcQ' });
  await expect(bo.editor.getByRole('button', { name: 'Show from www.youtube-nocookie.com' })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(bo.editor.getByRole('link', { name: 'https://youtu.be/dQw4w9WgXcQ' })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Shift+z');
  // What the button does is asked of the frame that it makes: a test may not ask another origin for anything.
  await bo.page.route('https://www.youtube-nocookie.com/**', (route) => route.fulfill({ body: 'a video' }));
  await expect(bo.editor.locator('.embed iframe')).toHaveCount(0);

  await Promise.all([ada.expectState('saved'), bo.expectState('saved')]);
});

test('[LINK-1] [LINK-2] a link is opened with Ctrl and a click, and copied from its bar; the language of code is found by typing', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.allowClipboard();
  await ada.open(document);
  const { page } = ada;
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const target = `${product.url}/healthz`;

  await ada.toEnd();
  await ada.type(`See ${target} there.`);
  const link = ada.editor.getByRole('link');
  const [opened] = await Promise.all([
    page.context().waitForEvent('page'),
    link.click({ modifiers: ['ControlOrMeta'] }),
  ]);
  await expect(opened).toHaveURL(target);
  await opened.close();

  await link.click();
  const bar = page.getByRole('toolbar', { name: 'Link actions' });
  await expect(bar).toBeVisible();
  await page.keyboard.press('Alt+F10');
  await expect(bar.getByRole('link')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(bar.getByRole('button', { name: 'Edit link' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(bar.getByRole('button', { name: 'Copy address' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect.poll(clipboard).toBe(target);
  await page.keyboard.press('Escape');
  await expect(ada.editor).toBeFocused();

  await ada.toEnd();
  await ada.type('\n```\nconst a = 1;');
  await page.getByRole('button', { name: 'Language: Plain text' }).click();
  await expect(page.getByRole('combobox')).toBeFocused();
  await ada.type('types');
  await expect(page.getByRole('option')).toHaveText(['TypeScript']);
  await page.keyboard.press('Enter');
  await expect(ada.editor).toBeFocused();
  await expect(ada.editor.locator('.hljs-keyword')).toHaveText('const');
  await page.getByRole('button', { name: 'Copy code' }).click();
  await expect.poll(clipboard).toBe('const a = 1;');
  await ada.expectState('saved');
});

/** How much of the column the one image takes, in percent. */
function shareOf(person: Person): Promise<number> {
  return person.editor.locator('.image').evaluate((figure) => {
    const frame = figure.querySelector('.image-frame');
    return Math.round((100 * (frame?.getBoundingClientRect().width ?? 0)) / figure.getBoundingClientRect().width);
  });
}
