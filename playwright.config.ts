import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from './scripts/chromium.mjs';

// The browser tests. Each test has a sync server, a data directory and a port of its own; all share one page process
// (tests/support/page-setup.ts).

const executablePath = findChromium();
if (!executablePath) throw new Error('No Chromium found. `npm test -- e2e` installs one, or set INKROOM_CHROMIUM.');

export default defineConfig({
  testDir: 'tests/e2e',
  projects: [
    { name: 'e2e', testMatch: '**/*.e2e.ts' },
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
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
