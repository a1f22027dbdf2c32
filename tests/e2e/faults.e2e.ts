import { expect, expectSameText, linesOf, test } from '../support/browser.ts';

// What may go wrong between a keystroke and the disk, and what must be there afterwards.

test('[E2E-20] one person goes offline, both write, and all of it is there when they are back', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('Together.');
  await bo.expectText('Together.');

  await bo.goOffline();
  await bo.toEnd();
  await bo.type(' Bo, alone.');
  await bo.expectState('offline');
  await ada.toStart();
  await ada.type('Ada, meanwhile. ');
  await ada.expectState('saved');
  await bo.type(' Still alone.');
  expect(linesOf(await product.stored(document)).join('')).not.toContain('Still alone');

  await bo.goOnline();
  const lines = await expectSameText(product, document, [ada, bo]);
  expect(lines.join('')).toBe('Ada, meanwhile. Together. Bo, alone. Still alone.');
});

test('[E2E-21] the server is killed in the middle of typing: it comes back, and no letter is missing', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('start ');
  await bo.expectText('start');
  await bo.toStart();

  const writing = Promise.all([
    ada.page.keyboard.type('the first sentence goes on while the server is away', { delay: 20 }),
    bo.page.keyboard.type('and so does the second one ', { delay: 20 }),
  ]);
  await ada.expectText('the first');
  await product.kill();
  await writing;
  await ada.expectState('offline');
  await product.start();

  const lines = await expectSameText(product, document, [ada, bo]);
  expect(lines.join('')).toBe('and so does the second one start the first sentence goes on while the server is away');
});

test('[E2E-22] a tab closed with unsent edits loses nothing: they are there when it is opened again, and reach the others', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('On the disk.');
  await ada.expectState('saved');

  await product.kill();
  await ada.expectState('offline');
  await ada.type(' Only in this browser.');
  await ada.newTab();
  await product.start();
  await ada.open(document);

  await ada.expectText('On the disk. Only in this browser.');
  await bo.expectText('On the disk. Only in this browser.');
  expect(await expectSameText(product, document, [ada, bo])).toEqual(['On the disk. Only in this browser.']);
});

test('[E2E-23] reopened where the server cannot be reached, a document is there with the unsent edits, and they are stored as soon as it can', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.open(document);
  await ada.toEnd();
  await ada.type('On the disk.');
  await ada.expectState('saved');
  await ada.goOffline();
  await ada.expectState('offline');
  await ada.type(' Not yet.');
  await ada.newTab();
  expect(linesOf(await product.stored(document))).toEqual(['On the disk.']);

  // The page comes, as from a cache; the server behind it is silent.
  await ada.goOnline();
  let reachable = false;
  await ada.page.route('**/api/**', (route) => (reachable ? route.continue() : route.abort()));
  await ada.page.routeWebSocket(/\/sync/, (route) => {
    if (reachable) route.connectToServer();
    else void route.close({ code: 1013 });
  });
  await ada.page.goto(`/d/${document}`);
  await ada.expectText('On the disk. Not yet.');
  await ada.expectState('offline');
  reachable = true;
  expect(await expectSameText(product, document, [ada])).toEqual(['On the disk. Not yet.']);
});

test('[E2E-24] the server is stopped by its operator while people write: nothing is lost', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.open(document);
  await ada.toEnd();
  const writing = ada.page.keyboard.type('one sentence, written through a restart of the server', { delay: 15 });
  await ada.expectText('one sentence');
  await product.stop();
  await product.start();
  await writing;
  expect(await expectSameText(product, document, [ada])).toEqual([
    'one sentence, written through a restart of the server',
  ]);
});
