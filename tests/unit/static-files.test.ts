import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { staticFiles } from '../../scripts/static-files.mjs';

// The files of the page's build, as its process gives them.

const SCRIPT = 'self.answer=42;'.repeat(200);

let folder: string;
let server: Server;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'inkroom-static-'));
  mkdirSync(join(folder, 'static/chunks'), { recursive: true });
  writeFileSync(join(folder, 'static/chunks/a.js'), SCRIPT);
  writeFileSync(join(folder, 'static/chunks/first.js'), SCRIPT);
  writeFileSync(join(folder, 'static/chunks/a.css'), 'p{}');
  writeFileSync(join(folder, 'static/chunks/font.woff2'), 'wOF2');
  writeFileSync(join(folder, 'secret.js'), 'secret');
  const answers = staticFiles(join(folder, 'static'), Promise.resolve(new Set(['/_next/static/chunks/first.js'])));
  server = createServer((request, response) => {
    if (!answers(request, response)) response.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Asks for exactly this path. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const asked = httpRequest({ port, host: '127.0.0.1', path, method, headers, agent: false }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
    });
    asked.on('error', reject).end();
  });
}

it('[E2E-95] a file of the build comes compressed, and may be kept for good', async () => {
  for (const _ of ['first', 'again']) {
    const { status, headers, body } = await ask('/_next/static/chunks/a.js', { 'accept-encoding': 'br, gzip;q=0.5' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/javascript; charset=UTF-8',
      'content-encoding': 'gzip',
      'content-length': `${body.length}`,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    });
    expect(gunzipSync(body).toString()).toBe(SCRIPT);
  }
});

it.each(['', 'br', 'gzip;q=0', 'gzip; q=0.0, identity'])('[E2E-95] who takes %j gets it as it is', async (accepted) => {
  const { headers, body } = await ask('/_next/static/chunks/a.css', { 'accept-encoding': accepted });
  expect(headers['content-encoding']).toBe(undefined);
  expect(headers['content-type']).toBe('text/css; charset=UTF-8');
  expect(body.toString()).toBe('p{}');
});

it('[E2E-95] of scripts that are run at once the browser is told so', async () => {
  const { body } = await ask('/_next/static/chunks/first.js');
  expect(body.toString()).toBe(`//# allFunctionsCalledOnLoad\n${SCRIPT}`);
});

it.each([
  '/_next/static/chunks/none.js',
  '/_next/static/../secret.js',
  '/_next/static/chunks/../../secret.js',
  '/_next/static/chunks/..%2f..%2fsecret.js',
  '/_next/static/chunks/font.woff2',
  '/_next/static/chunks/',
  '/d/document',
])('[E2E-95] %s is not its business', async (path) => {
  expect((await ask(path)).status).toBe(418);
});

it('[E2E-95] nor is what asks for something else than a file', async () => {
  expect((await ask('/_next/static/chunks/a.js', {}, 'POST')).status).toBe(418);
  expect((await ask('/_next/static/chunks/a.js', {}, 'HEAD')).status).toBe(418);
});
