// Chromium for the browser tests: found where there is one, else installed, else asked for in one sentence.
// Invariant: the tests run in a real browser or fail; they are never skipped for want of one.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';
import { run, tool } from './tools.mjs';

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

/**
 * The shell without windows first: the same engine for a third of the processor time (2.4 s against 6.8 s for three small pages), for
 * it does not draw a browser around each page that nobody sees.
 */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where programs of this kind are when they are not on the PATH. */
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The environment's, the system's, Playwright's own, in this order.
 * @returns {string | undefined} the path of the program
 * @throws when the environment names a program that is not there: silently taking another one would hide the mistake
 */
export function findChromium() {
  for (const name of ['INKROOM_CHROMIUM', 'CHROME_PATH']) {
    const path = process.env[name];
    if (!path) continue;
    if (!existsSync(path)) throw new Error(`${name} is ${path}, and there is no such file.`);
    return path;
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const system = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...PLACES];
  return [...system, chromium.executablePath()].find((path) => existsSync(path));
}

/**
 * Finds Chromium, or installs it: Debian's package where we may, Playwright's download otherwise.
 * @returns {Promise<string>}
 * @throws with what to do when neither worked
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    console.log('No Chromium here: installing the package of Debian ...');
    await run('apt-get', ['update']);
    const install = (/** @type {string} */ name) => run('apt-get', ['install', '-y', '--no-install-recommends', name]);
    // Debian 11 and older have no shell of its own.
    if ((await install('chromium-headless-shell')) !== 0) await install('chromium');
  } else {
    console.log("No Chromium here: downloading Playwright's ...");
    await tool('playwright', ['install', 'chromium']);
  }
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(
    'The browser tests need Chromium and it could not be installed. Install it (Debian: apt-get install chromium-headless-shell; elsewhere: ' +
      'npx playwright install chromium), or set INKROOM_CHROMIUM to the path of a Chromium or Chrome.',
  );
}
