// npm run bench:board:browser: a board in a real browser: how soon a large one is there, how soon a change of others is seen, and what a frame costs
// while ten others move shapes; beside a plain Excalidraw with the same shapes and moves. See ../README.md.
// Invariant: whoever draws does so through the server, as other browsers do; times of the two sides are of one machine's clock; both pages are
// measured in turns, in the same browser, with the same shapes in the window.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import WebSocket, { WebSocketServer } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { CHROMIUM_ARGS, ensureBrowser } from '../../scripts/browsers.mjs';
import { build } from '../../scripts/build.mjs';
import { startPage, untilEnded } from '../../scripts/children.mjs';
import { buildPlain, servePlain } from '../editor/plain-page.mjs';
import * as Y from '../editor/yjs.mjs';
import { startServer } from '../harness/page-server.mjs';
import { median } from '../harness/stats.mjs';
import { installProbe } from './probe.mjs';
import { ELEMENTS, excalidrawElement, OTHERS, storedElement } from './shapes.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PLAIN = join(HERE, '../.cache/board-plain');
/** Milliseconds between two moves of one of the others, as the binding writes them, and how long they move. */
const MOVE_MS = 40;
const MOVING_MS = 8_000;
const PANNING_MS = 4_000;
/** Nothing moves: what the machine itself takes of frames. */
const STILL_MS = 2_000;
const CHANGES = 50;

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    only: { type: 'string' }, // inkroom or plain
    load: { type: 'boolean', default: false }, // nothing but the load
    'no-build': { type: 'boolean', default: false },
  },
});

if (!options['no-build']) {
  if (!(await build('server', 'page'))) process.exit(1);
  await buildPlain(join(HERE, 'plain'), PLAIN);
}
const browser = await chromium.launch({ executablePath: await ensureBrowser('chromium'), args: CHROMIUM_ARGS });
const page = await startPage();
/** @type {Record<'inkroom' | 'plain', Record<string, number>[]>} */
const runs = { inkroom: [], plain: [] };
try {
  for (let run = 0; run < Number(options.runs); run++) {
    for (const [name, open] of /** @type {const} */ ([
      ['inkroom', openInkroom],
      ['plain', openPlain],
    ])) {
      if (options.only !== undefined && options.only !== name) continue;
      const board = await open();
      try {
        runs[name].push(await visit(board));
        console.error(name, JSON.stringify(runs[name].at(-1)));
      } finally {
        await board.close();
      }
    }
  }
  report();
} finally {
  await browser.close();
  page.child.disconnect();
  await untilEnded(page.child);
}

/** A board of our own with the shapes, and others who move them through its server. */
async function openInkroom() {
  const server = await startServer(page.url);
  const { name } = await post(server.url, { title: 'A full board', kind: 'board' });
  const joined = async () => {
    const doc = new Y.Doc();
    const sync = `${server.url.replace('http', 'ws')}/sync`;
    const provider = new WebsocketProvider(sync, name, doc, { WebSocketPolyfill: WebSocket, disableBc: true });
    await new Promise((resolve) => provider.once('sync', resolve));
    return { doc, provider, board: doc.getMap('board:main') };
  };
  const others = [await joined()];
  others[0].doc.transact(() => {
    for (let at = 0; at < ELEMENTS; at++) others[0].board.set(`e${at}`, new Y.Map(Object.entries(storedElement(at))));
  });
  await stored(server.url, name);
  while (others.length < OTHERS) others.push(await joined());
  return {
    url: `${server.url}/d/${name}`,
    /** @param {number} who @param {string} id @param {[number, number]} position */
    move: (who, id, position) => others[who].board.get(id)?.set('position', position),
    close: async () => {
      for (const { provider, doc } of others) {
        provider.destroy();
        doc.destroy(); // ends the clock of its awareness, which would keep this process
      }
      await server.close();
    },
  };
}

