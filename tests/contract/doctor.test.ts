import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { encodeServerFrame } from '../../lib/protocol/hocuspocus.ts';
import { command } from '../../server/commands/doctor.ts';
import { commitFinding, kindFinding, roomFinding } from '../../server/doctor/storage.ts';
import { VERSION } from '../../server/version.ts';
import { type ProxyOptions, ReverseProxy } from '../support/reverse-proxy.ts';
import { ServerProcess } from '../support/server-process.ts';
import { TOKENS, tokenOf } from '../support/tokens.ts';

// inkroom doctor, before the real server and before everything that people put in its place or in front of it.

let server: ServerProcess;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  server = await ServerProcess.launch();
});
afterAll(() => server.close());
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** What it prints, and its exit code. */
async function doctor(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; said: string }> {
  let said = '';
  const print = (text: string) => {
    said += text;
  };
  return { code: await command.run({ args, env, print, complain: print }), said };
}

/** It finds something, and says what and what to do about it. */
async function expectComplaint(args: readonly string[], what: RegExp, remedy: RegExp, env = {}): Promise<string> {
  const { code, said } = await doctor(args, env);
  expect(said).toMatch(what);
  expect(said).toMatch(remedy);
  expect(code).toBe(1);
  return said;
}

async function listening(http: Server): Promise<number> {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  closing.push(() => {
    http.closeAllConnections();
    http.close();
  });
  return (http.address() as AddressInfo).port;
}

async function answering(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer(listener))}`;
}

async function behind(options: Omit<ProxyOptions, 'target'>): Promise<string> {
  const proxy = await ReverseProxy.start({ target: server.port, ...options });
  closing.push(() => proxy.close());
  return `http://127.0.0.1:${proxy.port}`;
}

const ready: RequestListener = (_, response) =>
  void response.end(JSON.stringify({ status: 'ready', version: VERSION }));

/** A server that is ready, and does this with each socket. */
async function greeting(behave: (sockets: WebSocketServer) => void): Promise<string> {
  const http = createServer(ready);
  const sockets = new WebSocketServer({ server: http });
  closing.push(() => sockets.close());
  behave(sockets);
  return `http://127.0.0.1:${await listening(http)}`;
}

