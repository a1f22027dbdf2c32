import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Browser,
  test as base,
  type CDPSession,
  chromium,
  expect,
  firefox,
  type Locator,
  type Page,
} from '@playwright/test';
import * as Y from 'yjs';
import { CHROMIUM_ARGS, FIREFOX_LAUNCH, findBrowser } from '../../scripts/browsers.mjs';
import { Held } from './held.ts';
import { Line } from './line.ts';
import { Product } from './product.ts';

// People in browsers: each has a browser context of their own, a name already picked, and one page.
// Invariant: no test passes in which a page asked another origin for anything, threw, or complained on its console.
// One text serves Chromium and Firefox: what Playwright cannot do in one of them in the same way is done here in another, with the reason.

export type BrowserName = 'chromium' | 'firefox';

export interface Looks {
  /** Else the one of the project. */
  browser?: BrowserName;
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

interface Seat {
  readonly browser: Browser;
  /** Where it saves what is downloaded. */
  readonly downloads: string;
}

interface WorkerFixtures {
  /** The browser that the `at`th person of a test gets: started when it is wanted, gone with the last test. */
  seats: (name: BrowserName, at: number) => Promise<Seat>;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  serverEnv: [{}, { option: true }],
  seats: [
    async ({ browserName: _ }, use) => {
      const taken = new Map<string, Promise<Seat>>();
      await use((name, at) => {
        // Of the windows of one Firefox one has the focus; in the others one would write as nobody does. Chromium lets all have it.
        const key = name === 'firefox' ? `${name} ${at}` : name;
        const seat = taken.get(key) ?? launch(name);
        taken.set(key, seat);
        return seat;
      });
      for (const seat of taken.values()) {
        const { browser, downloads } = await seat;
        await browser.close();
        rmSync(downloads, { recursive: true, force: true });
      }
    },
    { scope: 'worker' },
  ],
  product: async ({ serverEnv }, use, info) => {
    const page = process.env.INKROOM_TEST_PAGE;
    if (page === undefined) throw new Error('tests/support/page-setup.ts has not run.');
    const product = await Product.open(page, serverEnv);
    await use(product);
    await product.close();
    if (info.status !== info.expectedStatus) await info.attach('server.log', { body: logOf(product) });
  },
  arrive: async ({ seats, browserName, product }, use) => {
    const people: Person[] = [];
    const lines: Line[] = [];
    const coming: BrowserName[] = [];
    await use(async (name, { stranger = false, browser: its = browserName as BrowserName, ...looks } = {}) => {
      const at = coming.filter((one) => one === its).length;
      coming.push(its);
      const line = its === 'firefox' ? await Line.to(product.port) : undefined;
      if (line) lines.push(line);
      const baseURL = line?.url ?? product.url;
      const { browser, downloads } = await seats(its, at);
      const context = await browser.newContext({ serviceWorkers: 'block', ...looks, baseURL });
      if (!stranger) await context.addInitScript(keepPerson, { id: name.toLowerCase().padEnd(16, '0'), name });
      // Playwright cannot tell a Firefox whether its system is dark: there, the person has chosen it.
      if (its === 'firefox' && looks.colorScheme) await context.addInitScript(keepTheme, looks.colorScheme);
      // Nor does it turn scripts off in Firefox: there, none of the page's arrives.
      if (its === 'firefox' && looks.javaScriptEnabled === false) {
        await context.route('**/_next/static/**/*.js', (route) => route.abort());
      }
      const page = await context.newPage();
      const person = new Person(name, { page, browser: its, url: baseURL, product, line, downloads });
      people.push(person);
      return person;
    });
    for (const person of people) {
      await person.page.context().close();
      expect(person.complaints, `what ${person.name}'s browser complained about`).toEqual([]);
    }
    for (const line of lines) await line.close();
  },
});

export { expect };

/** Runs in every page and frame before anything else does; an empty tab has no storage, nor has a sandboxed frame. */
function keepPerson(person: { id: string; name: string }): void {
  if (location.protocol === 'http:' && window === top) localStorage.setItem('inkroom.person', JSON.stringify(person));
}

/** Unless another one was chosen since. */
function keepTheme(theme: string): void {
  if (location.protocol === 'http:' && window === top) localStorage.theme ??= theme;
}

async function launch(name: BrowserName): Promise<Seat> {
  const executablePath = findBrowser(name);
  if (!executablePath) throw new Error(`There is no ${name} here.`);
  const downloads = mkdtempSync(join(tmpdir(), 'inkroom-downloads-'));
  const options = { executablePath, downloadsPath: downloads };
  const browser =
    name === 'chromium'
      ? await chromium.launch({ ...options, args: CHROMIUM_ARGS })
      : await firefox.launch({ ...options, ...FIREFOX_LAUNCH });
  return { browser, downloads };
}

function logOf(product: Product): string {
  return [...product.log.map((line) => JSON.stringify(line)), product.errors].join('\n');
}

/** What a browser says by itself when a server is away or a page is missing; and what Next says when a link has to be followed without a server. */
const EXPECTED_COMPLAINTS =
  /WebSocket connection to .* failed|Failed to load resource|net::ERR_|^Failed to fetch RSC payload .* Falling back to browser navigation|^Firefox can’t establish a connection to the server at ws|^The connection to ws\S+ was interrupted/;

interface Arrival {
  page: Page;
  browser: BrowserName;
  /** Where the product is, as this person's browser sees it. */
  url: string;
  product: Product;
  line: Line | undefined;
  downloads: string;
}

