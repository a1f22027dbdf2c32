import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../../scripts/tools.mjs';
import { ServerProcess } from '../support/server-process.ts';
import { ADMIN_KEY, TOKEN_SECRET, TOKENS, tokenOf } from '../support/tokens.ts';

// The programs in docs/EMBEDDING.md, run as they stand there, in their order.

const FENCE = /```js\n\/\/ ([\w-]+\.mjs)\n(.*?)```/gs;

let server: ServerProcess;
let folder: string;

beforeAll(async () => {
  server = await ServerProcess.launch({ env: TOKENS });
  mkdirSync(join(ROOT, 'test-results'), { recursive: true });
  folder = mkdtempSync(join(ROOT, 'test-results/embedding-')); // below the packages that the programs import
  const page = readFileSync(join(ROOT, 'docs/EMBEDDING.md'), 'utf8');
  for (const [, name = '', program = ''] of page.matchAll(FENCE)) {
    // Node has a WebSocket of its own from 22 on.
    writeFileSync(
      join(folder, name),
      `import { WebSocket } from 'ws';\nglobalThis.WebSocket ??= WebSocket;\n${program}`,
    );
  }
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** What a program prints; rejects when it fails. */
async function run(name: string): Promise<string> {
  const env = {
    ...process.env,
    SERVER: server.url,
    SYNC: server.sync,
    INKROOM_TOKEN_SECRET: TOKEN_SECRET,
    INKROOM_ADMIN_KEY: ADMIN_KEY,
  };
  const child = spawn(process.execPath, [join(folder, name)], { env });
  let printed = '';
  let complained = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  child.stderr.on('data', (text) => {
    complained += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${complained}`);
  return printed.trim();
}

it('[CLI-16] the programs of docs/EMBEDDING.md do what it says', async () => {
  expect(await run('hocuspocus.mjs')).toBe('saved');
  expect(await run('y-websocket.mjs')).toBe('Hello from Hocuspocus');
  expect(await run('script.mjs')).toBe('201 Minutes\nHello from Hocuspocus');
  expect(await run('withdraw.mjs')).toBe('200 { sessions: 0 }');

  const token = await tokenOf({ user: 'user-7', documents: ['spec-42'] });
  const headers = { Authorization: `Bearer ${token}` };
  expect((await fetch(`${server.url}/api/documents/spec-42/state`, { headers })).status).toBe(404);
});
