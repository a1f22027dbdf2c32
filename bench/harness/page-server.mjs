// The sync server with an empty disk in front of the page, for what is measured in a browser.
// Invariant: its data are gone when it is closed.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVER_ENTRY, untilEnded, untilReady } from '../../scripts/children.mjs';

/** @param {string} page URL of the page's process */
export async function startServer(page) {
  const data = await mkdtemp(join(tmpdir(), 'inkroom-bench-'));
  const args = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data, '--page', page];
  const child = spawn(process.execPath, [SERVER_ENTRY, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const url = await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`The server ended: ${said}`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const found = /"url":"([^"]+)".*"msg":"listening"/.exec(said)?.[1];
      if (found) resolve(found);
    });
  });
  await untilReady(child, url);
  const close = async () => {
    child.kill('SIGTERM');
    await untilEnded(child);
    await rm(data, { recursive: true, force: true });
  };
  return { url, close };
}
