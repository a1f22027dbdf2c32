import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS, FIREFOX_LAUNCH, findBrowser } from './scripts/browsers.mjs';

// The browser tests. Each test has a sync server, a data directory and a port of its own; all share one page process
// (tests/support/page-setup.ts).

const executablePath = findBrowser('chromium');
if (!executablePath) throw new Error('No Chromium found. `npm test -- e2e` installs one, or set INKROOM_CHROMIUM.');
const firefoxPath = findBrowser('firefox');

/** What browsers do in ways of their own, by its rules: the project `firefox` runs these, the project `e2e` all. */
const IN_FIREFOX = rules(
  ...['E2E-1', 'E2E-3', 'E2E-4', 'E2E-5'], // keys, the caret, undo
  ...['E2E-20', 'E2E-21', 'E2E-22', 'OFFLINE-1'], // sockets, storage, the service worker
  ...['E2E-48', 'E2E-51', 'E2E-52', 'E2E-55'], // Tab, drag and drop, bars at the selection, tables
  ...['E2E-61', 'E2E-62'], // the clipboard, downloads, scrolling
  ...['PASTE-1', 'IMAGE-7', 'MATH-6'],
  ...['BOARD-141', 'BOARD-144'], // canvas
);

/** Matches the titles of the tests of these rules. */
function rules(...names: string[]): RegExp {
  return new RegExp(`\\[(${names.join('|')})\\]`);
}

export default defineConfig({
  testDir: 'tests/e2e',
  projects: [
    { name: 'e2e', testMatch: '**/*.e2e.ts' },
    {
      name: 'firefox',
      testMatch: '**/*.e2e.ts',
      grep: IN_FIREFOX,
      use: {
        browserName: 'firefox',
        channel: FIREFOX_LAUNCH.channel,
        launchOptions: { ...FIREFOX_LAUNCH, ...(firefoxPath === undefined ? {} : { executablePath: firefoxPath }) },
        screenshot: 'off', // Playwright would put a style of its own into the page, which the page's policy refuses
      },
    },
    { name: 'screenshots', testMatch: ['screenshots.ts', 'gallery.ts'] }, // npm run screenshots
  ],
  globalSetup: './tests/support/page-setup.ts',
  outputDir: 'test-results',
  // A retry would hide the race that the test is there to find.
  retries: 0,
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath, args: CHROMIUM_ARGS },
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
  },
});
