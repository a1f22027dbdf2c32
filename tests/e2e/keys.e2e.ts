import { expect, expectSameText, type Person, test } from '../support/browser.ts';

// Writing by keys alone, where a browser has an opinion of its own; and what a phone has room for.

/** Puts the caret at the end of the line that holds `text`, as a click does. */
async function clickBehind(person: Person, text: string): Promise<void> {
  await person.editor.getByText(text, { exact: true }).click();
  await person.page.keyboard.press('End');
}

test('[E2E-90] lists, tasks, code and tables are written by keys alone, and the caret never leaves the text', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  const { keyboard } = ada.page;

  // From the title down; a task in the way of Markdown; Tab moves it in once, and then stays.
  await ada.title.focus();
  await keyboard.press('ArrowDown');
  await ada.type('- [ ] ink\npaper');
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await ada.type('!');
  await expect(bo.editor.getByRole('checkbox')).toHaveCount(2);
  await expect(bo.editor.locator('li li')).toHaveText('paper!');

  // All of a list becomes another kind.
  await keyboard.press('Shift+Tab');
  await keyboard.press('ControlOrMeta+Shift+8');
  await expect(bo.editor.locator('ul > li')).toHaveText(['ink', 'paper!']);
  await expect(bo.editor.getByRole('checkbox')).toHaveCount(0);

  // A link over what is selected; what is typed next stands behind it.
  await ada.type('\n\nsee docs');
  await keyboard.press('ControlOrMeta+Shift+ArrowLeft');
  await keyboard.press('ControlOrMeta+k');
  await expect(ada.page.getByRole('dialog', { name: 'Link' }).getByRole('textbox')).toBeFocused();
  await ada.type('example.org\n');
  await expect(ada.editor).toBeFocused();
  await ada.type(' now');
  await expect(bo.editor.getByRole('link')).toHaveText('docs');
  await bo.expectText('see docs now');
  await keyboard.press('Alt+F10');
  await expect(ada.editor).not.toBeFocused();
  await keyboard.press('Escape');
  await ada.type('!');
  await bo.expectText('see docs now!');

  // Code keeps its own Tab.
  await ada.type('\n```js\nif (a) {\n');
  await keyboard.press('Tab');
  await ada.type('b();\n');
  await keyboard.press('Shift+Tab');
  await ada.type('}');
  await expect(bo.editor.locator('pre')).toHaveText('if (a) {\n  b();\n}');
  await keyboard.press('ControlOrMeta+a');
  await ada.type('c();');
  await expect(bo.editor.locator('pre')).toHaveText('c();');
  await expect(bo.editor.locator('ul > li')).toHaveText(['ink', 'paper!']);
  await expectSameText(product, document, [ada, bo]);
});

test('[E2E-91] above a table that begins a document a line is begun; from within it to beyond, cells are emptied and stay', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  const { keyboard } = ada.page;
  await ada.toEnd();
  await ada.paste({
    'text/html': '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table><p>below</p>',
  });
  await expect(bo.editor.locator('td')).toHaveCount(4);
  await ada.toStart();
  await ada.page.keyboard.press('Backspace'); // the empty line that the document began with
  await clickBehind(ada, 'b');
  await keyboard.press('ArrowUp');
  await ada.type('above');
  await expect(bo.editor.locator('p').first()).toHaveText('above');

  // From before the last letter in the table to behind the line below it.
  await clickBehind(ada, 'd');
  await keyboard.press('Home');
  await keyboard.press('Shift+ArrowDown');
  await keyboard.press('Shift+End');
  await keyboard.press('Delete');
  await expect(bo.editor.locator('td')).toHaveText(['a', 'b', 'c', '']);
  await expect(bo.editor).not.toContainText('below');
  await keyboard.press('ControlOrMeta+z');
  await expect(bo.editor).toContainText('below');
  await expectSameText(product, document, [ada, bo]);
});

