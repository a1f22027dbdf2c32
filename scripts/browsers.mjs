// Chromium and Firefox for the browser tests: found where there is one, else installed, else asked for in one sentence.
// Invariant: the tests run in real browsers or fail; they are never skipped for want of one.

import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { findProgram, installProgram } from './programs.mjs';
import { tool } from './tools.mjs';

/**
 * @typedef {import('./programs.mjs').Program & { download?: string }} Browser `download`: what Playwright calls the one that it downloads
 */

/** @satisfies {Record<string, Browser>} */
const BROWSERS = {
  chromium: {
    title: 'Chromium',
    variables: ['INKROOM_CHROMIUM', 'CHROME_PATH'],
    // The shell without windows first: the same engine for a third of the processor time (2.4 s against 6.8 s for three small pages), for
    // it does not draw a browser around each page that nobody sees.
    names: ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    places: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
      'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    ],
    packages: ['chromium-headless-shell', 'chromium'], // Debian 11 and older have no shell of its own
    download: 'chromium',
  },
  // The one that people have: Playwright drives it by WebDriver BiDi. Its own is another build, with another protocol.
  firefox: {
    title: 'Firefox',
    variables: ['INKROOM_FIREFOX'],
    names: ['firefox-esr', 'firefox'],
    places: [
      '/Applications/Firefox.app/Contents/MacOS/firefox',
      'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
      'C:\\Program Files (x86)\\Mozilla Firefox\\firefox.exe',
    ],
    packages: ['firefox-esr', 'firefox'], // Ubuntu and Debian unstable have no ESR
  },
};

/** @typedef {keyof typeof BROWSERS} BrowserName */

/**
 * Root has no sandbox, and a test browser that looks for updates or a QUIC server makes requests which no test made.
 */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** A machine without a desk: Firefox would find no mouse, and be what a phone is. Bits: 2 points precisely, 4 hovers. */
const MOUSE = 2 | 4;

/** What Playwright's `launch` is told, so that it drives a Firefox as people have it. */
export const FIREFOX_LAUNCH = {
  channel: 'moz-firefox',
  args: [],
  firefoxUserPrefs: {
    'ui.primaryPointerCapabilities': MOUSE,
    'ui.allPointerCapabilities': MOUSE,
    // What is read back from a canvas would differ from what is drawn there, in each Firefox in another way.
    'privacy.baselineFingerprintingProtection': false,
    'privacy.fingerprintingProtection': false,
    'dom.events.testing.asyncClipboard': true, // a page reads the clipboard without asking, as with the permission in Chromium
  },
};

/**
 * The environment's, the system's, Playwright's own, in this order.
 * @param {BrowserName} name
 * @returns {string | undefined} the path of the program
 * @throws when the environment names a program that is not there
 */
export function findBrowser(name) {
  /** @type {Browser} */
  const { download, ...program } = BROWSERS[name];
  const own = download === undefined ? [] : [chromium.executablePath()];
  return findProgram(program) ?? own.find((path) => existsSync(path));
}

/**
 * Finds a browser, or installs it: Debian's package where we may, Playwright's download otherwise.
 * @param {BrowserName} name
 * @returns {Promise<string>}
 * @throws with what to do when neither worked
 */
export async function ensureBrowser(name) {
  const found = findBrowser(name);
  if (found) return found;
  /** @type {Browser} */
  const { download, ...program } = BROWSERS[name];
  const { title, variables, packages } = program;
  if (!(await installProgram(program)) && download) {
    console.log(`No ${title} here: downloading Playwright's ...`);
    await tool('playwright', ['install', download]);
  }
  const installed = findBrowser(name);
  if (installed) return installed;
  const elsewhere = download ? `; elsewhere: npx playwright install ${download}` : '';
  throw new Error(
    `The browser tests need ${title} and it could not be installed. Install it (Debian: apt-get install ${packages[0]}${elsewhere}), ` +
      `or set ${variables[0]} to the path of its program.`,
  );
}
