import { expect, expectSameText, linesOf, test } from '../support/browser.ts';

// Reading before the script is there, and without a server or a network.

test('[SNAP-1] the text is in the page before any script; the editor takes its place; a missing document is 404', async ({
  product,
  arrive,
}) => {
  const document = await product.create('Read me first');
  const ada = await arrive('Ada');
  await ada.open(document);
  await ada.toEnd();
  await ada.pasteLines(60);
  await ada.expectState('saved');

  const reader = await arrive('Reader', { javaScriptEnabled: false });
  await reader.page.goto(`/d/${document}`);
  const snapshot = reader.page.getByTestId('snapshot');
  await expect(snapshot).toContainText('Line 59.');
  await expect(snapshot).toHaveAttribute('aria-busy', 'true');
  await expect(reader.page.getByText('Read me first')).toBeVisible();
  await expect(reader.editor).toHaveCount(0);

  const bo = await arrive('Bo');
  const socket = await bo.holdSync();
  await bo.page.goto(`/d/${document}`);
  const line = bo.page.getByText('Line 40.');
  await line.scrollIntoViewIfNeeded();
  await line.dblclick({ position: { x: 40, y: 10 } });
  const before = await line.boundingBox();
  await expect(bo.editor).toHaveCount(0);
  socket.release();
  await expect(bo.editor).toBeVisible();
  await expect(bo.page.getByTestId('snapshot')).toHaveCount(0);
  await expect
    .poll(async () => Math.abs(((await line.boundingBox())?.y ?? 0) - (before?.y ?? 0)), 'pixels that it has moved')
    .toBeLessThan(2);
  await expect.poll(() => bo.page.evaluate(() => getSelection()?.toString().trim())).toBe('40');

  const response = await bo.page.goto('/d/no-such-document');
  expect(response?.status()).toBe(404);
  await expect(bo.page.getByRole('heading', { name: 'There is no such document' })).toBeVisible();
});

test('[OFFLINE-1] a document opened before opens again without network and server, and edits of both sides merge', async ({
  product,
  arrive,
}) => {
  const document = await product.create('Kept here');
  const [ada, bo] = await Promise.all([arrive('Ada', { serviceWorkers: 'allow' }), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('Together.');
  await ada.expectState('saved');
  await bo.expectText('Together.');
  // The page is kept in the background, some seconds after it was opened.
  await expect
    .poll(() =>
      ada.page.evaluate(async () => (await caches.match('/shell')) !== undefined && (await caches.keys()).length),
    )
    .toBe(1);
  await expect
    .poll(() =>
      ada.page.evaluate(async () => {
        const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
        const wanted = loaded.filter((url) => url.includes('/_next/static/'));
        const kept = await Promise.all(wanted.map((url) => caches.match(url)));
        return kept.every((answer) => answer !== undefined);
      }),
    )
    .toBe(true);

  await product.stop();
  await ada.goOffline();
  await ada.page.reload();
  await ada.expectText('Together.');
  await ada.expectState('offline');
  await ada.toEnd();
  await ada.type(' Ada, alone.');
  await ada.newTab();
  await ada.page.goto('/');
  await expect(ada.page.getByText('These documents are kept on this device.')).toBeVisible();
  await ada.page.getByRole('link', { name: 'Kept here' }).click();
  await ada.expectText('Together. Ada, alone.');

  await product.start();
  await bo.toStart();
  await bo.type('Bo, meanwhile. ');
  await bo.expectState('saved');
  expect(linesOf(await product.stored(document)).join('')).not.toContain('Ada');
  await ada.goOnline();
  const lines = await expectSameText(product, document, [ada, bo]);
  expect(lines.join('')).toBe('Bo, meanwhile. Together. Ada, alone.');
});
