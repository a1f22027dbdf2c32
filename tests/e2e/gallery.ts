import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { en } from '../../app/messages/en.ts';
import { zhHant } from '../../app/messages/zh-Hant.ts';
import { ROOT } from '../../scripts/tools.mjs';
import { createBoard, Drawer } from '../support/board.ts';
import { expect, type Looks, type Person, test } from '../support/browser.ts';
import type { Product } from '../support/product.ts';

// npm run screenshots -- gallery: every page and state, in both languages and themes, on a desktop and on a phone, to be looked at. They lie in
// screenshots/, one folder for each way of looking, numbered in the order of this file.

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const LANGUAGES = {
  en: {
    locale: 'en-GB',
    words: en,
    others: ['Bo', 'Cleo'],
    text: readFileSync(join(import.meta.dirname, '../fixtures/gallery/en.md'), 'utf8'),
  },
  'zh-Hant': {
    locale: 'zh-TW',
    words: zhHant,
    others: ['柏宇', '曉雯'],
    text: readFileSync(join(import.meta.dirname, '../fixtures/gallery/zh-Hant.md'), 'utf8'),
  },
} as const;

type Language = keyof typeof LANGUAGES;
type Words = typeof en | typeof zhHant;

/** Takes the pictures of one way of looking, one after the other. */
class Gallery {
  readonly #folder: string;
  #taken = 0;

  constructor(folder: string) {
    this.#folder = join(ROOT, 'screenshots', folder);
  }

  async take({ page }: Person, name: string): Promise<void> {
    const number = `${++this.#taken}`.padStart(2, '0');
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({
      path: join(this.#folder, `${number}-${name}.png`),
      animations: 'disabled',
      caret: 'initial',
    });
  }
}

/** The person's text, with the caret in the line that holds `text`, in the middle of the window. */
async function stand(person: Person, text: string): Promise<void> {
  const line = person.editor.getByText(text).first();
  await line.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await line.click();
}

/** The end of the last paragraph: in the middle of a full page lies a formula. */
async function toLast(person: Person): Promise<void> {
  const last = person.editor.locator(':scope > p').last();
  await last.click();
  await person.page.keyboard.press('End');
}

async function startPages(gallery: Gallery, product: Product, ada: Person, words: Words): Promise<void> {
  const { page } = ada;
  await page.goto('/');
  await expect(page.getByText(words.start.emptyHeading)).toBeVisible();
  await gallery.take(ada, 'start-empty');

  let answer: 'late' | 'never' | 'at once' = 'late';
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(
    (url) => url.pathname === '/api/documents',
    async (route) => {
      if (answer === 'late') await held;
      await (answer === 'at once' ? route.continue() : route.abort());
    },
  );
  await page.goto('/');
  await expect(page.getByTestId('skeleton')).toBeVisible();
  await gallery.take(ada, 'start-loading');
  answer = 'never';
  release();
  await expect(page.getByText(words.start.errorHeading)).toBeVisible();
  await gallery.take(ada, 'start-error');
  answer = 'at once';

  for (const title of Object.values(words.insert).slice(5, 12)) await product.create(title);
  await page.goto('/');
  await expect(page.getByRole('listitem')).toHaveCount(7);
  await gallery.take(ada, 'start-list');
  for (const [name, label] of [
    ['start-language', words.language.label],
    ['start-appearance', words.theme.label],
  ] as const) {
    await page.getByRole('button', { name: label }).click();
    await gallery.take(ada, name);
    await page.keyboard.press('Escape');
  }
  await page.goto('/d/no-such-document-here');
  await expect(page.getByText(words.document.missingHeading)).toBeVisible();
  await gallery.take(ada, 'document-missing');
  await page.goto('/nothing/here');
  await gallery.take(ada, 'page-missing');
}

/** A whiteboard with two people at it, by itself, and then as a block of a text. */
async function boards(gallery: Gallery, product: Product, ada: Person, bo: Person, words: Words): Promise<void> {
  const board = await createBoard(product, words.board.label);
  const [mine, theirs] = [new Drawer(ada), new Drawer(bo)];
  await Promise.all([mine.open(board), theirs.open(board)]);
  await gallery.take(ada, 'board-empty');
  // To the right of the colours, which stand at the left while one draws, and within what a phone shows.
  await theirs.draw('rectangle', [240, 160], [370, 230]);
  await theirs.draw('ellipse', [240, 290], [340, 350]);
  await theirs.draw('arrow', [300, 238], [290, 284]);
  await theirs.choose('text');
  await theirs.click([240, 390]);
  await bo.type(words.app.name);
  await bo.page.keyboard.press('Escape');
  await theirs.choose('stroke');
  await theirs.drag([
    [240, 500],
    [280, 460],
    [320, 520],
    [370, 470],
  ]);
  await theirs.choose('select');
  await theirs.pointAt([330, 420]);
  await mine.expectShapes(5);
  await expect(mine.cursorOf(bo)).toBeVisible();
  await gallery.take(ada, 'board');
  await mine.choose('select');
  await mine.click([240, 180]);
  await gallery.take(ada, 'board-selection');
  await ada.page.keyboard.press('Escape');
  await ada.page
    .getByRole('button', { name: words.board.actions })
    .or(ada.page.getByRole('button', { name: words.settings.open }))
    .first()
    .click();
  await gallery.take(ada, 'board-menu');
  await ada.page.keyboard.press('Escape');
}

async function openMenu(ada: Person, words: Words, item: string): Promise<void> {
  await ada.page.getByRole('button', { name: words.settings.open }).click();
  await ada.page.getByRole('menuitem', { name: item }).click();
}

for (const language of Object.keys(LANGUAGES) as Language[])
  for (const colorScheme of ['light', 'dark'] as const)
    for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
      const looks: Looks = { colorScheme, viewport: SIZES[size], locale: LANGUAGES[language].locale };
      const { words, others, text } = LANGUAGES[language];

