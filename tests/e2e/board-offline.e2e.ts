import { createBoard, Drawer, expectSameBoard, storedShapes } from '../support/board.ts';
import { expect, test } from '../support/browser.ts';

// A whiteboard without a network.

test('[BOARD-164] a board opened before opens again without network and server, is drawn on, and merges', async ({
  product,
  arrive,
}) => {
  const board = await createBoard(product, 'Plan of the fair');
  const [ada, bo] = [new Drawer(await arrive('Ada', { serviceWorkers: 'allow' })), new Drawer(await arrive('Bo'))];
  await Promise.all([ada.open(board), bo.open(board)]);
  await ada.draw('rectangle', [400, 200], [500, 260]);
  await ada.write('Together', [420, 400]);
  await ada.page.keyboard.press('Escape');
  await bo.expectShapes(2);
  await ada.person.expectState('saved');
  const together = await expectSameBoard(product, board, [ada, bo]);
  // The page and what a board is made of are kept in the background, some seconds after it was opened.
  await expect
    .poll(() =>
      ada.page.evaluate(async () => {
        const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
        const wanted = loaded.filter((url) => /\/_next\/static\/|\/board\/assets\//.test(url));
        const kept = await Promise.all([...wanted, '/shell'].map((url) => caches.match(url)));
        return wanted.length > 0 && kept.every((answer) => answer !== undefined);
      }),
    )
    .toBe(true);

  await product.stop();
  await ada.page.context().setOffline(true);
  await ada.page.reload();
  await ada.ready();
  await ada.expectShapes(2);
  await ada.person.expectState('offline');
  expect(await ada.shapes()).toEqual(together);
  await ada.draw('ellipse', [600, 200], [700, 260]);
  await ada.expectShapes(3);
  await ada.page.keyboard.press('Escape');
  await ada.person.newTab();
  await ada.page.goto('/');
  const entry = ada.page.getByRole('listitem').filter({ hasText: 'Plan of the fair' });
  await expect(entry.getByLabel('Whiteboard')).toBeVisible();
  await entry.getByRole('link').click();
  await ada.ready();
  await ada.expectShapes(3);

  await product.start();
  await bo.person.expectState('saved');
  await bo.draw('arrow', [300, 500], [420, 520]);
  await bo.page.keyboard.press('Escape');
  await bo.person.expectState('saved');
  await ada.page.context().setOffline(false);
  await Promise.all([ada.expectShapes(4), bo.expectShapes(4)]);
  for (const drawer of [ada, bo]) await drawer.person.expectState('saved');
  const shapes = await bo.expectToSeeAs(ada);
  expect((await storedShapes(product, board)).map(({ id }) => id)).toEqual(shapes.map(({ id }) => id));
  expect(shapes.map(({ type }) => type).sort()).toEqual(['arrow', 'ellipse', 'rectangle', 'text']);
});