/** The plain page with the shapes, and a socket that tells it each move by itself, as our server does. */
async function openPlain() {
  const elements = Array.from({ length: ELEMENTS }, (_, at) => excalidrawElement(at));
  const served = await servePlain(PLAIN, { '/elements.json': JSON.stringify(elements) });
  const sockets = new WebSocketServer({ server: served.server });
  return {
    url: `${served.url}/`,
    /** @param {number} _who @param {string} id @param {[number, number]} position */
    move: (_who, id, position) => {
      for (const socket of sockets.clients) socket.send(JSON.stringify([id, position]));
    },
    close: async () => {
      sockets.close();
      served.close();
    },
  };
}

/** @param {{ url: string, move: (who: number, id: string, position: [number, number]) => void }} board */
async function visit({ url, move }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, serviceWorkers: 'block' });
  const person = JSON.stringify({ id: 'reader0000000000', name: 'Reader' });
  await context.addInitScript(
    (text) => location.protocol === 'http:' && localStorage.setItem('inkroom.person', text),
    person,
  );
  const tab = await context.newPage();
  await tab.addInitScript(installProbe);
  const cdp = await context.newCDPSession(tab);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const work = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
  };
  try {
    await tab.goto(url); // once, so that its code is compiled and kept
    await tab.waitForFunction((count) => window.probe?.count() === count, ELEMENTS);
    await tab.goto('about:blank');
    await tab.goto(url);
    const loaded = await tab.evaluate((count) => window.probe.loaded(count), ELEMENTS);
    const loading = Math.round(await work());
    const visible = await tab.evaluate(() => window.probe.visible());
    const final = await tab.evaluate(() => window.probe.final());
    Object.assign(loaded, { loading, visible, final: final ?? loaded.shown });
    if (options.load) return loaded;
    await tab.waitForTimeout(2_000);

    await wholeOf(tab);
    const seen = [];
    for (let change = 0; change < CHANGES; change++) {
      const x = 1_000 + change * 10;
      const waiting = tab.evaluate((x) => window.probe.seenAt('e0', x), x);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const sent = Date.now();
      move(0, 'e0', [x, 0]);
      seen.push((await waiting) - sent);
    }
    const one = await wholeOf(tab);
    const still = await framesOf(tab, work, STILL_MS, () => new Promise((resolve) => setTimeout(resolve, MOVE_MS)));
    const all = await moving(tab, work, (who, step) => move(who, `e${who * 7 + 1}`, [step % 600, who * 60]));
    await tab.mouse.move(640, 400);
    const panning = async (/** @type {number} */ step) => {
      await tab.mouse.wheel(step % 40 < 20 ? 8 : -8, 0); // there and back
    };
    const pan = await framesOf(tab, work, PANNING_MS, panning);
    await tab.keyboard.press('Control+0'); // 100 %: the middle of the board
    await tab.waitForTimeout(1_000);
    const middle = ELEMENTS / 2 + 45;
    const close = await moving(tab, work, (who, step) =>
      move(who, `e${middle + who}`, [2_700 + (step % 600), 1_300 + who * 40]),
    );
    const closePan = await framesOf(tab, work, PANNING_MS, panning);
    return {
      ...loaded,
      remote50: part(seen, 0.5),
      remote95: part(seen, 0.95),
      ...named('remote', one),
      ...named('still', still),
      ...named('all', all),
      ...named('pan', pan),
      ...named('close', close),
      ...named('closePan', closePan),
    };
  } finally {
    await context.close();
  }
}

/** @param {import('@playwright/test').Page} tab @param {() => Promise<number>} work @param {(who: number, step: number) => void} move */
function moving(tab, work, move) {
  return framesOf(tab, work, MOVING_MS, async (step) => {
    for (let who = 0; who < OTHERS; who++) move(who, step);
    await new Promise((resolve) => setTimeout(resolve, MOVE_MS));
  });
}

/**
 * @param {import('@playwright/test').Page} tab @param {() => Promise<number>} work @param {number} ms
 * @param {(step: number) => Promise<void>} act again and again
 */