describe('inkroom doctor', () => {
  it('[OPS-10] finds nothing wrong with a server, here and behind a proxy, and leaves nothing behind', async () => {
    for (const url of [server.url, `${server.url}/`, await behind({})]) {
      const { code, said } = await doctor(['--url', url]);
      expect(said).toMatch(/ok {4}A y-websocket client gets its document, in \d+ ms\./);
      expect(said).toMatch(/ok {4}A Hocuspocus client gets its document, in \d+ ms\./);
      expect(said).toMatch(/ok {4}A frame takes [\d.]+ ms there and back\./);
      expect(said).toMatch(/ok {4}Its clock and this one agree\./);
      expect(said).toMatch(/ok {4}Pages of other sites are refused\./);
      expect(said).toMatch(/ok {4}Pictures of up to 20 MiB are let through\./);
      expect(said).toMatch(/Nothing is wrong\.\n$/);
      expect(code).toBe(0);
    }
    expect(await (await fetch(`${server.url}/api/documents`)).json()).toMatchObject({ documents: [] });
  });

  it('[OPS-10] checks what is configured here, the disk too', async () => {
    const { code, said } = await doctor(['--port', `${server.port}`, '--data', server.data]);
    expect(said).toMatch(/A commit takes [\d.]+ ms/);
    expect(said).toMatch(/are free at/);
    expect(said).toMatch(/Pictures can be put on the disk\./);
    expect(said).toMatch(/takes edits/);
    expect(code).toBe(said.includes('FAIL') ? 1 : 0); // the temporary directory of some machines is in memory
  });

  it('[OPS-10] a directory that is not there is not made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inkroom-doctor-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const { said } = await doctor(['--port', `${server.port}`, '--data', join(folder, 'a', 'b')]);
    expect(said).toMatch(/is not there yet; the first start makes it\./);
    await expect(() => readFileSync(join(folder, 'a'))).toThrow(/ENOENT/);
  });

  it('[OPS-11] a proxy that lets no large body through', async () => {
    const proxy = await behind({ mostBytes: 1024 ** 2 });
    await expectComplaint(['--url', proxy], /lets no body of 20 MiB through/, /client_max_body_size 20m/);
  });

  it('[OPS-11] nobody listens, and a name without an address', async () => {
    const gone = createServer();
    const port = await listening(gone);
    await new Promise((resolve) => gone.close(resolve));
    await expectComplaint(
      ['--url', `http://127.0.0.1:${port}`],
      /Nothing listens on port/,
      /Start the server or the proxy/,
    );
    await expectComplaint(
      ['--url', 'http://inkroom.invalid'],
      /inkroom\.invalid has no address|There is no way to/,
      /DNS|network/,
    );
  });

  it('[OPS-11] nobody answers', async () => {
    const url = await answering(() => undefined);
    await expectComplaint(
      ['--url', url, '--patience', '1'],
      /No answer from port \d+ of 127\.0\.0\.1 within 1 s/,
      /firewall/,
    );
  });

  it('[OPS-11] TLS where there is none, none where there is, and a certificate that nobody trusts', async () => {
    await expectComplaint(['--url', server.url.replace('http', 'https')], /does not speak TLS/, /Use http:\/\//);
    const [cert, key] = ['crt', 'key'].map((part) =>
      readFileSync(new URL(`../fixtures/tls/one.${part}`, import.meta.url)),
    );
    const port = await listening(createSecureServer({ cert, key }, ready));
    await expectComplaint(['--url', `http://127.0.0.1:${port}`], /closed without an answer|No HTTP answer/, /TLS only/);
    await expectComplaint(['--url', `https://127.0.0.1:${port}`], /self-signed, and no browser trusts it/, /certbot/);
  });

  it('[OPS-11] something else answers', async () => {
    const page = await answering((_, response) => void response.end('<h1>Welcome to nginx!</h1>'));
    await expectComplaint(['--url', page], /status 200, and it is not the server/, /pass on everything/);
    const moved = await answering(
      (_, response) => void response.writeHead(301, { Location: 'https://new.test/readyz?x' }).end(),
    );
    await expectComplaint(['--url', moved], /elsewhere: to https:\/\/new\.test\/readyz\./, /Check that URL instead/);
    const locked = await answering((_, response) => void response.writeHead(401).end());
    await expectComplaint(['--url', locked], /asks for a password/, /tokens decide/);
  });

  it('[OPS-11] a proxy without a server, and a server that takes no edits', async () => {
    const proxy = await ReverseProxy.start({ target: 1 });
    closing.push(() => proxy.close());
    await expectComplaint(
      ['--url', `http://127.0.0.1:${proxy.port}`],
      /status 502\), and cannot reach the server/,
      /Start the server/,
    );
    const stopping = await answering((_, response) => void response.writeHead(503).end('{"status":"not ready"}'));
    await expectComplaint(['--url', stopping], /lets nobody in at present/, /its log says which/);
    const full = await answering((_, response) => void response.end('{"status":"full"}'));
    await expectComplaint(['--url', full], /disk of the server is full/, /Make room/);
  });

  it('[OPS-11] a proxy that does not pass upgrades', async () => {
    const url = await behind({ upgrades: 'asRequest' });
    await expectComplaint(
      ['--url', url],
      /answered with status 404: it arrived as an ordinary request/,
      /proxy_http_version 1\.1/,
    );
  });

  it('[OPS-11] a proxy that changes the Host', async () => {
    const url = await behind({ headers: (headers) => ({ ...headers, host: `localhost:${server.port}` }) });
    await expectComplaint(
      ['--url', url],
      /would be refused a socket: Requests from other sites/,
      /proxy_set_header Host/,
    );
  });

  it('[OPS-11] a proxy that hides the Origin lets other sites in', async () => {
    const url = await behind({ headers: ({ origin: _, ...headers }) => headers });
    const { said, code } = await doctor(['--url', url]);
    expect(said).toMatch(/warn {2}Pages of other sites may open sockets here\./);
    expect(code).toBe(0);
  });

  it('[OPS-11] a proxy that holds frames back, and one that cuts silent sockets off', async () => {
    const mute = await behind({ upgrades: 'mute' });
    await expectComplaint(['--url', mute, '--patience', '1'], /opens, and no frame comes back/, /buffering/);
    const hasty = await behind({ idleMs: 300 });
    await expectComplaint(
      ['--url', hasty, '--silence', '20'],
      /A silent socket was cut off after 0 s/,
      /proxy_read_timeout/,
    );
  });

  it('[OPS-11] a token that is refused, in both dialects', async () => {
    const closes = await greeting((sockets) => sockets.on('connection', (socket) => socket.close(4401, 'no')));
    const env = { INKROOM_DOCTOR_TOKEN: 'bad' };
    await expectComplaint(['--url', closes], /The token was refused/, /--token-file/, env);
    const denies = await greeting((sockets) =>
      sockets.on('connection', (socket, request) => {
        if (request.url !== '/sync') socket.send(Uint8Array.of(0, 1, 2, 0, 0));
        else socket.send(encodeServerFrame('inkroom-doctor', { type: 'denied', reason: 'unauthorized' }));
      }),
    );
    await expectComplaint(['--url', denies], /The token was refused/, /--document/, env);
    const busy = await greeting((sockets) => sockets.on('connection', (socket) => socket.close(1012, 'restarting')));
    await expectComplaint(['--url', busy], /refused: server-restarting \(1012\)/, /Try again/);
  });

  it('[OPS-10] [OPS-11] a server with tokens is entered with one, and not without', async () => {
    const guarded = await ServerProcess.launch({ env: TOKENS });
    closing.push(() => guarded.close());
    const without = await doctor(['--url', guarded.url]);
    expect(without.said).toMatch(/warn {2}The server wants a token, and was shown none/);
    expect(without.code).toBe(0);
    const bad = { INKROOM_DOCTOR_TOKEN: `${await tokenOf()}x` };
    await expectComplaint(['--url', guarded.url], /The token was refused/, /--token-file/, bad);
    const narrow = { INKROOM_DOCTOR_TOKEN: await tokenOf({ documents: ['notes'] }) };
    await expectComplaint(['--url', guarded.url], /does not grant the document/, /--document NAME/, narrow);
    const { code, said } = await doctor(['--url', guarded.url], { INKROOM_DOCTOR_TOKEN: await tokenOf() });
    expect(said).toMatch(/Nothing is wrong\./);
    expect(code).toBe(0);
  });

  it('[OPS-11] a clock that is wrong, and another version', async () => {
    const url = await answering((_, response) => {
      response.setHeader('Date', new Date(Date.now() - 3_600_000).toUTCString());
      response.end('{"status":"ready","version":"0.0.9"}');
    });
    const { said } = await doctor(['--url', url]);
    expect(said).toMatch(/Its clock is 3600 s behind this one|Its clock is 3599 s behind this one/);
    expect(said).toMatch(/The server has version 0\.0\.9/);
  });

  it('[OPS-11] a token is sent, and never printed', async () => {
    const seen: string[] = [];
    const url = await greeting((sockets) =>
      sockets.on('connection', (socket, request) => {
        seen.push(request.url ?? '');
        socket.close(4401);
      }),
    );
    const { said } = await doctor(['--url', url], { INKROOM_DOCTOR_TOKEN: 's3cret' });
    expect(seen).toContain('/sync/inkroom-doctor?token=s3cret');
    expect(said).not.toContain('s3cret');
  });

  it('[OPS-11] disks that lose what is written, are full, or slow', () => {
    expect(kindFinding(0x6969, '/data')).toMatchObject({ verdict: 'wrong', text: '/data is on NFS.' });
    expect(kindFinding(0x01021994, '/data')).toMatchObject({ verdict: 'wrong', text: '/data is in memory (tmpfs).' });
    expect(kindFinding(0x794c7630, '/data')).toMatchObject({ verdict: 'doubtful' });
    expect(kindFinding(0xef53, '/data')).toMatchObject({ verdict: 'good' });
    expect([1e8, 1e9, 1e10].map((bytes) => roomFinding(bytes, '/data').verdict)).toEqual(['wrong', 'doubtful', 'good']);
    expect([500, 50, 5].map((ms) => commitFinding([1, ms, ms]).verdict)).toEqual(['wrong', 'doubtful', 'good']);
  });

  it('[OPS-11] its version is that of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(VERSION).toBe(version);
  });
});
