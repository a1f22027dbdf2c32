// The two processes of Inkroom as the scripts and the browser tests start them: the page, and the sync server in front of it.
// Invariant: whoever starts one here learns of its end, with a sentence that says which one it was.

import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { QUIET_ENV, ROOT } from './tools.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** The sync server's entry, which `bin.inkroom` names. */
export const SERVER_ENTRY = join(ROOT, 'dist/server/main.js');

/** Milliseconds between two questions whether the server is ready. A person does not notice 25 ms; a test waits for many starts. */
const READY_POLL_MS = 25;

/** Milliseconds between two looks at who our parent is: short beside the time that a supervisor waits before it kills. */
const PARENT_POLL_MS = 250;

/**
 * Starts the page. It ends when `child` is disconnected or when this process ends.
 * @returns {Promise<{ child: ChildProcess, url: string }>} once it answers
 */
export async function startPage() {
  const child = fork(join(ROOT, 'scripts/page.mjs'), [], {
    cwd: ROOT,
    env: { ...process.env, ...QUIET_ENV, NODE_ENV: 'production' },
  });
  const ready = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  const message = ready[0];
  if (typeof message !== 'object' || message === null) throw new Error('The page could not be started.');
  return { child, url: `http://127.0.0.1:${message.port}` };
}

/**
 * Starts the sync server on this Node, in one process.
 * @param {string[]} args what follows `serve` on its command line
 * @param {import('node:child_process').StdioOptions} [stdio]
 * @returns {ChildProcess}
 */
export function startServer(args, stdio = 'inherit') {
  return spawn(process.execPath, [SERVER_ENTRY, 'serve', ...args], { stdio });
}

/**
 * Waits until the server at `url` says that it is ready.
 * @param {ChildProcess} child
 * @param {string} url
 * @param {number} [patience] milliseconds
 * @throws when the process ends first, or patience does
 */
export async function untilReady(child, url, patience = 60_000) {
  const deadline = Date.now() + patience;
  for (;;) {
    if (hasEnded(child)) throw new Error(`The server ended before it was ready (${howItEnded(child)}).`);
    if (Date.now() > deadline) throw new Error(`The server was not ready after ${patience / 1000} s.`);
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false, // nobody listens yet: asked again below
    );
    if (ready && !hasEnded(child)) return;
    await delay(READY_POLL_MS);
  }
}

/**
 * Calls `stop` at the first request to stop, whoever sends it and however often, and leaves no server behind.
 * @param {ChildProcess} server
 * @param {() => void} stop
 */
export function onStopRequest(server, stop) {
  let asked = false;
  const ask = () => {
    if (asked) return;
    asked = true;
    stop();
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, ask);
  process.once('exit', () => server.kill('SIGTERM')); // nothing happens to one that has ended
  if (process.env.npm_lifecycle_event === undefined) return;
  // A signal to npm ends the shell between npm and us, and nobody tells us: we see that our parent is another one.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && ask(), PARENT_POLL_MS).unref();
}

/** @param {ChildProcess} child */
export function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

/** @param {ChildProcess} child */
export async function untilEnded(child) {
  if (!hasEnded(child)) await once(child, 'exit');
}

/** @param {ChildProcess} child */
export function howItEnded(child) {
  return child.signalCode === null ? `exit code ${child.exitCode}` : `signal ${child.signalCode}`;
}

/**
 * Whether a server could listen there now.
 * @param {number} port 0 for any
 * @param {string} host
 * @returns {Promise<{ port: number }>} the port; it is free again, until somebody else takes it
 * @throws the error of `listen`, with its code
 */
export function probePort(port, host) {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve({ port: found }));
    });
  });
}