test('[E2E-92] coloured words are copied with their colour, as CSS for other programs', async ({ product, arrive }) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.allowClipboard();
  await ada.open(document);
  const { keyboard } = ada.page;
  await ada.toEnd();
  await ada.type('Red letters');
  await keyboard.press('ControlOrMeta+a');
  await ada.page.getByRole('button', { name: 'Colour' }).click();
  await ada.page.getByRole('group', { name: 'Text', exact: true }).getByRole('menuitemradio', { name: 'Red' }).click();
  await expect(ada.editor).toBeFocused();
  await keyboard.press('ControlOrMeta+a');
  await keyboard.press('ControlOrMeta+c');
  const html = await ada.page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    return (await item?.getType('text/html'))?.text();
  });
  expect(html).toMatch(/style="[^"]*color: (?:rgb\(179, 38, 30\)|#b3261e)/);
  await keyboard.press('ArrowRight');
  await keyboard.press('Enter');
  await keyboard.press('ControlOrMeta+v');
  await expect(ada.editor.locator('[data-text-color="red"]')).toHaveText(['Red letters', 'Red letters']);
});

test('[E2E-93] on a phone a table is scrolled and not squeezed, and menus and panels stay within the window, above a keyboard too', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada', { viewport: { width: 390, height: 430 } });
  await ada.open(document);
  const { page } = ada;
  await ada.toEnd();
  const cells = ['Date', 'Reader', 'Book', 'https://example.org/an-address-without-any-spaces', 'Seats']
    .map((text) => `<td>${text}</td>`)
    .join('');
  await ada.paste({ 'text/html': `<table><tr>${cells}</tr><tr>${cells}</tr></table><p>$x^2$</p>` });
  const widths = await ada.editor
    .locator('td')
    .evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect().width));
  expect(Math.min(...widths)).toBeGreaterThan(100);
  expect(Math.max(...widths)).toBeLessThan(250);
  expect(await page.evaluate(() => window.document.documentElement.scrollWidth)).toBe(390);

  // What is placed beside something is there first, and then at its place.
  const within = (part: ReturnType<typeof page.locator>) => expect(part).toBeInViewport({ ratio: 1 });
  // What a sign asks for does not lie over the bar.
  await ada.toEnd();
  await ada.type('\n/zzz');
  await expect(page.getByTestId('suggestions')).toBeVisible();
  await expect(async () => {
    const [list, bar] = await Promise.all([
      page.getByTestId('suggestions').boundingBox(),
      page.locator('[data-toolbar]').boundingBox(),
    ]);
    expect((list?.y ?? 0) + (list?.height ?? 0)).toBeLessThanOrEqual(bar?.y ?? 0);
  }).toPass({ timeout: 30_000 });
  await page.keyboard.press('Escape');
  for (let letters = 0; letters < 5; letters++) await page.keyboard.press('Backspace');

  await page.keyboard.press('Alt+Enter');
  await page.getByRole('menuitem', { name: 'Turn into' }).press('ArrowRight');
  await expect(page.getByRole('menuitem', { name: 'Heading 2' })).toBeVisible();
  for (const menu of await page.getByRole('menu').all()) await within(menu);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);

  await ada.editor.click();
  await page.keyboard.press('ControlOrMeta+End');
  await ada.type('\n/formula');
  await page.getByRole('option', { name: 'Formula', exact: true }).click();
  const panel = page.getByRole('dialog', { name: 'Formula' });
  await within(panel);
  await expect(panel.getByLabel('LaTeX')).toBeFocused();
  await page.keyboard.insertText('\\frac{a}{b}');
  await panel.getByRole('button', { name: 'Apply' }).click(); // scrolled to, if need be
  await expect(ada.editor.locator('.math-block')).toBeVisible();
});

test('[E2E-94] where the system chooses the colours, what a key would choose and what is on has a line around it', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.page.emulateMedia({ forcedColors: 'active' });
  await ada.open(document);
  const line = (selector: string) =>
    ada.page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).outlineStyle);
  await ada.toEnd();
  await ada.page.keyboard.press('ControlOrMeta+b');
  await expect(ada.page.getByRole('button', { name: 'Bold', exact: true })).toHaveAttribute('aria-pressed', 'true');
  expect(await line('[aria-pressed="true"]')).toBe('solid');
  await ada.type('/');
  await expect(ada.page.getByRole('option').first()).toBeVisible();
  expect(await line('[role="option"][aria-selected="true"]')).toBe('solid');
  expect(await line('[role="option"][aria-selected="false"]')).toBe('none');
});
