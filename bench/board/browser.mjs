// npm run bench:board:browser: a board in a real browser: how soon a large one is there, how soon a change of others is seen, and what a frame costs
// while ten others move shapes. See ../README.md.
// Invariant: whoever draws does so through the server, as other browsers do; times of the two sides are of one machine's clock.

import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { build } from '../../scripts/build.mjs';
import { startPage, untilEnded } from '../../scripts/children.mjs';
import { CHROMIUM_ARGS, ensureChromium } from '../../scripts/chromium.mjs';
import * as Y from '../editor/yjs.mjs';
import { startServer } from '../harness/page-server.mjs';
import { installProbe } from './probe.mjs';

const ELEMENTS = 5_000;
const OTHERS = 10;
/** Milliseconds between two moves of one of the others, as the binding writes them, and how long they move. */
const MOVE_MS = 40;
const MOVING_MS = 10_000;
const CHANGES = 50;

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, 'no-build': { type: 'boolean', default: false } },
});

if (!options['no-build'] && !(await build('server', 'page'))) process.exit(1);
const browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_ARGS });
const page = await startPage();
try {
  for (let run = 0; run < Number(options.runs); run++) {
    const server = await startServer(page.url);
    try {
      console.log(JSON.stringify(await visit(server.url)));
    } finally {
      await server.close();
    }
  }
} finally {
  await browser.close();
  page.child.disconnect();
  await untilEnded(page.child);
}

/** @param {string} url */
async function visit(url) {
  const { name } = await post(url, { title: 'A full board', kind: 'board' });
  const first = await joined(url, name);
  first.doc.transact(() => {
    for (let at = 0; at < ELEMENTS; at++) first.board.set(`e${at}`, shape(at));
  });
  await stored(url, name, ELEMENTS);

  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, serviceWorkers: 'block' });
  const person = JSON.stringify({ id: 'reader0000000000', name: 'Reader' });
  await context.addInitScript((text) => localStorage.setItem('inkroom.person', text), person);
  const tab = await context.newPage();
  await tab.addInitScript(installProbe);
  await tab.goto(`${url}/d/${name}`); // once, so that its code is compiled and kept
  await tab.waitForFunction((count) => window.probe?.count() === count, ELEMENTS);
  await tab.goto('about:blank');
  await tab.goto(`${url}/d/${name}`);
  const loadMs = await tab.evaluate((count) => window.probe.until(() => window.probe.count() === count), ELEMENTS);

  const seen = [];
  for (let change = 0; change < CHANGES; change++) {
    const x = 10_000 + change;
    const waiting = tab.evaluate((x) => window.probe.seenAt('e0', x), x);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const sent = Date.now();
    first.board.get('e0').set('position', [x, 0]);
    seen.push((await waiting) - sent);
  }

  const others = await Promise.all(Array.from({ length: OTHERS }, () => joined(url, name)));
  const frames = tab.evaluate((ms) => window.probe.frames(ms), MOVING_MS);
  const until = Date.now() + MOVING_MS;
  for (let step = 0; Date.now() < until; step++) {
    for (const [at, other] of others.entries())
      other.board.get(`e${at * 7 + 1}`)?.set('position', [step % 600, at * 60]);
    await new Promise((resolve) => setTimeout(resolve, MOVE_MS));
  }
  const measured = await frames;
  for (const { provider } of [first, ...others]) provider.destroy();
  await context.close();
  return {
    loadMs: Math.round(loadMs),
    remoteMs: { p50: part(seen, 0.5), p95: part(seen, 0.95) },
    frameMs: { p50: part(measured.between, 0.5), p95: part(measured.between, 0.95) },
    workMs: { p50: part(measured.work, 0.5), p95: part(measured.work, 0.95) },
  };
}

/** @param {number} at */
function shape(at) {
  const position = [(at % 100) * 60, Math.floor(at / 100) * 60];
  const types = ['rectangle', 'ellipse', 'diamond'];
  const index =
    `b${String.fromCharCode(...[3, 2, 1, 0].map((power) => 97 + (Math.floor(at / 20 ** power) % 20)))}V`.slice(0, 6);
  return new Y.Map(Object.entries({ type: types[at % 3], position, size: [40, 40], seed: at + 1, index }));
}

/** @param {string} url @param {string} name */
async function joined(url, name) {
  const doc = new Y.Doc();
  const sync = `${url.replace('http', 'ws')}/sync`;
  const provider = new WebsocketProvider(sync, name, doc, { WebSocketPolyfill: WebSocket, disableBc: true });
  await new Promise((resolve) => provider.once('sync', resolve));
  return { doc, provider, board: doc.getMap('board:main') };
}

/** @param {string} url @param {object} body */
async function post(url, body) {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${url}/api/documents`, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.json();
}

/** @param {string} url @param {string} name @param {number} elements */
async function stored(url, name, elements) {
  for (;;) {
    const answer = await fetch(`${url}/api/documents/${name}/state`);
    const doc = new Y.Doc();
    if (answer.ok) Y.applyUpdate(doc, new Uint8Array(await answer.arrayBuffer()));
    if (doc.getMap('board:main').size === elements) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** @param {number[]} values @param {number} share */
function part(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 10) / 10;
}
