// npm start: builds what is missing, then serves page, API and sockets on one port.
//
//   PORT (3000), HOST (127.0.0.1), INKROOM_DATA (./data)
//
// Two processes: the page (scripts/page.mjs) on a loopback port of its own, and the sync server in front of it.
// Invariant: this process ends when either of them does, and takes the other one with it.

import { build } from './build.mjs';
import {
  hasEnded,
  howItEnded,
  onStopRequest,
  probePort,
  startPage,
  startServer,
  untilEnded,
  untilReady,
} from './children.mjs';

const host = process.env.HOST || '127.0.0.1';
const port = Number(process.env.PORT || 3000);
const data = process.env.INKROOM_DATA || './data';

if (!Number.isInteger(port) || port < 1 || port > 65_535)
  fail(`PORT must be a number from 1 to 65535, not "${process.env.PORT}".`);
await probePort(port, host).catch((error) => fail(whyNotListening(error)));
if (!(await build('server', 'page'))) process.exit(1);

const page = await startPage().catch((error) => fail(error.message));
const server = startServer(['--host', host, '--port', String(port), '--data', data, '--page', page.url]);

let stopping = false;
onStopRequest(server, () => void stop(0));
server.once('exit', () => {
  if (!stopping) console.error(`The server ended (${howItEnded(server)}).`);
  void stop(server.exitCode || 1);
});
page.child.once('exit', () => {
  if (!stopping) console.error(`The page ended (${howItEnded(page.child)}).`);
  void stop(1);
});

try {
  await untilReady(server, `http://${connectHost(host)}:${port}`);
  console.log(`\n  Inkroom is ready. Open http://${browserHost(host)}:${port}\n`);
} catch (error) {
  if (!stopping) {
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}

/** The server first: it needs the page while it finishes its answers. @param {number} code */
async function stop(code) {
  if (stopping) return;
  stopping = true;
  if (!hasEnded(server)) server.kill('SIGTERM');
  await untilEnded(server);
  if (page.child.connected) page.child.disconnect();
  await untilEnded(page.child);
  process.exit(code || (server.exitCode ?? 1));
}

/** What to connect to for something that listens on `host`: every address is no address. @param {string} host */
function connectHost(host) {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** What a person types into a browser on this machine. @param {string} host */
function browserHost(host) {
  const connect = connectHost(host);
  return ['127.0.0.1', '[::1]'].includes(connect) ? 'localhost' : connect;
}

/** @param {NodeJS.ErrnoException} error */
function whyNotListening(error) {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Choose another one: PORT=${port + 1} npm start`;
    case 'EACCES':
      return `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=3000 npm start`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Choose another one: HOST=127.0.0.1 npm start`;
    default:
      return `Cannot listen on ${host}:${port}: ${error.message}`;
  }
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}