export class Person {
  readonly name: string;
  /** Errors, and requests to other origins. */
  readonly complaints: string[] = [];
  /** The product, as this person's browser sees it. */
  readonly url: string;
  readonly browser: BrowserName;
  readonly #hosts: readonly string[];
  readonly #line: Line | undefined;
  readonly #downloads: string;
  #page: Page;

  constructor(name: string, { page, browser, url, product, line, downloads }: Arrival) {
    this.name = name;
    this.url = url;
    this.browser = browser;
    this.#hosts = [url, product.url].map((own) => new URL(own).host);
    this.#line = line;
    this.#downloads = downloads;
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

  /** Puts `text` in the place of what is in a field. By keys: in Firefox `fill` sets the value in a way that React does not see. */
  async fill(field: Locator, text: string): Promise<void> {
    await field.press('ControlOrMeta+a');
    await this.type(text);
  }

  /** So many lines at one go, `Line 0.` first, and an empty one behind them. */
  async pasteLines(count: number): Promise<void> {
    await this.paste({ 'text/html': Array.from({ length: count }, (_, line) => `<p>Line ${line}.</p>`).join('') });
    await this.#page.keyboard.press('Enter');
  }

  /** What a press of Ctrl+V does once the browser has read the clipboard. */
  async paste(formats: Record<string, string>): Promise<void> {
    await this.editor.evaluate((element, formats) => {
      const clipboardData = new DataTransfer();
      for (const [type, data] of Object.entries(formats)) clipboardData.setData(type, data);
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      Object.defineProperty(event, 'clipboardData', { value: clipboardData }); // Firefox gives an event of a script an empty one
      element.dispatchEvent(event);
    }, formats);
  }

  /** Puts a PNG into the clipboard, and presses Ctrl+V: the browser writes the picture anew, and its bytes are others. */
  async pastePicture(picture: Uint8Array): Promise<void> {
    const bytes = [...picture];
    if (this.browser === 'firefox') {
      // Without a desk Firefox has a clipboard for text only: here begins what it does once it has read a picture.
      await this.editor.evaluate((element, bytes) => {
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }));
        const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true });
        Object.defineProperty(event, 'clipboardData', { value: clipboardData });
        element.dispatchEvent(event);
      }, bytes);
      return;
    }
    await this.allowClipboard();
    await this.#page.evaluate(async (bytes) => {
      const picture = new Blob([new Uint8Array(bytes)], { type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
    }, bytes);
    await this.#page.keyboard.press('ControlOrMeta+v');
  }

  /** The page may write and read the clipboard. In Firefox a setting of the whole browser says so (scripts/browsers.mjs). */
  async allowClipboard(): Promise<void> {
    if (this.browser === 'firefox') return;
    await this.#page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  }

  /** Lets go of what is dragged. Driven by WebDriver, Firefox drags and never drops: there, the page is told so. */
  async dropAt(x: number, y: number): Promise<void> {
    await this.#page.mouse.up();
    if (this.browser !== 'firefox') return;
    await this.#page.evaluate(
      ([clientX, clientY]) => {
        const at = { clientX, clientY, bubbles: true, cancelable: true };
        document.elementFromPoint(clientX, clientY)?.dispatchEvent(new DragEvent('drop', at));
        document.querySelector('[draggable="true"]')?.dispatchEvent(new DragEvent('dragend', at));
      },
      [x, y] as const,
    );
  }

  /** Does something of which a file comes, and resolves with it. Firefox does not tell Playwright which one: there, it is the one that appears. */
  async download(act: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
    if (this.browser === 'firefox') {
      await act();
      let name = '';
      await expect
        .poll(() => {
          const files = readdirSync(this.#downloads); // a second one, until it is whole
          name = files[0] ?? '';
          return files.length === 1 && statSync(join(this.#downloads, name)).size > 0;
        }, 'one file')
        .toBe(true);
      const bytes = readFileSync(join(this.#downloads, name));
      rmSync(join(this.#downloads, name));
      return { name, bytes };
    }
    const [download] = await Promise.all([this.#page.waitForEvent('download'), act()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  /** From the next visit on no socket of the page reaches the server, until it is released. */
  async holdSync(): Promise<Held> {
    const held = new Held();
    await this.#page.routeWebSocket(/\/sync/, async (route) => {
      await held.pass();
      route.connectToServer();
    });
    return held;
  }

  /** In Firefox Playwright stops what is asked anew, and leaves open sockets open: there, the line is cut too. */
  async goOffline(): Promise<void> {
    await this.#page.context().setOffline(true);
    this.#line?.cut();
  }

  async goOnline(): Promise<void> {
    this.#line?.mend();
    await this.#page.context().setOffline(false);
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
      if (['data:', 'blob:'].includes(protocol) || this.#hosts.includes(host)) return;
      this.complaints.push(`a request to ${url}`);
    };
    page.on('request', (request) => visit(request.url()));
    page.on('websocket', (socket) => visit(socket.url()));
    // Firefox's own complaints come as exceptions.
    page.on('pageerror', ({ message, stack }) => {
      if (!EXPECTED_COMPLAINTS.test(message)) this.complaints.push(`an exception: ${message}\n${stack}`);
    });
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
  if (node instanceof Y.XmlElement) return node.toArray().map(textOf).join('');
  if (!(node instanceof Y.XmlText)) return '';
  const parts = node.toDelta() as { insert: unknown }[];
  return parts.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('');
}
