import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import { createBoard, Drawer } from '../support/board.ts';
import { expect, type Person, test } from '../support/browser.ts';

// What axe says about each page, in both themes. Invariant: nothing serious or critical is accepted anywhere.

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Its own bars and popovers, which are the package's: version 0.18.1 gives its menu's button and its colour popovers no name. */
const EXCALIDRAW = ['.excalidraw'];

interface Violation {
  id: string;
  impact: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** `exclude`: selectors of what is not looked at. What fades in has too little contrast on its way: first, all of it is there. */
async function seriousViolations(page: Page, exclude: readonly string[] = []): Promise<string[]> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ playState, effect }) => playState !== 'running' || effect?.getComputedTiming().endTime === Infinity),
  );
  // Evaluated by the browser's own protocol: the page's policy forbids a script element. Once a page: it is large.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  const violations = await page.evaluate(
    async (exclude) => {
      const { axe } = window as unknown as { axe: { run(context: object): Promise<{ violations: Violation[] }> } };
      return (await axe.run({ exclude })).violations;
    },
    exclude.map((selector) => [selector]),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
}

/** `--ink-faint` of each theme, as browsers write it. */
const dimmed = { light: 'rgb(111, 107, 99)', dark: 'rgb(141, 139, 134)' } as const;

/** A bit of everything that the page shows around a text. */
async function writeSomething(ada: Person): Promise<void> {
  await ada.toEnd();
  await ada.type('# A heading\n- first\nsecond\n\n[ ] to do\n\n[!WARNING] Mind the ink\n\n');
  await ada.type('```\ncode');
  await ada.page.keyboard.press('ControlOrMeta+Enter');
  await ada.type('See https://example.org for more.\n');
  await ada.expectState('saved');
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`[AXE-1] nothing serious is wrong with the list, a document, its menus, its chat, or a missing page, ${colorScheme}`, async ({
    product,
    arrive,
  }) => {
    const document = await product.create('For everybody');
    const ada = await arrive('Ada', { colorScheme });
    const { page } = ada;
    await page.goto('/');
    await expect(page.getByRole('link', { name: 'For everybody' })).toBeVisible();
    expect(await seriousViolations(page), 'the list').toEqual([]);

    await ada.open(document);
    await writeSomething(ada);
    expect(await seriousViolations(page), 'a document').toEqual([]);

    await page.getByRole('button', { name: 'Chat' }).click();
    await expect(page.getByRole('log')).toBeVisible();
    expect(await seriousViolations(page), 'its chat').toEqual([]);
    await page.getByRole('button', { name: 'Chat' }).click();

    await ada.toEnd();
    await ada.type('/');
    await expect(page.getByTestId('suggestions')).toBeVisible();
    expect(await seriousViolations(page), 'what can be inserted').toEqual([]);
    await page.keyboard.press('Escape');

    await page.keyboard.press('ControlOrMeta+/');
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await seriousViolations(page), 'the list of keys').toEqual([]);
    await page.keyboard.press('Escape');
    await expect(ada.editor).toBeFocused();

    await page.keyboard.press('Backspace');
    await ada.type('/emoji');
    await expect(page.getByTestId('suggestions')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('option', { name: 'grinning face', exact: true })).toBeVisible();
    expect(await seriousViolations(page), 'emoji').toEqual([]);
    await page.keyboard.press('Escape');
    await expect(ada.editor).toBeFocused();

    await ada.toStart();
    await page.keyboard.press('ControlOrMeta+Shift+f');
    await expect(ada.editor).toHaveAttribute('data-dimmed', '');
    await expect(ada.editor.locator('li p').first()).toHaveCSS('color', dimmed[colorScheme]);
    expect(await seriousViolations(page), 'focus mode').toEqual([]);
    await page.keyboard.press('Escape');

    await page.goto('/d/there-is-no-such-document');
    await expect(page.getByRole('heading', { name: 'There is no such document' })).toBeVisible();
    expect(await seriousViolations(page), 'a missing document').toEqual([]);
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`[AXE-2] nor with a whiteboard, by itself or over a text, ${colorScheme}`, async ({ product, arrive }) => {
    const ada = await arrive('Ada', { colorScheme });
    const drawer = new Drawer(ada);
    await drawer.open(await createBoard(product, 'For everybody'));
    await drawer.draw('rectangle', [400, 200], [560, 300]);
    expect(await seriousViolations(ada.page, EXCALIDRAW), 'a board').toEqual([]);

    await ada.open(await product.create());
    await ada.toEnd();
    await ada.type('/whiteboard');
    await expect(ada.page.getByTestId('suggestions')).toBeVisible();
    await ada.page.keyboard.press('Enter');
    await drawer.ready();
    await drawer.draw('rectangle', [400, 200], [560, 300]);
    expect(await seriousViolations(ada.page, EXCALIDRAW), 'a board over a text').toEqual([]);
    await ada.page.keyboard.press('Escape');
    await ada.page.keyboard.press('Escape');
    await expect(ada.editor.locator('.board-open[data-state="drawn"]')).toBeVisible();
    expect(await seriousViolations(ada.page), 'its picture in the text').toEqual([]);
  });
}
