// One person's visit to a page with the big document, in a browser that has never seen it.

import { FIRST, LAST } from './document.mjs';
import { CATEGORIES, keyCosts, taskTimes } from './trace.mjs';

const KEYS = 120;
const KEY_MS = 100; // a fast typist: each key is drawn before the next comes
const OTHERS_MS = 150; // each of the two others
const REMOTE_MS = 6_000; // for which one only reads
const SENTENCE = 'the quick brown fox jumps over the lazy dog ';
/** Milliseconds that a page may take before it is given up. */
const PATIENCE = 120_000;

/** `others`: processes of typist.mjs, ready. Returns the figures of one run. */
export async function visit({ browser, url, others }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript(keepPerson);
  await context.addInitScript(watch, { first: FIRST, last: LAST });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const metrics = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  try {
    await page.goto(url);
    await page.waitForFunction(() => globalThis.bench.ready !== undefined);
    const loaded = await metrics();
    const { readable, ready } = await page.evaluate(() => globalThis.bench);

    // A paragraph in the middle, and the caret in it.
    const middle = page.locator('.ProseMirror > p, .ProseMirror > .sheet > p').nth(700);
    await middle.scrollIntoViewIfNeeded();
    await middle.click({ position: { x: 60, y: 10 } });
    await page.keyboard.type('warm up ', { delay: KEY_MS });

    const alone = await traced(browser, page, async () => {
      await page.keyboard.type(SENTENCE.repeat(KEYS).slice(0, KEYS), { delay: KEY_MS });
      await page.waitForTimeout(300);
    });
    await tell(others, { everyMs: OTHERS_MS });
    const together = await traced(browser, page, async () => {
      await page.keyboard.type(SENTENCE.repeat(KEYS).slice(0, KEYS), { delay: KEY_MS });
      await page.waitForTimeout(300);
    });
    await stop(others);
    await page.waitForTimeout(500);

    await tell(others, { everyMs: OTHERS_MS });
    const before = await metrics();
    await page.waitForTimeout(REMOTE_MS);
    const typed = await stop(others);
    const after = await metrics();
    await cdp.send('HeapProfiler.collectGarbage');
    const { JSHeapUsedSize } = await metrics();

    const cost = percentiles(keyCosts(together));
    const tasks = taskTimes(together);
    return {
      readable,
      ready,
      loading: loaded.TaskDuration * 1_000,
      key50: cost(0.5),
      key95: cost(0.95),
      alone50: percentiles(keyCosts(alone))(0.5),
      alone95: percentiles(keyCosts(alone))(0.95),
      remote: ((after.TaskDuration - before.TaskDuration) * 1_000) / typed,
      over16: tasks.filter((time) => time > 16).length,
      over50: tasks.filter((time) => time > 50).length,
      heap: JSHeapUsedSize / 1e6,
    };
  } finally {
    await context.close();
  }
}

async function traced(browser, page, act) {
  await browser.startTracing(page, { categories: CATEGORIES });
  await act();
  return (await browser.stopTracing()).toString();
}

async function tell(others, message) {
  for (const other of others) other.send(message);
}

/** Resolves with how many letters the others have typed. */
async function stop(others) {
  const counts = await Promise.all(
    others.map((other) => {
      const answer = new Promise((resolve) => other.once('message', ({ typed }) => resolve(typed)));
      other.send({});
      return answer;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (part) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)];
}

// What follows runs in the page.

function keepPerson() {
  if (location.protocol === 'http:') {
    localStorage.setItem('inkroom.person', JSON.stringify({ id: 'bench00000000000', name: 'Bench' }));
  }
}

/** Notes when the first block can be read, and when the whole text is there, can be edited, and the browser has drawn it and is free. */
function watch({ first, last }) {
  const bench = { readable: undefined, ready: undefined };
  globalThis.bench = bench;
  const look = () => {
    const heading = document.querySelector('main h1');
    if (bench.readable === undefined && heading?.textContent === first) drawn((at) => (bench.readable = at));
    const text = document.querySelector('main .ProseMirror[contenteditable=true]');
    const block = text?.lastElementChild;
    const end = block?.className === 'sheet' ? block.lastElementChild : block;
    if (end?.textContent === last) return drawn((at) => (bench.ready = at));
    requestAnimationFrame(look);
  };
  /** A message that is posted in a frame is answered after that frame was drawn. */
  const drawn = (then) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => then(performance.now());
      port2.postMessage(0);
    });
  requestAnimationFrame(look);
}
