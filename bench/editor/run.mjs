// npm run bench:editor: a very long document in a real browser, in our page and in a plain TipTap page beside it. See ../README.md.
// Invariant: both pages get the same document through the same provider from servers of the same build, in turns.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { CHROMIUM_ARGS, ensureBrowser } from '../../scripts/browsers.mjs';
import { build } from '../../scripts/build.mjs';
import { startPage, untilEnded } from '../../scripts/children.mjs';
import { startServer } from '../harness/page-server.mjs';
import { writeDocument } from './document.mjs';
import { buildPlain, servePlain } from './plain-page.mjs';
import { markdown, save, writePage } from './report.mjs';
import { visit } from './visit.mjs';
import * as Y from './yjs.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PLAIN = join(HERE, '../.cache/editor-plain');
/** Where the two others type, as parts of the document. */
const PLACES = [0.2, 0.8];

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    only: { type: 'string' }, // inkroom or plain
    seed: { type: 'string', default: '1' },
    'no-build': { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});

if (options.report) {
  await writePage();
} else {
  await bench();
}

async function bench() {
  if (!options['no-build']) {
    if (!(await build('server', 'page'))) process.exit(1);
    await buildPlain(join(HERE, 'plain'), PLAIN);
  }
  const browser = await chromium.launch({ executablePath: await ensureBrowser('chromium'), args: CHROMIUM_ARGS });
  const pages = { inkroom: await startPage(), plain: await servePlain(PLAIN) };
  const names = Object.keys(pages).filter((name) => options.only === undefined || options.only === name);
  const runs = Object.fromEntries(names.map((name) => [name, []]));
  let counts;
  try {
    for (let run = 0; run < Number(options.runs); run++) {
      for (const name of names) {
        const server = await startServer(pages[name].url);
        try {
          const { document, counts: made } = await fill(server.url);
          counts = made;
          const others = await Promise.all(PLACES.map((place, at) => startTypist(server.url, document, place, at)));
          const figures = await visit({ browser, url: `${server.url}/d/${document}`, others });
          for (const other of others) other.disconnect();
          runs[name].push(figures);
          console.error(
            name,
            JSON.stringify(figures, (_, value) => (value > 0 ? Math.round(value * 10) / 10 : value)),
          );
        } finally {
          await server.close();
        }
      }
    }
    const machine = {
      cpu: cpus()[0]?.model ?? 'unknown processor',
      cores: cpus().length,
      kernel: release(),
      browser: `Chromium ${browser.version()}`,
    };
    const result = { when: new Date().toISOString(), machine, counts, runs };
    if (names.includes('inkroom')) {
      if (options.only === undefined) await save(result);
      console.log(markdown(result));
    }
  } finally {
    await browser.close();
    pages.plain.close();
    pages.inkroom.child.disconnect();
    await untilEnded(pages.inkroom.child);
  }
}

/** Puts the big document on the server's disk, through its protocol. */
async function fill(url) {
  const answer = await fetch(`${url}/api/documents`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"title":"A very long report"}',
  });
  const { name: document } = await answer.json();
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(syncUrl(url), document, doc, {
    WebSocketPolyfill: WebSocket,
    disableBc: true,
  });
  await new Promise((resolve) => provider.once('sync', resolve));
  // Written apart and sent as one update: the server would otherwise be asked to keep tens of thousands of single ones.
  const written = new Y.Doc();
  Y.applyUpdate(written, Y.encodeStateAsUpdate(doc));
  const content = written.getXmlFragment('content');
  content.delete(0, content.length);
  const counts = writeDocument(written, content, Number(options.seed));
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(written));
  await stored(url, document, content.length);
  provider.destroy();
  doc.destroy(); // and its awareness, whose timer would keep this process
  return { document, counts };
}

async function stored(url, document, blocks) {
  for (;;) {
    const answer = await fetch(`${url}/api/documents/${document}/state`);
    const doc = new Y.Doc();
    if (answer.ok) Y.applyUpdate(doc, new Uint8Array(await answer.arrayBuffer()));
    if (doc.getXmlFragment('content').length === blocks) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function startTypist(url, document, place, at) {
  const child = fork(join(HERE, 'typist.mjs'), [syncUrl(url), document, `${place}`, `Other ${at + 1}`]);
  await once(child, 'message');
  return child;
}

function syncUrl(url) {
  return `${url.replace('http', 'ws')}/sync`;
}
