import * as Y from 'yjs';
import { expect, expectSameText, type Person, test } from '../support/browser.ts';

// Talking beside the text, and seeing what has not been sent.

const field = ({ page }: Person) => page.getByTestId('chat-field');
const messages = ({ page }: Person) => page.getByTestId('chat-message');
const openChat = ({ page }: Person) => page.getByRole('button', { name: /^Chat/ }).click();

test('[E2E-60] two people chat beside the text: unread, typing, links, offline, and undo leaves it alone', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('In the text.');
  await openChat(ada);
  await expect(ada.page.getByText('No messages yet')).toBeVisible();
  await expect(field(ada)).toBeFocused();
  await ada.type('Have you seen');
  await ada.page.keyboard.press('Shift+Enter');
  await ada.type('https://example.org?');
  await ada.page.keyboard.press('Enter');
  await expect(messages(ada)).toHaveText(['Have you seen\nhttps://example.org?'], { useInnerText: true });

  // Bo has the chat closed: one is new, and it is said.
  await expect(bo.page.getByTestId('chat-unread')).toHaveText('1');
  await expect(bo.page.getByText('Ada wrote in the chat')).toBeAttached();
  await openChat(bo);
  await expect(bo.page.getByTestId('chat-line')).toBeVisible();
  await expect(bo.page.getByTestId('chat-unread')).toHaveCount(0);
  const link = messages(bo).getByRole('link');
  await expect(link).toHaveAttribute('href', 'https://example.org/');
  await expect(link).toHaveAttribute('rel', /noopener/);

  await expect(field(bo)).toBeFocused();
  await bo.type('Not y');
  await expect(ada.page.getByTestId('chat-typing')).toHaveText('Bo is typing…');
  await bo.type('et.');
  await bo.page.keyboard.press('Enter');
  await expect(messages(ada)).toHaveCount(2);
  await expect(ada.page.getByTestId('chat-typing')).toHaveText('');
  await expect(ada.page.getByTestId('chat-unread')).toHaveCount(0); // she sees it

  // Offline: sent, but said to wait.
  await ada.goOffline();
  await ada.expectState('offline');
  await ada.type('From the train.');
  await ada.page.keyboard.press('Enter');
  await expect(messages(ada).last()).toHaveAttribute('data-waits', '');
  await expect(ada.page.getByText('Not saved yet')).toBeAttached();
  await ada.goOnline();
  await expect(messages(bo).last()).toHaveText('From the train.');
  await expect(ada.page.getByText('Not saved yet')).toHaveCount(0);

  // Undo is of the text.
  await ada.editor.click();
  await ada.page.keyboard.press('ControlOrMeta+z');
  await expect(ada.editor).not.toContainText('In the text.');
  await ada.page.keyboard.press('ControlOrMeta+z');
  await expect(messages(ada)).toHaveCount(3);

  // Read is read, also after a reload; and Escape closes.
  await ada.page.reload();
  await expect(ada.editor).toBeVisible();
  await expect(ada.page.getByTestId('chat-unread')).toHaveCount(0);
  await openChat(ada);
  await expect(messages(ada)).toHaveCount(3);
  await expect(ada.page.getByTestId('chat-line')).toHaveCount(0);
  await ada.page.keyboard.press('Escape');
  await expect(field(ada)).toHaveCount(0);
  await expect(ada.page.getByRole('button', { name: 'Chat', exact: true })).toBeFocused();
});

test('[E2E-61] what is unsent is told in words, and can be copied and saved', async ({ product, arrive }) => {
  const document = await product.create();
  const ada = await arrive('Ada');
  await ada.allowClipboard();
  await ada.open(document);
  await ada.toEnd();
  await ada.type('On the disk.\nAnd a second line.');
  await ada.expectState('saved');
  const label = ada.page.getByTestId('sync-state');
  await label.click();
  const details = ada.page.getByRole('dialog', { name: 'Is everything saved?' });
  await expect(details.getByRole('heading', { level: 2 })).toHaveText('All changes saved');
  await expect(details).toContainText('on the disk of the server');
  await expect(details).toContainText('Your last edit was saved at');
  await expect(details.getByTestId('unsent')).toHaveCount(0);
  await ada.page.keyboard.press('Escape');

  await product.kill();
  await ada.expectState('offline');
  await ada.toEnd();
  await ada.type(' Only here.');
  await label.click();
  await expect(details).toContainText('No connection since');
  await expect(details).toContainText('kept on this device');
  await expect(details.getByTestId('unsent')).toContainText('And a second line. Only here.');
  await expect(details.getByTestId('unsent')).not.toContainText('On the disk.');
  // Said for two seconds: one looks before it is pressed.
  await Promise.all([
    expect(details.getByRole('button', { name: 'Copied' })).toBeVisible(),
    details.getByRole('button', { name: 'Copy', exact: true }).click(),
  ]);
  expect(await ada.page.evaluate(() => navigator.clipboard.readText())).toBe('And a second line. Only here.');

  const file = await ada.download(() => details.getByRole('button', { name: 'Download for recovery' }).click());
  expect(file.name).toBe(`inkroom-${document}-unsent.yjs`);
  await product.start();
  await ada.expectState('saved');
  expect(await expectSameText(product, document, [ada])).toEqual(['On the disk.', 'And a second line. Only here.']);
  await expect(details.getByTestId('unsent')).toHaveCount(0); // gone as it was saved

  // The file holds just that edit: on top of the document as it was, it is the document as it is.
  const stored = await product.stored(document);
  const before = Y.encodeStateVector(stored);
  Y.applyUpdate(stored, file.bytes);
  expect(Y.encodeStateVector(stored)).toEqual(before);
  expect(Y.parseUpdateMeta(new Uint8Array(file.bytes)).to.size).toBe(1);
});
