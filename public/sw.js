// The service worker: opens the page without a network.
// Invariant: what the server says wins. Only when it cannot be reached is a kept page shown; /api and /sync are never touched, and no answer
// that holds a document is kept: what a document holds is in IndexedDB (lib/client/device.ts).
//
// Registered as /sw.js?build=<id>: each build has a cache of its own, and the last one before it stays for the tabs that it still serves.

const BUILD = new URL(location.href).searchParams.get('build') ?? '';
const PREFIX = 'inkroom ';
const CACHE = `${PREFIX}${BUILD}`;

/** Shows any document, and the list: app/shell. */
const SHELL = '/shell';
/** Files of a build, whose names change with their content. */
const ASSETS = '/_next/static/';
/** Fonts of boards, in small pieces that are loaded when a letter needs one; a version of theirs is in their address. */
const FONTS = '/board/assets/';
/** Entries of one cache: some four times what all parts of the page are made of, and all fonts of boards, most of which are pieces of Chinese. */
const MOST_ENTRIES = 700;
/** Builds whose files are kept: this one and the one before. */
const BUILDS = 2;
/** Milliseconds after which a server that does not answer counts as away, where the page is here. */
const PATIENCE_MS = 8_000;

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOldBuilds().then(() => self.clients.claim()));
});

self.addEventListener('message', (event) => {
  const { type, urls } = event.data ?? {};
  // What the page had loaded before this worker was there; and the words of another language.
  if (type === 'keep' && Array.isArray(urls)) event.waitUntil(keepAssets(urls));
  if (type === 'renew') event.waitUntil(keepShell());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (isAsset(url.pathname)) event.respondWith(asset(request));
  else if (request.mode === 'navigate' && isPage(url.pathname)) event.respondWith(page(request));
});

/** @param {string} path */
function isAsset(path) {
  return path.startsWith(ASSETS) || path.startsWith(FONTS);
}

/** @param {string} path */
function isPage(path) {
  return path === '/' || path.startsWith('/d/');
}

/** Its headers are kept with it: the policy names the nonces that are in it. */
async function keepShell() {
  const response = await fetch(SHELL, { cache: 'no-store', credentials: 'same-origin' });
  if (!response.ok) throw new Error(`The shell answered ${response.status}.`);
  const text = await response.clone().text();
  await keepAssets([...text.matchAll(/"(\/_next\/static\/[^"\\]+)/g)].map((match) => match[1]));
  // Last: where the shell is, all that it needs is.
  await (await caches.open(CACHE)).put(SHELL, response);
}

/** And what these load when there is need: the shell's editor is made of other files than that of a document's own page. @param {unknown[]} urls */
async function keepAssets(urls) {
  const cache = await caches.open(CACHE);
  const found = new Set();
  let next = urls;
  while (next.length > 0 && found.size < MOST_ENTRIES) {
    const paths = next
      .filter((url) => typeof url === 'string' && URL.canParse(url, location.origin))
      .map((url) => new URL(url, location.origin))
      .filter(({ origin, pathname }) => origin === location.origin && isAsset(pathname))
      .map(({ href }) => href)
      .filter((path) => !found.has(path));
    for (const path of paths) found.add(path);
    next = (await Promise.all([...new Set(paths)].map((path) => keepAsset(cache, path)))).flat();
  }
  await bound(cache);
}

/** Resolves with the files that this one names. @param {Cache} cache @param {string} path */
async function keepAsset(cache, path) {
  const kept = await cache.match(path);
  const response = kept ?? (await fetch(path).catch(() => undefined));
  if (!response?.ok) return [];
  if (!kept) await cache.put(path, response.clone());
  if (!path.endsWith('.js')) return [];
  const source = await response.text();
  return [...source.matchAll(/"(static\/chunks\/[^"\\]+)"/g)].map((match) => `/_next/${match[1]}`);
}

/** @param {Request} request */
async function asset(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request, response.clone()).catch(() => undefined); // no room on the device: the page works all the same
    await bound(cache);
  }
  return response;
}

/** @param {Request} request */
async function page(request) {
  const shell = await (await caches.open(CACHE)).match(SHELL);
  try {
    const response = await fetch(request, shell ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {});
    // A proxy whose server is away says so with these.
    if (shell && [502, 503, 504].includes(response.status)) return shell;
    return response;
  } catch (error) {
    if (shell) return shell;
    throw error;
  }
}

/** The oldest entries go first; the shell stays. @param {Cache} cache */
async function bound(cache) {
  const requests = await cache.keys();
  const surplus = requests.filter((request) => new URL(request.url).pathname !== SHELL).slice(0, -MOST_ENTRIES);
  await Promise.all(surplus.map((request) => cache.delete(request)));
}

async function removeOldBuilds() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  // In the order in which they were made.
  await Promise.all(names.slice(0, Math.max(0, names.length - (BUILDS - 1))).map((name) => caches.delete(name)));
}