      test(`${language} ${colorScheme} ${size}`, async ({ product, arrive }) => {
        const gallery = new Gallery(`${language}-${colorScheme}-${size}`);
        const ada = await arrive('Ada', looks);
        const { page } = ada;
        await startPages(gallery, product, ada, words);

        const stranger = await arrive('Stranger', { ...looks, stranger: true });
        const name = await product.create();
        await stranger.page.goto(`/d/${name}`);
        await expect(stranger.page.getByRole('dialog')).toBeVisible();
        await gallery.take(stranger, 'name-dialog');
        await stranger.page.context().close();

        await ada.open(name);
        await gallery.take(ada, 'document-empty');
        const [title = '', ...body] = text.split('\n');
        await ada.title.fill(title);
        await ada.toEnd();
        await ada.paste({ 'text/plain': body.join('\n').replace('(/icon.svg', `(${product.url}/icon.svg`) });
        await expect(ada.editor.locator('.diagram[data-state="drawn"]')).toHaveCount(1, { timeout: 30_000 });
        await ada.expectState('saved');
        await gallery.take(ada, 'paste-toast');

        const [bo, cleo] = await Promise.all(others.map((name) => arrive(name, { locale: looks.locale ?? 'en-GB' })));
        if (!bo || !cleo) throw new Error('nobody else came');
        await Promise.all([bo.open(name), cleo.open(name)]);
        const paragraphs = ada.editor.locator(':scope > p');
        const first = (await paragraphs.first().textContent()) ?? '';
        await stand(bo, first.slice(0, 8));
        await bo.page.keyboard.press('End');
        await bo.type(' ✓');
        await stand(ada, title === '' ? first : ((await ada.editor.getByRole('heading').first().textContent()) ?? ''));
        await page.evaluate(() => window.scrollTo(0, 0));
        await gallery.take(ada, 'document-top');
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        const step = SIZES[size].height - 140;
        for (let y = step, n = 2; y < height && n < 12; y += step, n++) {
          await page.evaluate((top) => window.scrollTo(0, top), y);
          await page.waitForTimeout(150);
          await gallery.take(ada, `document-${n}`);
        }

        // By a sign.
        await toLast(ada);
        await ada.type('\n/');
        await expect(page.getByTestId('suggestions')).toBeVisible();
        await gallery.take(ada, 'slash-menu');
        await page.keyboard.press('Escape');
        await page.keyboard.press('Backspace');
        await ada.type('@');
        await expect(page.getByTestId('suggestions')).toBeVisible();
        await gallery.take(ada, 'mention-menu');
        await page.keyboard.press('Escape');
        await page.keyboard.press('Backspace');
        await ada.type(':sm');
        await expect(page.getByTestId('suggestions')).toBeVisible();
        await gallery.take(ada, 'emoji-menu');
        await page.keyboard.press('Escape');
        await page.getByRole('toolbar').getByRole('button', { name: words.toolbar.emoji }).click();
        await expect(page.getByRole('option').first()).toBeVisible();
        await gallery.take(ada, 'emoji-panel');
        await page.keyboard.press('Escape');
        await expect(ada.editor).toBeFocused();
        await ada.type('\n');

        // Bars and menus at what is selected.
        await paragraphs.first().evaluate((element) => element.scrollIntoView({ block: 'center' }));
        await paragraphs.first().dblclick({ position: { x: 40, y: 10 } });
        await expect(page.getByRole('toolbar', { name: words.toolbar.selection })).toBeVisible();
        await gallery.take(ada, 'selection-bar');
        await page.keyboard.press('ControlOrMeta+k');
        await gallery.take(ada, 'link-panel');
        await page.keyboard.press('Escape');
        await ada.editor.getByRole('link').first().click();
        await gallery.take(ada, 'link-bar');
        await page.keyboard.press('Alt+Enter');
        await expect(page.getByRole('menu')).toBeVisible();
        await gallery.take(ada, 'block-menu');
        await page.keyboard.press('Escape');
        for (const [name, selector] of [
          ['callout-bar', '.callout'],
          ['table-bar', 'td'],
          ['code-bar', 'pre:visible'],
        ] as const) {
          const block = ada.editor.locator(selector).first();
          await block.evaluate((element) => element.scrollIntoView({ block: 'center' }));
          await block.click();
          await gallery.take(ada, name);
        }
        await page.keyboard.press('Alt+F9');
        await page.keyboard.press('Enter');
        await gallery.take(ada, 'code-language');
        await page.keyboard.press('Escape');
        const formula = ada.editor.locator('.math-block').first();
        await formula.evaluate((element) => element.scrollIntoView({ block: 'center' }));
        await formula.click();
        await gallery.take(ada, 'math-panel');
        await page.keyboard.press('Escape');
        const diagram = ada.editor.locator('.diagram-picture').first();
        await diagram.evaluate((element) => element.scrollIntoView({ block: 'center' }));
        await diagram.click();
        await gallery.take(ada, 'diagram-source');
        const image = ada.editor.locator('.image').first();
        await image.evaluate((element) => element.scrollIntoView({ block: 'center' }));
        await image.click();
        await gallery.take(ada, 'image-bar');

        // Reading and finding.
        await openMenu(ada, words, words.find.label);
        await page.getByRole('textbox', { name: words.find.find, exact: true }).fill(first.slice(0, 2));
        await gallery.take(ada, 'find');
        await page.keyboard.press('Escape');
        await openMenu(ada, words, words.outline.show);
        await gallery.take(ada, 'outline');
        if (size === 'phone') await page.getByRole('button', { name: words.outline.close }).click();
        else await openMenu(ada, words, words.outline.hide);
        await openMenu(ada, words, words.count.heading);
        await gallery.take(ada, 'count');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: words.settings.open }).click();
        await gallery.take(ada, 'menu');
        await page.keyboard.press('Escape');
        await openMenu(ada, words, words.shortcuts.heading);
        await gallery.take(ada, 'shortcuts');
        await page.getByRole('searchbox').fill('ctrl shift');
        await gallery.take(ada, 'shortcuts-found');
        await page.keyboard.press('Escape');

