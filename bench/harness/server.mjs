// One server under measurement: a process of its own, started, watched, stopped.
// Invariant: whatever `start` has started is gone after `stop`.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Usage } from './usage.mjs';

const START_MS = 30_000;
const IDLE = 0.03; // part of a core: timers
const STOP_MS = 20_000; // a 20 MB document may have to be stored first

/** What can be measured. `dialect` is what its load clients speak. */
export const SERVERS = {
  inkroom: { adapter: 'inkroom', dialect: 'hocuspocus', path: () => '/sync' },
  'inkroom-y-websocket': { adapter: 'inkroom', dialect: 'y-websocket', path: (room) => `/sync/${room}` },
  hocuspocus: { adapter: 'hocuspocus', dialect: 'hocuspocus', path: () => '/' },
  'y-websocket': { adapter: 'y-websocket', dialect: 'y-websocket', path: (room) => `/${room}` },
  relay: { adapter: 'relay', dialect: 'relay', path: (room) => `/${room}` },
  'durable-relay': { adapter: 'durable-relay', dialect: 'durable-relay', path: (room) => `/${room}` },
};

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

export class RunningServer {
  constructor(name, port, child, { profiled }) {
    /** Part of a core. A profiler asks every thread a thousand times a second what it does, also one that sleeps. */
    this.idleShare = profiled ? 0.5 : IDLE;
    this.name = name;
    this.port = port;
    this.dialect = SERVERS[name].dialect;
    this.child = child;
    this.usage = new Usage(child.pid);
    this.ended = once(child, 'exit');
  }

  /** Where clients of `room` connect. */
  path(room) {
    return SERVERS[this.name].path(room);
  }

  /** Resolves when the server has used next to no CPU for `quietMs`: what it does behind its clients' backs is done. */
  async idle({ quietMs = 1_000, timeoutMs = 120_000 } = {}) {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const before = this.usage.cpuMs();
      await sleep(quietMs);
      if (this.usage.cpuMs() - before < quietMs * this.idleShare) return;
      if (performance.now() > deadline) throw new Error(`${this.name} is still busy after ${timeoutMs} ms`);
    }
  }

  get running() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Ends it as a power cut would: nothing is said, nothing is flushed. */
  async crash() {
    this.child.kill('SIGKILL');
    await this.stop();
  }

  async stop() {
    this.usage.cpuMs(); // the last look
    this.usage.close();
    if (this.running) this.child.kill('SIGTERM');
    const kill = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(kill);
  }
}

/** Starts `name` on `data`, a directory that outlives it. `profiles`: a directory for CPU profiles. */
export async function start(name, { data, profiles }) {
  await mkdir(data, { recursive: true });
  const port = await freePort();
  const adapter = fileURLToPath(new URL(`../servers/${SERVERS[name].adapter}.mjs`, import.meta.url));
  const execArgv = ['--max-old-space-size=8192']; // y-websocket needs 3 GB for a 20 MB document
  if (profiles) execArgv.push('--cpu-prof', `--cpu-prof-dir=${join(profiles, name)}`);
  const child = fork(adapter, ['--port', String(port), '--data', data], {
    execArgv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const output = createWriteStream(`${data}.output`, { flags: 'a' });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const server = new RunningServer(name, port, child, { profiled: profiles !== undefined });
  const failed = async (what) => {
    const said = await readFile(`${data}.output`, 'utf8').catch(() => '');
    throw new Error(`${name} ${what}: ${said.slice(-1_000).trim()}`);
  };
  await Promise.race([
    once(child, 'message'),
    server.ended.then(() => failed('ended while starting')),
    sleep(START_MS, undefined, { ref: false }).then(() => failed(`did not listen within ${START_MS} ms`)),
  ]).catch(async (error) => {
    await server.stop();
    throw error;
  });
  return server;
}
