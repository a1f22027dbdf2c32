import { test as base, type CDPSession, expect, type Locator, type Page } from '@playwright/test';
import * as Y from 'yjs';
import { Product } from './product.ts';

// People in browsers: each has a browser context of their own, a name already picked, and one page.
// Invariant: no test passes in which a page asked another origin for anything, threw, or complained on its console.

export interface Looks {
  /** Someone who was never asked for a name. */
  stranger?: boolean;
  locale?: 'en-GB' | 'zh-TW';
  colorScheme?: 'light' | 'dark';
  viewport?: { width: number; height: number };
  deviceScaleFactor?: number;
  javaScriptEnabled?: boolean;
  /** `allow`: the page is kept for being offline. Else every visit gets it from the server, which tests may stand between. */
  serviceWorkers?: 'allow' | 'block';
}

interface Fixtures {
  /** Variables of the server's environment, for `test.use`. */
  serverEnv: Readonly<Record<string, string>>;
  /** Started before the test, gone after it; its output is attached to a failure. */
  product: Product;
  /** A person comes with a browser of their own. They leave at the end of the test. */
  arrive: (name: string, looks?: Looks) => Promise<Person>;
}

export const test = base.extend<Fixtures>({
  serverEnv: [{}, { option: true }],
  product: async ({ serverEnv }, use, info) => {
    const page = process.env.INKROOM_TEST_PAGE;
    if (page === undefined) throw new Error('tests/support/page-setup.ts has not run.');
    const product = await Product.open(page, serverEnv);
    await use(product);
    await product.close();
    if (info.status !== info.expectedStatus) await info.attach('server.log', { body: logOf(product) });
  },
  arrive: async ({ browser, product }, use) => {
    const people: Person[] = [];
    await use(async (name, { stranger = false, ...looks } = {}) => {
      const context = await browser.newContext({ serviceWorkers: 'block', ...looks, baseURL: product.url });
      if (!stranger) await context.addInitScript(keepPerson, { id: name.toLowerCase().padEnd(16, '0'), name });
      const person = new Person(name, await context.newPage(), product.url);
      people.push(person);
      return person;
    });
    for (const person of people) {
      await person.page.context().close();
      expect(person.complaints, `what ${person.name}'s browser complained about`).toEqual([]);
    }
  },
});

export { expect };

/** Runs in every page and frame before anything else does; an empty tab has no storage, nor has a sandboxed frame. */
function keepPerson(person: { id: string; name: string }): void {
  if (location.protocol === 'http:' && window === top) localStorage.setItem('inkroom.person', JSON.stringify(person));
}

function logOf(product: Product): string {
  return [...product.log.map((line) => JSON.stringify(line)), product.errors].join('\n');
}

/** What a browser says by itself when a server is away or a page is missing; and what Next says when a link has to be followed without a server. */
const EXPECTED_COMPLAINTS =
  /WebSocket connection to .* failed|Failed to load resource|net::ERR_|^Failed to fetch RSC payload .* Falling back to browser navigation/;

export class Person {
  readonly name: string;
  /** Errors, and requests to other origins. */
  readonly complaints: string[] = [];
  readonly #url: string;
  #page: Page;

  constructor(name: string, page: Page, url: string) {
    this.name = name;
    this.#url = url;
    this.#page = this.#watch(page);
  }

  get page(): Page {
    return this.#page;
  }

  get editor(): Locator {
    return this.#page.getByTestId('editor');
  }

  get title(): Locator {
    return this.#page.getByTestId('title');
  }

  /** Opens a document and waits for its text. */
  async open(document: string): Promise<void> {
    await this.#page.goto(`/d/${document}`);
    await expect(this.editor).toBeVisible();
  }

  /** Closes the tab at once, as a person does, and opens an empty one. Storage stays. */
  async newTab(): Promise<void> {
    const context = this.#page.context();
    const next = await context.newPage();
    await this.#page.close({ runBeforeUnload: false });
    this.#page = this.#watch(next);
  }

  /** Clicks into the text; the caret goes behind its last character. */
  async toEnd(): Promise<void> {
    await this.editor.click();
    await this.#page.keyboard.press('ControlOrMeta+End');
  }

  /** Clicks into the text; the caret goes before its first character. */
  async toStart(): Promise<void> {
    await this.editor.click();
    await this.#page.keyboard.press('ControlOrMeta+Home');
  }

  /** Key by key, where the caret is. */
  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
  }

  /** What a press of Ctrl+V does once the browser has read the clipboard. */
  async paste(formats: Record<string, string>): Promise<void> {
    await this.editor.evaluate((element, formats) => {
      const clipboardData = new DataTransfer();
      for (const [type, data] of Object.entries(formats)) clipboardData.setData(type, data);
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, formats);
  }

  /** The text of every block, in order, also of those in sheets. */
  lines(): Promise<string[]> {
    return this.editor.locator(':scope > :not(.sheet), :scope > .sheet > *').allTextContents();
  }

  /** Waits until what one sees is said to be saved, offline, and so on. */
  async expectState(state: 'connecting' | 'syncing' | 'saved' | 'saving' | 'offline' | 'refused'): Promise<void> {
    await expect(this.#page.getByTestId('sync-state')).toHaveAttribute('data-state', state);
  }

  /** Waits for a line that contains `text`. */
  async expectText(text: string): Promise<void> {
    await expect(this.editor).toContainText(text);
  }

  /** The caret of someone else, as this person sees it. */
  caretOf(other: Person): Locator {
    return this.#page.locator(`[data-testid="caret"][data-name="${other.name}"]`);
  }

  /** The browser's own protocol, for what Playwright has no call for. */
  cdp(): Promise<CDPSession> {
    return this.#page.context().newCDPSession(this.#page);
  }

  #watch(page: Page): Page {
    const visit = (url: string) => {
      const { protocol, host } = new URL(url);
      if (['data:', 'blob:'].includes(protocol) || host === new URL(this.#url).host) return;
      this.complaints.push(`a request to ${url}`);
    };
    page.on('request', (request) => visit(request.url()));
    page.on('websocket', (socket) => visit(socket.url()));
    page.on('pageerror', (error) => this.complaints.push(`an exception: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED_COMPLAINTS.test(message.text())) {
        this.complaints.push(`on the console: ${message.text()}`);
      }
    });
    return page;
  }
}

/** Waits until everybody is told "saved" and sees, block by block, what lies on the server's disk. Resolves with it. */
export async function expectSameText(product: Product, document: string, people: Person[]): Promise<string[]> {
  for (const person of people) await person.expectState('saved');
  let stored: string[] = [];
  await expect(async () => {
    stored = linesOf(await product.stored(document));
    for (const person of people) expect(await person.lines(), `what ${person.name} sees`).toEqual(stored);
  }).toPass({ timeout: 30_000 });
  return stored;
}

/** The text of every block of a document, in order. */
export function linesOf(doc: Y.Doc): string[] {
  return doc.getXmlFragment('content').toArray().map(textOf);
}

function textOf(node: Y.XmlElement | Y.XmlText | Y.XmlHook): string {
  if (node instanceof Y.XmlText) {
    return (node.toDelta() as { insert: unknown }[])
      .map(({ insert }) => (typeof insert === 'string' ? insert : ''))
      .join('');
  }
  return node instanceof Y.XmlElement ? node.toArray().map(textOf).join('') : '';
}
