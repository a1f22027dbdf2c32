// The page alone: Next.js on a loopback port of its own, behind the sync server, which is what people connect to.
// Started with an IPC channel, over which it says its port once it can answer.
// Invariant: it never outlives the process that started it.

import { createServer } from 'node:http';
import next from 'next';
import { ROOT } from './tools.mjs';

if (!process.send) {
  console.error('scripts/page.mjs is started by scripts/start.mjs or by the browser tests. Use: npm start');
  process.exit(2);
}

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

const page = next({ dev: false, dir: ROOT, hostname: '127.0.0.1', port: address.port });
await page.prepare();
const handle = page.getRequestHandler();
server.on('request', (request, response) => void handle(request, response));
process.send({ port: address.port });
