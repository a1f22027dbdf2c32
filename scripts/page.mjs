// The page alone: Next.js on a loopback port of its own, behind the sync server, which is what people connect to.
// Started with an IPC channel, over which it says its port once it can answer.
// Invariant: it never outlives the process that started it.

import { createServer } from 'node:http';
import { join } from 'node:path';
import next from 'next';
import { staticFiles } from './static-files.mjs';
import { ROOT } from './tools.mjs';

if (!process.send) {
  console.error('scripts/page.mjs is started by scripts/start.mjs or by the browser tests. Use: npm start');
  process.exit(2);
}

/** Milliseconds after which the scripts go out as they are: something else is wrong then. */
const FIRST_PAGE_MS = 10_000;

process.once('disconnect', () => process.exit(0));
// Ctrl+C in a terminal reaches every process of the group. The page stays until its parent is done with it, so that
// requests which the sync server is still answering get their answer.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

const server = createServer();
// The one client is the sync server. It closes connections, not we: a connection closed from both ends at once loses a request.
server.keepAliveTimeout = 0;
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('a TCP port was expected');
const { port } = address;

const page = next({ dev: false, dir: ROOT, hostname: '127.0.0.1', port });
await page.prepare();
const handle = page.getRequestHandler();
const answersFile = staticFiles(join(ROOT, '.next/static'), scriptsOfText());
server.on('request', (request, response) => {
  if (!answersFile(request, response)) void handle(request, response);
});
process.send({ port });

/**
 * The scripts that the page of a text names. It is made for that once before somebody waits for it: the first time takes half a second longer. There
 * is no document in it, as nothing says where a server is.
 */
async function scriptsOfText() {
  try {
    const signal = AbortSignal.timeout(FIRST_PAGE_MS);
    const html = await (await fetch(`http://127.0.0.1:${port}/d/none`, { signal })).text();
    return new Set([...html.matchAll(/"(\/_next\/static\/[^"\\]+\.js)"/g)].map(([, url]) => url));
  } catch {
    return new Set(); // it says itself what is wrong, to whoever asks for a page
  }
}
