import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get as plainGet } from 'node:http';
import { request as secureRequest } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { UPLOAD_BYTES } from '../../lib/protocol/upload.ts';
import type { ProxyName } from '../../scripts/proxies.mjs';
import { type Client, type Participant, participate } from '../support/clients.ts';
import { inkroom } from '../support/command.ts';
import { png } from '../support/pictures.ts';
import { CERTIFICATE, RealProxy } from '../support/real-proxy.ts';
import { ServerProcess } from '../support/server-process.ts';
import { untilAllRead, untilAllSee, untilStored, untilSynced, write } from '../support/text.ts';
import { until } from '../support/until.ts';

// The examples of deploy/ in the real nginx and the real Caddy, with TLS, and people on the other side of them.

const authority = readFileSync(CERTIFICATE);
/** Connections that one address may have here. */
const MOST = 6;
/** Addresses of Linux' loopback network: two people who come from elsewhere. */
const [PERSON, ANOTHER] = ['127.0.0.2', '127.0.0.3'];

const NAMES: readonly ProxyName[] = ['nginx', 'caddy'];

describe.each(NAMES)('%s as deploy/ has it', (name) => {
  let server: ServerProcess;
  let proxy: RealProxy;
  const closing: (() => unknown)[] = [];

  beforeAll(async () => {
    const args = ['--trust-proxy', '1', '--max-connections-per-address', `${MOST}`];
    server = await ServerProcess.launch({ args });
    proxy = await RealProxy.start(name, server.port);
  });
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.close();
  });

  function join(client: Client, document: string, codes: number[]): Participant {
    const opened = (socket: WebSocket) => socket.on('close', (code) => codes.push(code));
    const participant = participate(client, proxy, document, { name: client, tap: { authority, opened } });
    closing.push(() => participant.leave());
    return participant;
  }

  function socketFrom(localAddress: string, more: ClientOptions = {}): WebSocket {
    const socket = new WebSocket(proxy.sync, { ca: authority, family: 4, localAddress, ...more });
    socket.on('error', () => undefined); // those who wait for one are told
    closing.push(() => socket.terminate());
    return socket;
  }

  async function post(
    path: string,
    body: Uint8Array | string,
    type: string,
  ): Promise<{ status: number; text: string }> {
    const headers = { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) };
    const request = secureRequest(new URL(path, proxy.url), { method: 'POST', ca: authority, headers });
    request.end(body);
    const [response] = await once(request, 'response');
    request.on('error', () => undefined); // the rest of what was refused is not taken
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode, text };
  }

  it('[OPS-17] is found well by inkroom doctor', async () => {
    const { code, out } = await inkroom(['doctor', '--url', proxy.url], { NODE_EXTRA_CA_CERTS: CERTIFICATE });
    expect(out.split('\n').filter((line) => line !== '' && !line.startsWith('ok  '))).toEqual(['Nothing is wrong.']);
    expect(code).toBe(0);
  });

  it('[OPS-17] lets both dialects through, tells them of a restart, and lets them come back', async () => {
    const codes: Record<string, number[]> = { 'y-websocket': [], hocuspocus: [] };
    const both = (['y-websocket', 'hocuspocus'] as const).map((client) => join(client, 'shared', codes[client] ?? []));
    const [ada, bob] = both as [Participant, Participant];
    await untilSynced(both);
    write(ada.doc, 'from ada;');
    write(bob.doc, 'from bob;');
    await untilAllRead(both, ['from ada;', 'from bob;']);
    await untilAllSee(both, ['y-websocket', 'hocuspocus']);

    await server.stop();
    write(ada.doc, 'meanwhile ada;');
    write(bob.doc, 'meanwhile bob;');
    await until('both to know', () => Object.values(codes).every(({ length }) => length > 0));
    expect([codes['y-websocket']?.[0], codes.hocuspocus?.[0]]).toEqual([1012, 1012]);
    await server.start();
    const text = await untilAllRead(both, ['from ada;', 'from bob;', 'meanwhile ada;', 'meanwhile bob;']);
    await untilStored(server, 'shared', text);
  });

  it('[OPS-17] says whose address it is, whatever that one claims, and each has a budget of its own', async () => {
    const rude = socketFrom(ANOTHER, { headers: { 'X-Forwarded-For': '192.0.2.7' } });
    await once(rude, 'open');
    rude.send('text');
    expect((await once(rude, 'close'))[0]).toBe(1003);
    const line = await until('the log', () => server.log.find(({ msg }) => msg === 'connection refused'));
    expect(line).toMatchObject({ code: 'text-frame', address: ANOTHER });

    const opened = Array.from({ length: MOST }, () => socketFrom(PERSON));
    await Promise.all(opened.map((socket) => once(socket, 'open')));
    const [error] = await once(socketFrom(PERSON), 'error');
    expect(String(error)).toContain('Unexpected server response: 429');
    await once(socketFrom(ANOTHER), 'open');
  });

  it('[OPS-17] lets the largest picture through, and one that is larger is answered 413', async () => {
    const { text } = await post('/api/documents', '{}', 'application/json');
    const path = `/api/uploads?document=${encodeURIComponent(JSON.parse(text).name)}`;
    const picture = (bytes: number) => Buffer.concat([png(), Buffer.alloc(bytes - png().length)]);
    const largest = await post(path, picture(UPLOAD_BYTES), 'image/png');
    expect([largest.status, JSON.parse(largest.text).bytes]).toEqual([201, UPLOAD_BYTES]);
    const tooLarge = await post(path, picture(UPLOAD_BYTES + 1), 'image/png');
    expect(tooLarge.status).toBe(413);
    expect(tooLarge.text).toContain({ nginx: '413 Request Entity Too Large', caddy: '"code":"too-large"' }[name]);
  });

  it('[OPS-17] keeps tokens out of its log, and sends who comes without TLS to where it is', async () => {
    const socket = new WebSocket(`${proxy.sync}/logged?token=not-to-be-logged`, { ca: authority });
    await once(socket, 'open');
    socket.close();
    await once(socket, 'close');
    await until('the log', () => proxy.accessLog.includes('/sync/logged'));
    expect(proxy.accessLog).not.toContain('not-to-be-logged');
    const [response] = await once(plainGet({ host: 'localhost', port: proxy.plainPort, path: '/d/plans' }), 'response');
    response.resume();
    expect([301, 308]).toContain(response.statusCode);
    expect(response.headers.location).toMatch(/^https:\/\/localhost(:\d+)?\/d\/plans$/);
  });
});
