import type { Page } from '@playwright/test';
import { decodeServerFrame, encodeServerFrame } from '../../lib/protocol/hocuspocus.ts';
import type { Role } from '../../lib/protocol/messages.ts';
import { expect, test } from '../support/browser.ts';

// What a person sees who may not write. The page has no sign-in yet: here somebody between it and the server says what the grant is.

interface Grants {
  /** Tells the page that it has another role now. */
  change: (role: Role) => void;
}

async function grant(page: Page, role: Role): Promise<Grants> {
  let now = role;
  let tell: (role: Role) => void = () => undefined;
  await page.routeWebSocket(/\/sync/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      const { key, message } = typeof frame === 'string' ? { key: undefined } : decodeServerFrame(frame);
      if (key === undefined || typeof message !== 'object' || message.type !== 'role') return socket.send(frame);
      tell = (role) => socket.send(Buffer.from(encodeServerFrame(key, { type: 'role', role })));
      tell(now);
    });
  });
  return {
    change: (role) => {
      now = role;
      tell(role);
    },
  };
}

for (const [role, label, reason] of [
  ['view', 'View only', 'You may read this document, but not change it.'],
  ['comment', 'View and comment only', 'You may read this document and comment on it, but not change it.'],
] as const) {
  test(`[ROLE-1] who may only ${role} is offered nothing to write in, and told why`, async ({ product, arrive }) => {
    const document = await product.create('For all to read');
    const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
    await ada.open(document);
    await ada.toEnd();
    await ada.type('Read me.');
    await ada.expectState('saved');

    const { page } = bo;
    const grants = await grant(page, role);
    await bo.open(document);
    const reader = page.getByTestId('read-only');
    await expect(reader).toHaveText(label);
    await expect(reader).toHaveAttribute('title', reason);
    await expect(bo.editor).toHaveAttribute('contenteditable', 'false');
    await expect(bo.title).toHaveAttribute('readonly', '');
    await expect(page.getByRole('toolbar', { name: 'Formatting' })).toHaveCount(0);
    await bo.editor.click();
    await page.keyboard.type('Not mine to change. /');
    await expect(page.getByTestId('suggestions')).toHaveCount(0);
    await page.getByRole('button', { name: 'Chat' }).click();
    await expect(page.getByText('You can read this chat, but not write in it.')).toBeVisible();

    await ada.type(' And this.');
    await bo.expectText('Read me. And this.');

    // The grant becomes another one while it is open.
    grants.change('edit');
    await expect(reader).toHaveCount(0);
    await expect(bo.editor).toHaveAttribute('contenteditable', 'true');
    await bo.toEnd();
    await bo.type(' And me.');
    await ada.expectText('Read me. And this. And me.');
    grants.change(role);
    await expect(reader).toHaveText(label);
    await expect(bo.editor).toHaveAttribute('contenteditable', 'false');
  });
}
