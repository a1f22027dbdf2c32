import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UPLOAD_BYTES } from '../../lib/protocol/upload.ts';
import { gif, hashOf, png, pngHeader } from '../support/pictures.ts';
import { ServerProcess } from '../support/server-process.ts';
import { ADMIN_KEY, TOKENS, tokenOf } from '../support/tokens.ts';
import { until } from '../support/until.ts';

// Pictures that are sent to the real server, and asked back.

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let server: ServerProcess;
let document: string;

beforeAll(async () => {
  server = await ServerProcess.launch();
  document = await newDocument();
});
afterAll(() => server.close());

async function newDocument(): Promise<string> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${server.url}/api/documents`, { method: 'POST', headers, body: '{}' });
  return (await answer.json()).name;
}

interface Asked {
  method?: string;
  headers?: Record<string, string | number>;
  body?: Uint8Array | string;
  /** Of another server than the one that all share. */
  port?: number;
}

/** Sends the path as it is given: `fetch` would tidy it up. */
async function ask(
  path: string,
  { method = 'GET', headers = {}, body, port = server.port }: Asked = {},
): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false });
  request.end(body);
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

function send(body: Uint8Array | string, asked: Asked & { to?: string } = {}): Promise<Answer> {
  const { to = document, headers = {}, ...rest } = asked;
  // A server that refuses before all has arrived reads on, so that who sends it gets the answer; unless the connection is to be closed.
  const length = { 'Content-Length': Buffer.byteLength(body), Connection: 'keep-alive' };
  const path = `/api/uploads?document=${encodeURIComponent(to)}`;
  return ask(path, { method: 'POST', body, headers: { ...length, ...headers }, ...rest });
}

const json = (answer: Answer) => JSON.parse(answer.body.toString());

function expectRefusal(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, ...json(answer) }).toEqual({
    status,
    error: { code, message: expect.stringMatching(/^\S.*\.?$/) },
  });
}

/** Files below the folder of uploads. */
function filesOf(folder = join(server.data, 'uploads')): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe('a picture', () => {
  it('[UPLOAD-1] is taken, is on disk under the hash of its bytes, and is given back as it was', async () => {
    const picture = png({ width: 40, height: 30 });
    const answer = await send(picture);
    const hash = hashOf(picture);
    expect(answer.status).toBe(201);
    const address = `/api/uploads/${hash}`;
    expect(json(answer)).toEqual({ address, hash, type: 'image/png', bytes: picture.length, width: 40, height: 30 });
    expect(readFileSync(join(server.data, 'uploads', hash.slice(0, 2), hash.slice(2)))).toEqual(picture);
    const given = await ask(address);
    expect(given.status).toBe(200);
    expect(given.body).toEqual(picture);
  });

  it('[UPLOAD-2] is given as what its bytes are, in a way that no browser runs any of it', async () => {
    const polyglot = gif({ width: 0x2f2a, height: 5 }, '*/=1;alert(document.domain)');
    const sent = await send(polyglot, { headers: { 'Content-Type': 'text/javascript' } });
    const given = await ask(json(sent).address);
    expect(given.headers).toMatchObject({
      'content-type': 'image/gif',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': expect.stringMatching(/^inline; filename="[0-9a-f]{12}\.gif"$/),
      'cache-control': 'private, max-age=31536000, immutable',
    });
  });

  it('[UPLOAD-2] is not sent again to who has it, and HEAD answers without it', async () => {
    const picture = png({ width: 3, height: 3 });
    const { address } = json(await send(picture));
    const { headers } = await ask(address, { method: 'HEAD' });
    expect(headers['content-length']).toBe(String(picture.length));
    const again = await ask(address, { headers: { 'If-None-Match': headers.etag ?? '' } });
    expect(again.status).toBe(304);
    expect(again.body).toHaveLength(0);
  });

  it('[UPLOAD-1] that is sent twice, or for two documents, is stored once', async () => {
    const picture = png({ width: 5, height: 7 });
    const before = filesOf().length;
    const answers = await Promise.all([send(picture), send(picture), send(picture, { to: await newDocument() })]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(filesOf()).toHaveLength(before + 1);
  });
});

describe('[UPLOAD-4] nothing is kept of', () => {
  const refused: [string, () => Uint8Array | string, number, string][] = [
    [
      'SVG with a script',
      () => '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
      415,
      'not-an-image',
    ],
    ['HTML that says it is a PNG', () => '<!doctype html><script>alert(1)</script>', 415, 'not-an-image'],
    [
      'a picture of 20,000 by 20,000 pixels',
      () => pngHeader({ width: 20_000, height: 20_000 }),
      413,
      'too-many-pixels',
    ],
    ['a picture that ends in its header', () => png().subarray(0, 20), 415, 'not-an-image'],
    ['a file without a byte', () => '', 415, 'not-an-image'],
    ['a file that is too large', () => Buffer.concat([png(), Buffer.alloc(UPLOAD_BYTES)]), 413, 'too-large'],
  ];
  it.each(refused)('%s', async (_, bytes, status, code) => {
    const before = filesOf();
    expectRefusal(await send(bytes(), { headers: { 'Content-Type': 'image/png' } }), status, code);
    expect(filesOf()).toEqual(before);
  });

  it('one that does not say its length, or breaks off', async () => {
    const before = filesOf();
    const path = `/api/uploads?document=${document}`;
    const headers = { 'Transfer-Encoding': 'chunked' };
    expectRefusal(await ask(path, { method: 'POST', body: png(), headers }), 411, 'no-length');
    const request = httpRequest({
      host: '127.0.0.1',
      port: server.port,
      path,
      method: 'POST',
      headers: { 'Content-Length': 1_000 },
    });
    request.on('error', () => undefined); // it is this side that breaks off
    request.write(png());
    await until('a file to be begun', () => filesOf().length > before.length);
    request.destroy();
    await until('it to be gone', () => filesOf().length === before.length);
    expect(server.count('request failed')).toBe(0);
  });
});

describe('addresses', () => {
  it('[UPLOAD-5] of nothing, or made to lead elsewhere, are 404', async () => {
    writeFileSync(join(server.data, 'uploads', 'secret'), 'not to be given');
    const { address } = json(await send(png()));
    for (const path of [
      '/api/uploads/',
      '/api/uploads/../grants.json',
      '/api/uploads/..%2finkroom.db',
      '/api/uploads/secret',
      '/api/uploads/incoming/secret',
      `/api/uploads/${'0'.repeat(64)}`,
      `${address}/`,
      address.toUpperCase().replace('/API/UPLOADS', '/api/uploads'),
      `${address}%00.html`,
    ]) {
      expectRefusal(await ask(path), 404, 'not-found');
    }
  });

  it('[UPLOAD-5] other methods are 405', async () => {
    expect((await ask('/api/uploads')).headers.allow).toBe('POST');
    expectRefusal(await ask(`/api/uploads/${'0'.repeat(64)}`, { method: 'DELETE' }), 405, 'method-not-allowed');
  });
});

describe('who may', () => {
  it('[UPLOAD-6] a document must be there, and have a name', async () => {
    expectRefusal(await send(png(), { to: 'never written' }), 404, 'not-found');
    expectRefusal(await send(png(), { to: '../grants.json' }), 400, 'bad-name');
    expectRefusal(await send(png(), { to: '' }), 400, 'bad-name');
  });

  it('[UPLOAD-6] a page of another site may not', async () => {
    const headers = { Origin: 'https://elsewhere.example', 'Content-Type': 'text/plain' };
    expectRefusal(await send(png(), { headers }), 403, 'forbidden');
  });

  it('[UPLOAD-17] a page of an allowed origin may, and its browser gives it the answers', async () => {
    const origin = 'https://app.example.org';
    const allowing = await ServerProcess.launch({ env: TOKENS, args: ['--allow-origin', origin] });
    try {
      const { port } = allowing;
      const admin = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json' };
      const made = await fetch(`${allowing.url}/api/documents`, { method: 'POST', headers: admin, body: '{}' });
      const { name } = await made.json();
      const asking = {
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      };
      const path = `/api/uploads?document=${name}`;
      const preflight = await ask(path, { method: 'OPTIONS', port, headers: { ...asking, Origin: origin } });
      expect(preflight.status).toBe(204);
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': 'Authorization, Content-Type',
        vary: 'Origin',
      });
      // Its own token speaks for it, and no cookie.
      expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
      const token = { Authorization: `Bearer ${await tokenOf()}`, Origin: origin };
      const sent = await send(png(), { to: name, port, headers: token });
      expect(sent.status).toBe(201);
      expect(sent.headers['access-control-allow-origin']).toBe(origin);
      const given = await ask(json(sent).address, { port, headers: { Origin: origin } });
      expect(given.status).toBe(200);
      expect(given.headers['access-control-allow-origin']).toBe(origin);
      expect(given.headers.vary).toBe('Origin');
      // Why not is for that page, too.
      const refused = await send(png(), { to: name, port, headers: { Origin: origin } });
      expectRefusal(refused, 401, 'unauthorized');
      expect(refused.headers['access-control-allow-origin']).toBe(origin);
    } finally {
      await allowing.close();
    }
  });

  it('[UPLOAD-17] nobody else is told anything: not a page of another origin, nor one of an origin that begins alike', async () => {
    const origin = 'https://app.example.org';
    const allowing = await ServerProcess.launch({ env: TOKENS, args: ['--allow-origin', origin] });
    try {
      for (const other of ['https://evil.example', `${origin}.evil.example`, 'http://app.example.org', 'null']) {
        const headers = { Origin: other, 'Access-Control-Request-Method': 'POST' };
        const answer = await ask('/api/uploads', { method: 'OPTIONS', port: allowing.port, headers });
        expectRefusal(answer, 403, 'forbidden');
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      }
      // A picture that a page of this server has loaded is kept apart from those that other origins ask for.
      const own = await ask(`/api/uploads/${'0'.repeat(64)}`, { port: allowing.port });
      expect(own.headers.vary).toBe('Origin');
      expect(own.headers).not.toHaveProperty('access-control-allow-origin');
      const plain = await ask('/api/uploads', { method: 'OPTIONS', port: allowing.port, headers: { Origin: origin } });
      expectRefusal(plain, 405, 'method-not-allowed');
    } finally {
      await allowing.close();
    }
  });

  it('[UPLOAD-7] with tokens, one that may change the document is needed to send; whoever has the address may read', async () => {
    const closed = await ServerProcess.launch({ env: TOKENS });
    try {
      const made = await fetch(`${closed.url}/api/documents`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${ADMIN_KEY}` },
        body: '{}',
      });
      const { name } = await made.json();
      const with_ = async (claims: Parameters<typeof tokenOf>[0]) => {
        const headers = { Authorization: `Bearer ${await tokenOf(claims)}` };
        return send(png(), { to: name, port: closed.port, headers });
      };
      expectRefusal(await send(png(), { to: name, port: closed.port }), 401, 'unauthorized');
      expectRefusal(await with_({ role: 'view' }), 403, 'read-only');
      expectRefusal(await with_({ role: 'comment' }), 403, 'read-only');
      expectRefusal(await with_({ documents: ['another'] }), 404, 'not-found');
      const sent = await with_({ role: 'edit' });
      expect(sent.status).toBe(201);
      expect((await ask(json(sent).address, { port: closed.port })).status).toBe(200);
    } finally {
      await closed.close();
    }
  });

  it('[UPLOAD-8] one user begins a hundred at once, and then one a second', async () => {
    const closed = await ServerProcess.launch({ env: TOKENS, args: ['--metrics-port', '0'] });
    try {
      const headers = { Authorization: `Bearer ${await tokenOf()}` };
      const admin = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json' };
      const made = await fetch(`${closed.url}/api/documents`, { method: 'POST', headers: admin, body: '{}' });
      const { name } = await made.json();
      let taken = 0;
      let answer = await send(png(), { to: name, port: closed.port, headers });
      for (; answer.status === 201; taken++) answer = await send(png(), { to: name, port: closed.port, headers });
      expectRefusal(answer, 429, 'rate-limited');
      expect(answer.headers['retry-after']).toBe('10');
      expect(taken).toBeGreaterThanOrEqual(100);
      expect(taken).toBeLessThan(130);
      const metrics = await (await fetch(closed.metrics)).text();
      expect(metrics).toMatch(/^inkroom_uploads 1$/m);
      expect(metrics).toMatch(new RegExp(`^inkroom_upload_bytes ${png().length}$`, 'm'));
      expect(metrics).toMatch(/^inkroom_uploads_refused_total\{code="rate-limited"\} 1$/m);
    } finally {
      await closed.close();
    }
  });
});

