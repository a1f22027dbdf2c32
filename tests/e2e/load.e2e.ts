import { expect, test } from '../support/browser.ts';

// What comes when, until one can write.

test("[SNAP-20] all scripts that a text needs are named in the page's HTML", async ({ product, arrive }) => {
  const document = await product.create('Named');
  const html = await (
    await fetch(`${product.url}/d/${document}`, { headers: { 'sec-fetch-dest': 'document' } })
  ).text();
  const ada = await arrive('Ada');
  await ada.open(document);
  const loaded = await ada.page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name).pathname)
      .filter((path) => path.endsWith('.js')),
  );
  expect(loaded.length).toBeGreaterThan(5);
  expect(loaded.filter((path) => !html.includes(path))).toEqual([]);
});

test('[SNAP-21] the page is kept for being offline when the text is there, and not while it is on its way', async ({
  product,
  arrive,
}) => {
  const document = await product.create('Kept later');
  const ada = await arrive('Ada', { serviceWorkers: 'allow' });
  const workers = () =>
    ada.page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope).length);
  const socket = await ada.holdSync();
  await ada.page.goto(`/d/${document}`);
  await expect(ada.page.getByTestId('snapshot')).toBeVisible();
  await ada.page.waitForFunction(() => performance.now() > 4_000);
  expect(await workers()).toBe(0);
  socket.release();
  await expect(ada.editor).toBeVisible();
  await expect.poll(workers).toBe(1);
});
