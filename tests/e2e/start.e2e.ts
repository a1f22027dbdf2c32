import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { probePort } from '../../scripts/children.mjs';
import { ROOT } from '../../scripts/tools.mjs';

// `npm start` and `npm run serve`, as an operator meets them.

interface Command {
  readonly child: ChildProcess;
  /** What it has written so far. */
  output(): string;
  /** Resolves with its exit code. */
  ended: Promise<number | null>;
}

const test = base.extend<{
  data: string;
  port: number;
  launch: (script: string, args: string[], env?: object) => Command;
}>({
  data: async ({ browserName: _ }, use) => {
    const data = mkdtempSync(join(tmpdir(), 'inkroom-start-'));
    await use(data);
    rmSync(data, { recursive: true, force: true });
  },
  port: async ({ browserName: _ }, use) => {
    await use((await probePort(0, '127.0.0.1')).port);
  },
  launch: async ({ browserName: _ }, use) => {
    const commands: Command[] = [];
    await use((script, args, env = {}) => {
      const child = spawn(process.execPath, [join(ROOT, 'scripts', script), ...args], {
        cwd: ROOT,
        detached: true, // a process group of its own, as a terminal gives it
        env: { ...process.env, ...env },
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      }
      const command = { child, output: () => output, ended: once(child, 'close').then(() => child.exitCode) };
      commands.push(command);
      return command;
    });
    for (const { child, ended } of commands) {
      child.kill('SIGTERM');
      await ended;
    }
  },
});

test('[HOUSE-4] npm start serves page and API on one port, prints the URL, and stops cleanly', async ({
  data,
  port,
  launch,
}) => {
  const start = launch('start.mjs', [], { PORT: `${port}`, INKROOM_DATA: data });
  await expect.poll(start.output).toContain(`Open http://localhost:${port}`);
  const url = `http://127.0.0.1:${port}`;
  expect(await (await fetch(url)).text()).toContain('Inkroom');
  expect((await fetch(`${url}/api/documents`)).status).toBe(200);
  start.child.kill('SIGTERM');
  expect(await start.ended, start.output()).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});

test('[HOUSE-5] one Ctrl+C, which reaches every process and npm start twice, stops it cleanly', async ({
  data,
  port,
  launch,
}) => {
  const start = launch('start.mjs', [], { PORT: `${port}`, INKROOM_DATA: data });
  await expect.poll(start.output).toContain('Inkroom is ready');
  process.kill(-(start.child.pid ?? 0), 'SIGINT'); // the terminal's, to every process of the group
  start.child.kill('SIGINT'); // npm's
  expect(await start.ended, start.output()).toBe(0);
});

test('[HOUSE-6] npm start on a port in use says so and starts nothing', async ({ data, port, launch }) => {
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const start = launch('start.mjs', [], { PORT: `${port}`, INKROOM_DATA: data });
  expect(await start.ended).toBe(1);
  expect(start.output()).toContain(`Port ${port} is in use`);
  other.close();
});

test('[HOUSE-7] npm start ends with an error when the server cannot start', async ({ data, port, launch }) => {
  const file = join(data, 'a-file');
  writeFileSync(file, '');
  const start = launch('start.mjs', [], { PORT: `${port}`, INKROOM_DATA: join(file, 'no-folder') });
  expect(await start.ended).toBe(1);
  expect(start.output()).toContain('The server ended');
  expect(start.output()).not.toContain('Inkroom is ready');
});

test('[HOUSE-8] npm run serve is the server without the page, and its exit code is the server’s', async ({
  data,
  port,
  launch,
}) => {
  const serve = launch('serve.mjs', ['--port', `${port}`, '--data', data]);
  const url = `http://127.0.0.1:${port}`;
  await expect
    .poll(() =>
      fetch(`${url}/readyz`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
  expect((await fetch(url)).status).toBe(404);
  serve.child.kill('SIGTERM');
  expect(await serve.ended, serve.output()).toBe(0);
  const wrong = launch('serve.mjs', ['--no-such-flag']);
  expect(await wrong.ended).toBe(2);
});