        // Together.
        const chat = (person: Person) => person.page.getByRole('button', { name: words.chat.open }).first();
        await chat(ada).click();
        await gallery.take(ada, 'chat-empty');
        await page.keyboard.press('Escape');
        await bo.page
          .getByRole('button', { name: words.chat.open })
          .or(bo.page.getByRole('button', { name: en.chat.open }))
          .first()
          .click();
        await bo.page.getByTestId('chat-field').click();
        await bo.type(first.slice(0, 40));
        await bo.page.keyboard.press('Enter');
        await expect(page.getByTestId('chat-unread')).toBeVisible();
        await gallery.take(ada, 'chat-unread');
        await chat(ada).click();
        await page.getByTestId('chat-field').click();
        await ada.type('👍');
        await page.keyboard.press('Enter');
        await bo.type('…');
        await expect(page.getByTestId('chat-typing')).toBeVisible();
        await gallery.take(ada, 'chat');
        await page.keyboard.press('Escape');
        await page.getByTestId('presence').getByRole('button').first().click();
        await gallery.take(ada, 'following');
        await page.keyboard.press('Escape');
        await expect(page.getByTestId('following')).toHaveCount(0);
        await page.keyboard.press('ControlOrMeta+Shift+f');
        await gallery.take(ada, 'focus-mode');
        await page.keyboard.press('ControlOrMeta+Shift+f');
        await page.emulateMedia({ media: 'print' });
        await gallery.take(ada, 'print');
        await page.emulateMedia({ media: 'screen' });

        await page.getByTestId('sync-state').click();
        await gallery.take(ada, 'saved-details');
        await page.keyboard.press('Escape');
        await boards(gallery, product, ada, bo, words);
        await Promise.all([ada.open(name), bo.open(name)]);

        // Without a connection.
        await product.kill();
        await ada.expectState('offline');
        await toLast(ada);
        await ada.type('Kept');
        await expect(page.getByTestId('sync-state')).toContainText(/\d/);
        await gallery.take(ada, 'offline');
        await page.getByTestId('sync-state').click();
        await gallery.take(ada, 'offline-details');
        await product.start();
        await ada.expectState('saved');
      });
    }