describe('a crash', () => {
  it('[UPLOAD-9] what was acknowledged is there; what was not is gone, but for what only had to be moved', async () => {
    const crashing = await ServerProcess.launch();
    const incoming = join(crashing.data, 'uploads', 'incoming');
    try {
      const made = await fetch(`${crashing.url}/api/documents`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{}',
      });
      const { name } = await made.json();
      const picture = png({ width: 9, height: 9 });
      const { address, hash } = json(await send(picture, { to: name, port: crashing.port }));
      await crashing.kill();
      const path = join(crashing.data, 'uploads', hash.slice(0, 2), hash.slice(2));
      writeFileSync(join(incoming, hash), readFileSync(path)); // as it is between the log and the moving
      writeFileSync(path, '');
      writeFileSync(join(incoming, 'half.part'), picture.subarray(0, 10));
      writeFileSync(join(incoming, '0'.repeat(64)), picture); // whole, and the log never heard of it
      await crashing.start();
      expect((await ask(address, { port: crashing.port })).body).toEqual(picture);
      expect(readdirSync(incoming)).toEqual([]);
      expect(existsSync(path)).toBe(true);
      expect(existsSync(join(crashing.data, 'uploads', '00'))).toBe(false);
    } finally {
      await crashing.close();
    }
  });
});
