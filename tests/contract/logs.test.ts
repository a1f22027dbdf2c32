import { spawnSync } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import { encodeClientFrame } from '../../lib/protocol/hocuspocus.ts';
import { LIMITS } from '../../server/limits.ts';
import { Peer } from '../support/peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// What the real process writes when its clients try to write into its log.

const SECRET = 'tok3n-of-somebody';
/** Everything that some terminal or collector takes for a line break, and a forged line. */
const BREAKS = ['\n', '\r', '\u0085', '\u2028', '\u2029', '\v', '\f'];
const FORGED = '{"level":50,"msg":"forged"}';

let server: ServerProcess;
beforeAll(async () => {
  server = await ServerProcess.launch({ logLevel: 'debug', env: { INKROOM_ADMIN_KEY: `${SECRET}-admin` } });
});
afterAll(() => server.close());

/** Sends bytes as they are, and resolves when the server has ended the connection. */
async function say(bytes: string): Promise<void> {
  const socket = connect(server.port, '127.0.0.1');
  socket.end(bytes);
  socket.resume();
  await endOf(socket);
}

function endOf(socket: EventEmitter): Promise<void> {
  socket.on('error', () => undefined); // a refused handshake, a reset: `close` follows
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

describe('the log', () => {
  it('[NET-28] says once that a proxy stands in front which the server was not told of', async () => {
    const told = await ServerProcess.launch({ args: ['--trust-proxy', '1'] });
    const visit = async ({ sync }: ServerProcess, headers: Record<string, string>) => {
      const socket = new WebSocket(`${sync}/notes`, { headers });
      socket.once('open', () => socket.close());
      await endOf(socket);
    };
    try {
      for (const each of [server, told]) {
        await visit(each, {});
        expect(each.count('--trust-proxy')).toBe(0);
        for (let i = 0; i < 2; i++) await visit(each, { 'X-Forwarded-For': '203.0.113.9' });
      }
      expect(server.count('--trust-proxy')).toBe(1);
      expect(told.count('--trust-proxy')).toBe(0);
    } finally {
      await told.close();
    }
  });

  it('[NET-30] says of which address a socket or a connection was refused, as budgets count it, and of this machine nothing', async () => {
    const told = await ServerProcess.launch({ args: ['--trust-proxy', '1'] });
    const visit = async (say: (socket: WebSocket) => void, headers: Record<string, string>, path = '') => {
      const socket = new WebSocket(`${told.sync}${path}`, { headers });
      socket.once('open', () => say(socket));
      await endOf(socket);
    };
    const noise = (socket: WebSocket) => socket.send(Uint8Array.of(255, 255, 255));
    const malformed = (socket: WebSocket) =>
      (socket as unknown as { _socket: Socket })._socket.write('no frame of any kind');
    try {
      for (const [address, counted] of [
        ['203.0.113.9', '203.0.113.9'],
        ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
        [`203.0.113.9\u00a0${SECRET}`, undefined],
      ] as const) {
        const before = told.log.length;
        const headers = { 'X-Forwarded-For': address };
        await visit(noise, { ...headers, Origin: 'http://elsewhere.test' });
        await visit(noise, headers);
        await visit(malformed, headers);
        const lines = await until('three lines', () => told.log.length >= before + 3 && told.log.slice(before));
        const named = lines.map(({ msg, address }) => [msg, address]);
        expect(named.slice(0, 2)).toEqual([
          ['socket refused', counted],
          ['connection refused', counted],
        ]);
        expect(named[2]).toEqual(['malformed WebSocket frame', counted]);
      }
      expect(told.output).not.toContain(SECRET);
    } finally {
      await told.close();
    }
  });

  it('[OPS-13] is not filled by who is refused at the door again and again', async () => {
    const flooded = await ServerProcess.launch();
    const times = 400;
    const request = 'GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const knock = async () => {
      const socket = connect(flooded.port, '127.0.0.1');
      socket.write(request);
      socket.resume();
      await endOf(socket);
    };
    try {
      const start = performance.now();
      for (let i = 0; i < times; i += 50) await Promise.all(Array.from({ length: 50 }, knock));
      await flooded.stop();
      const seconds = (performance.now() - start) / 1_000;
      const lines = flooded.log.filter(({ msg }) => msg === 'socket refused').length;
      const left = flooded.log.filter(({ kind }) => kind === 'socket refused');
      expect(lines).toBeLessThanOrEqual(LIMITS.logLinesAtOnce + seconds * LIMITS.logLinesPerSecond);
      expect(left.reduce((sum, { count }) => sum + Number(count), lines)).toBe(times);
    } finally {
      await flooded.close();
    }
  });

  it('[OPS-6] holds no token, no key, no query, no header and no content', async () => {
    const headers = { Authorization: `Bearer ${SECRET}`, Cookie: `session=${SECRET}`, Origin: 'http://elsewhere.test' };
    await endOf(new WebSocket(`${server.sync}/notes?token=${SECRET}`, { headers }));
    await endOf(new WebSocket(`${server.sync}/%ff?token=${SECRET}`));
    await fetch(`${server.url}/api/documents/none/state?token=${SECRET}`, { headers });
    await fetch(`${server.url}/api/admin/grants?key=${SECRET}`, { method: 'POST', headers, body: SECRET });
    await say(`GET /sync/x?token=${SECRET} HTTP/9.9\r\nAuthorization: ${SECRET}\r\n\r\n`);
    await say(
      `GET /sync/x?token=${SECRET} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${SECRET}\n${SECRET}: \r\n\r\n`,
    );
    for (const voice of ['hocuspocus', 'inkroom', 'y-websocket'] as const) {
      const peer = await Peer.open({ sync: server.sync, document: 'notes', voice });
      if (voice !== 'y-websocket') peer.send({ type: 'auth', token: SECRET, version: SECRET });
      peer.send({ type: 'step1', stateVector: EMPTY_STATE_VECTOR });
      peer.send({ type: 'awareness', update: new TextEncoder().encode(`\u0001\u0001\u0001\u0012{"name":"${SECRET}`) });
      peer.sendFrame(new TextEncoder().encode(SECRET));
      await peer.untilEnded();
    }
    await until('all of it to be logged', () => server.count('connection refused') >= 3);
    expect(server.output + server.errors).not.toContain(SECRET);
  });

  it('[OPS-7] is one JSON object a line, whatever names and frames hold', async () => {
    const before = server.log.length;
    const socket = new WebSocket(server.sync);
    await once(socket, 'open');
    for (const [index, character] of BREAKS.entries()) {
      await say(
        `GET /sync/${encodeURIComponent(`${character}${FORGED}`)} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      );
      const peer = await Peer.open({
        sync: server.sync,
        document: `${index}${character}${FORGED}`,
        voice: 'hocuspocus',
      });
      peer.send({ type: 'auth', token: '', version: undefined });
      await peer.untilEnded();
    }
    // Names that are allowed, and that turn the text around on a terminal.
    socket.send(encodeClientFrame(`\u202e${FORGED}`, { type: 'auth', token: '', version: undefined }));
    socket.send(Uint8Array.of(255, 255, 255));
    await endOf(socket);
    await until('all of it to be logged', () => server.log.length >= before + 2 * BREAKS.length + 1);
    const lines = server.output.split(/[\n\r\v\f\u0085\u2028\u2029]/u).slice(0, -1);
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), time: expect.any(String) });
    expect(lines.length).toBe(server.log.length);
    expect(server.log.filter(({ msg }) => msg === 'forged')).toEqual([]);
  });

  it('[OPS-6] [OPS-7] redacts what a call site hands over by mistake', () => {
    const script = `
      const { createLogger } = await import('#built/server/logger');
      const cause = Object.assign(new Error('cause'), { code: 'ECAUSE', rawPacket: '${SECRET}' });
      const err = Object.assign(new Error('why', { cause }), { payload: { sub: '${SECRET}' } });
      createLogger('info').info({ err, token: '${SECRET}', request: { headers: { authorization: '${SECRET}', cookie: '${SECRET}' } },
        url: '/sync/x?token=${SECRET}', name: 'a\\u2028b\\u202ec\\nd' }, 'said');`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).not.toContain(SECRET);
    expect(stdout.trim()).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(stdout)).toMatchObject({
      url: '/sync/x',
      name: 'a\u2028b\u202ec\nd',
      err: { message: 'why', cause: { message: 'cause', code: 'ECAUSE' } },
    });
  });
});