async function framesOf(tab, work, ms, act) {
  const frames = tab.evaluate((ms) => window.probe.frames(ms), ms);
  const before = await work();
  const until = Date.now() + ms;
  for (let step = 0; Date.now() < until; step++) await act(step);
  const after = await work();
  const { between } = await frames;
  return {
    Frame50: part(between, 0.5),
    Frame95: part(between, 0.95),
    /** Of each second, the main thread's. */
    Busy: Math.round(((after - before) / ms) * 1_000),
    /** Of each frame that was shown. */
    Work: Math.round(((after - before) / between.length) * 10) / 10,
    ...(await wholeOf(tab)),
  };
}

/** @param {string} prefix @param {Record<string, number>} figures */
function named(prefix, figures) {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [prefix + key, value]));
}

function report() {
  const rows = [
    ['arrived', 'until the document is there, ms'],
    ['editor', 'until Excalidraw is there, ms'],
    ['read', 'until the shapes are read, ms'],
    ['shown', 'until they can be seen, ms'],
    ['visible', '  how many of them, in that picture'],
    ['loading', '  main thread until then, ms'],
    ['final', 'until they are painted as they stay, ms'],
    ['remote50', 'a change of somebody else is seen after, median, ms'],
    ['remote95', '  95th percentile, ms'],
    ['remoteWhole', '  painted whole, of a hundred paintings'],
    ['stillFrame95', 'nothing moves: a frame, 95th percentile, ms'],
    ['allFrame50', 'ten move, all is in the window: a frame each, median, ms'],
    ['allFrame95', '  95th percentile, ms'],
    ['allWork', '  main thread per frame, ms'],
    ['allBusy', '  main thread per second, ms'],
    ['allWhole', '  painted whole, of a hundred paintings'],
    ['panFrame50', 'one moves the view oneself, all is in it: a frame, median, ms'],
    ['panFrame95', '  95th percentile, ms'],
    ['panWork', '  main thread per frame, ms'],
    ['panWhole', '  painted whole, of a hundred paintings'],
    ['closeFrame50', 'ten move, at 100 %: a frame each, median, ms'],
    ['closeFrame95', '  95th percentile, ms'],
    ['closeWork', '  main thread per frame, ms'],
    ['closeBusy', '  main thread per second, ms'],
    ['closePanFrame95', 'one moves the view oneself, at 100 %: a frame, 95th percentile, ms'],
    ['closePanWork', '  main thread per frame, ms'],
    ['closePanWhole', '  painted whole, of a hundred paintings'],
  ];
  console.log('| medians | Inkroom | plain | ÷ plain |\n| --- | ---: | ---: | ---: |');
  for (const [key = '', label] of rows) {
    const [ours, plain] = [runs.inkroom, runs.plain].map((all) => median(all.map((run) => run[key])));
    if (ours === undefined && plain === undefined) continue;
    const ratio = ours !== undefined && plain ? `${(ours / plain).toFixed(2)} ×` : '';
    console.log(`| ${label} | ${ours ?? '–'} | ${plain ?? '–'} | ${ratio} |`);
  }
}

/** @param {string} url @param {object} body */
async function post(url, body) {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${url}/api/documents`, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.json();
}

/** @param {string} url @param {string} name */
async function stored(url, name) {
  for (;;) {
    const answer = await fetch(`${url}/api/documents/${name}/state`);
    const doc = new Y.Doc();
    if (answer.ok) Y.applyUpdate(doc, new Uint8Array(await answer.arrayBuffer()));
    if (doc.getMap('board:main').size === ELEMENTS) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Of a hundred paintings of our board since this was asked last, whole ones; nothing of a plain one. @param {import('@playwright/test').Page} tab */
async function wholeOf(tab) {
  const paintings = await tab.evaluate(() => window.probe.paintings());
  const whole = paintings.filter((why) => why !== '');
  if (whole.length > 0) console.error(`${whole.length} of ${paintings.length} painted whole:`, counted(whole));
  return paintings.length > 0 ? { Whole: Math.round((whole.length / paintings.length) * 100) } : {};
}

/** How often each is there, the most frequent first. @param {string[]} reasons */
function counted(reasons) {
  const counts = new Map();
  for (const why of reasons) counts.set(why, (counts.get(why) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]).slice(0, 5));
}

/** @param {number[]} values @param {number} share */
function part(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 10) / 10;
}
