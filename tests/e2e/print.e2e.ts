import { expect, test } from '../support/browser.ts';

// A document on paper.

test('[READ-4] on paper are the title and the text, light, with the addresses of links and what was closed', async ({
  product,
  arrive,
}) => {
  const document = await product.create('Minutes');
  const ada = await arrive('Ada', { colorScheme: 'dark' });
  await ada.open(document);
  await ada.toEnd();
  await ada.paste({
    'text/html':
      '<p>See <a href="https://example.org/plan">the plan</a>.</p><details><summary>More</summary><p>Within.</p></details>',
  });
  await ada.expectState('saved');
  const { page } = ada;
  const within = ada.editor.getByText('Within.');
  await ada.editor.getByRole('button', { name: /show or hide/i }).click();
  await expect(within).toBeHidden();

  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('.print-title')).toHaveText('Minutes');
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(page.getByRole('toolbar')).toBeHidden();
  await expect(within).toBeVisible();
  const looks = await ada.editor.getByRole('link').evaluate((link) => ({
    address: getComputedStyle(link, '::after').content,
    ink: getComputedStyle(link.closest('p') ?? link).color,
  }));
  expect(looks.address).toContain('https://example.org/plan');
  expect(Math.max(...(looks.ink.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number))).toBeLessThan(100); // dark ink, in the dark theme too
  expect(await page.locator('html').evaluate((html) => getComputedStyle(html).colorScheme)).toBe('light'); // boxes to tick as well
});
