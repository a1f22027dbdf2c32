import { expect, expectSameText, test } from '../support/browser.ts';

// What a person sees around the text: before it is there, when it cannot be there, and how it looks.

test('[E2E-40] the start page creates a document, lists it, newest change first, and opens it again', async ({
  product,
  arrive,
}) => {
  const ada = await arrive('Ada');
  await ada.page.goto('/');
  await ada.page.getByRole('button', { name: 'Write the first document' }).click();
  await expect(ada.editor).toBeVisible();
  expect(new URL(ada.page.url()).pathname).toMatch(/^\/d\/.+/);
  await ada.fill(ada.title, 'The first');
  await ada.toEnd();
  await ada.type('Hello.');
  await ada.expectState('saved');
  await product.create('The second');

  await ada.page.goto('/');
  await expect(ada.page.getByRole('listitem')).toHaveText([/The second/, /The first/]);
  await ada.page.getByRole('link', { name: 'The first' }).click();
  await ada.expectText('Hello.');
  await ada.toEnd();
  await ada.type(' And again.');
  await ada.expectState('saved');
  await ada.page.goBack();
  await expect(ada.page.getByRole('listitem')).toHaveText([/The first/, /The second/]);
});

test('[E2E-41] the stored text stands where the editor will be until that is there, never an empty editor', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.open(document);
  await ada.toEnd();
  await ada.type('It was here all the time.');
  await ada.expectState('saved');

  const bo = await arrive('Bo');
  const socket = await bo.holdSync();
  await bo.page.goto(`/d/${document}`);
  await socket.reached;
  await expect(bo.page.getByTestId('snapshot')).toContainText('It was here all the time.');
  await expect(bo.editor).toHaveCount(0);
  socket.release();
  await bo.expectText('It was here all the time.');
  await expect(bo.page.getByTestId('snapshot')).toHaveCount(0);
});

test('[E2E-42] an address of no document says so, and makes none', async ({ product, arrive }) => {
  const ada = await arrive('Ada');
  await ada.page.goto('/d/no-such-document');
  await expect(ada.page.getByRole('heading', { name: 'There is no such document' })).toBeVisible();
  await ada.page.goto('/no/such/page');
  await expect(ada.page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  const list = (await (await fetch(`${product.url}/api/documents`)).json()) as { documents: unknown[] };
  expect(list.documents).toEqual([]);
});

test('[E2E-43] a damaged document is reported, never shown blank, and the others go on', async ({
  product,
  arrive,
}) => {
  const [damaged, whole] = [await product.create('Damaged'), await product.create('Whole')];
  await product.stop();
  product.damage(damaged);
  await product.start();

  const ada = await arrive('Ada');
  await ada.page.goto(`/d/${damaged}`);
  await expect(
    ada.page.getByRole('alert').getByRole('heading', { name: 'The document cannot be opened' }),
  ).toBeVisible();
  await expect(ada.editor).toHaveCount(0);
  await ada.open(whole);
  await ada.toEnd();
  await ada.type('unharmed');
  expect(await expectSameText(product, whole, [ada])).toEqual(['unharmed']);
});

test('[E2E-44] a person is asked for a name once', async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, guest] = await Promise.all([arrive('Ada'), arrive('Guest', { stranger: true })]);
  await Promise.all([ada.open(document), guest.open(document)]);
  const dialog = guest.page.getByRole('dialog', { name: 'What should others call you?' });
  await guest.fill(dialog.getByLabel('Your name', { exact: true }), 'Grace');
  await dialog.getByRole('button', { name: 'Start writing' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(ada.page.getByTestId('presence').getByLabel(/Grace/)).toBeVisible();
  await guest.page.reload();
  await expect(guest.editor).toBeVisible();
  await expect(guest.page.getByRole('dialog')).toHaveCount(0);
  await expect(guest.page.getByTestId('presence').getByLabel('Grace (you)')).toBeVisible();
});

test('[E2E-45] the page speaks the language of the browser, and the one that was chosen afterwards', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const ada = await arrive('Ada', { locale: 'zh-TW' });
  await ada.page.goto('/');
  await expect(ada.page.locator('html')).toHaveAttribute('lang', /^zh-Hant/);
  await expect(ada.page.getByRole('heading', { level: 1, name: '文件' })).toBeVisible();
  await ada.open(document);
  await expect(ada.page.getByTestId('sync-state')).toHaveText('所有變更皆已儲存');

  await ada.page.goto('/');
  await ada.page.getByRole('button', { name: '語言' }).click();
  await ada.page.getByRole('menuitemradio', { name: 'English' }).click();
  await expect(ada.page.getByRole('heading', { level: 1, name: 'Documents' })).toBeVisible();
  await ada.open(document);
  await expect(ada.page.getByTestId('sync-state')).toHaveText('All changes saved');
});

test('[E2E-46] the page is light or dark as the system is, and as was chosen afterwards', async ({ arrive }) => {
  const ada = await arrive('Ada', { colorScheme: 'dark' });
  const brightness = () =>
    ada.page.evaluate(() => {
      const [red = 0, green = 0, blue = 0] = (getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? []).map(
        Number,
      );
      return (red + green + blue) / 3;
    });
  await ada.page.goto('/');
  await expect.poll(brightness).toBeLessThan(64);
  await ada.page.getByRole('button', { name: 'Appearance' }).click();
  await ada.page.getByRole('menuitemradio', { name: 'Light' }).click();
  await expect.poll(brightness).toBeGreaterThan(192);
  await ada.page.reload();
  await expect.poll(brightness).toBeGreaterThan(192);
});

test('[E2E-47] on a phone nothing is cut off, and the saved state is there', async ({ product, arrive }) => {
  const name = await product.create('A rather long title that a phone has no room for on one line');
  const ada = await arrive('Ada', { viewport: { width: 360, height: 640 } });
  const sideways = () =>
    ada.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await ada.page.goto('/');
  await expect(ada.page.getByRole('link', { name: /A rather long title/ })).toBeVisible();
  expect(await sideways()).toBe(0);
  await ada.open(name);
  await expect(ada.page.getByTestId('sync-state')).toBeInViewport();
  await expect(ada.title).toBeInViewport();
  expect(await sideways()).toBe(0);
  await ada.expectState('saved');
  await ada.goOffline();
  await ada.expectState('offline');
  await ada.toEnd();
  await ada.type('Kept');
  const label = ada.page.getByTestId('sync-state').getByText('Offline — 4 edits kept', { exact: true });
  await expect(label).toBeVisible();
  expect(await label.evaluate((text) => text.scrollWidth - text.clientWidth)).toBe(0);
});

test('[E2E-48] reading and writing works from the keyboard alone', async ({ product, arrive }) => {
  await product.create('By keyboard');
  const ada = await arrive('Ada');
  await ada.page.goto('/');
  const link = ada.page.getByRole('link', { name: 'By keyboard' });
  await expect(link).toBeVisible();
  for (
    let presses = 0;
    presses < 12 && !(await link.evaluate((element) => element === document.activeElement));
    presses++
  ) {
    await ada.page.keyboard.press('Tab');
  }
  await ada.page.keyboard.press('Enter');
  await expect(ada.editor).toBeVisible();
  await ada.title.focus();
  await ada.page.keyboard.press('Enter');
  await ada.type('No mouse was used.');
  await ada.expectText('No mouse was used.');
  await ada.expectState('saved');
});
