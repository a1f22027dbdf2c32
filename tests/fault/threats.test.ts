import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as encoding from 'lib0/encoding';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encode } from '../../lib/protocol/bytes.ts';
import { PROTOCOL_LIMITS } from '../../lib/protocol/limits.ts';
import { KINDS } from '../support/clients.ts';
import { Peer } from '../support/peer.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { Witnesses } from '../support/witness.ts';

// Small things that used to cost a server much, and requests that are no requests: rows of docs/THREATS.md that no other file shows.
// What something costs is the time of the server's main thread on a processor, which a busy machine does not change.

const DOCUMENT = 'attacked';
/** Milliseconds of the main thread for one frame or one request. */
const FRAME_MS = 50;
/** The same for a frame of a megabyte or more, whose every struct or range has to be looked at: as many take 40. */
const HEAVY_FRAME_MS = 200;
/** For thousands of updates: 5,000 take 40. */
const THOUSANDS_MS = 500;

let server: ServerProcess;
let neighbours: Witnesses;
/** What reaches the process that renders the page. */
const pageSaw: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
const page = createServer(async (request, response) => {
  pageSaw.push({ url: request.url, headers: request.headers, body: await text(request) });
  response.end('the page');
});
let pageUpgrades = 0;
page.on('upgrade', (_, socket) => {
  pageUpgrades++;
  socket.destroy();
});

beforeAll(async () => {
  page.listen(0, '127.0.0.1');
  await once(page, 'listening');
  server = await ServerProcess.launch({ page: `http://127.0.0.1:${(page.address() as AddressInfo).port}` });
  neighbours = new Witnesses(server, 'neighbour');
  await neighbours.pulse();
});
beforeEach(() => {
  pageSaw.length = 0;
});
afterEach(async () => {
  expect(server.running).toBe(true);
  await neighbours.pulse();
  expect(server.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});
afterAll(async () => {
  neighbours.leave();
  await server.close();
  page.close();
});

/** Milliseconds of the main thread that it takes; of three times the cheapest, since a first time compiles and any time may collect garbage. */
async function cost(attack: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 3; time++) {
    const before = server.cpuMs();
    await attack();
    least = Math.min(least, server.cpuMs() - before);
  }
  return least;
}

/** A V1 update, number by number. */
function update(story: (write: (...numbers: number[]) => void) => void): Uint8Array {
  return encode((encoder) =>
    story((...numbers) => {
      for (const number of numbers) encoding.writeVarUint(encoder, number);
    }),
  );
}

describe('updates that cost more than they weigh', () => {
  it.each(KINDS)('[UPD-2] 16 bytes that claim 2^25-1 structs, said by %s twenty times', async (voice) => {
    const bomb = Uint8Array.of(1, 0xff, 0xff, 0xff, 0x0f, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const before = server.residentBytes();
    const took = await cost(async () => {
      for (let i = 0; i < 20; i++) {
        const peer = await Peer.join({ sync: server.sync, document: DOCUMENT, voice });
        peer.sendUpdate(bomb);
        expect(await peer.untilEnded()).toBe(4400);
      }
    });
    expect(took / 20).toBeLessThan(FRAME_MS);
    expect(server.residentBytes() - before).toBeLessThan(32 * 1024 * 1024);
  });

  it.each(KINDS)('[SES-6] [UPD-7] 5,000 updates of 8 bytes that build on nothing, said by %s', async (voice) => {
    const gap = (client: number) => update((write) => write(1, 1, client, 5, 0, 1, 0));
    const took = await cost(async () => {
      const peer = await Peer.join({ sync: server.sync, document: DOCUMENT, voice });
      for (let i = 0; i < 5_000; i++) peer.sendUpdate(gap(128 + i));
      // Never answered, they wait, within a bound; an Inkroom client is told of each, and closed after the fourth.
      if (voice === 'inkroom') expect(await peer.untilEnded()).toBe(4509);
      else await neighbours.pulse();
      await peer.close();
    });
    expect(took).toBeLessThan(THOUSANDS_MS);
    const stored = await fetch(`${server.url}/api/documents/${DOCUMENT}/state`);
    expect(stored.status).toBe(404); // nothing of all this was ever written
  });

  const many: [string, Uint8Array, number][] = [
    [
      '200,000 clients',
      update((write) => {
        write(200_000);
        for (let client = 200_000; client > 0; client--) write(1, client, 0, 0, 1);
        write(0);
      }),
      1009,
    ],
    [
      '50,000 roots',
      update((write) => {
        write(1, 50_000, 7, 0);
        for (let i = 0; i < 50_000; i++) write(4, 1, 3, 97, i % 128, (i >> 7) & 127, 1, 97);
        write(0);
      }),
      1009,
    ],
    [
      'more deleted ranges than the bound',
      update((write) => {
        const ranges = PROTOCOL_LIMITS.deletedRanges + 1;
        write(1, 1, 7, 0, 0, 2 * ranges, 1, 7, ranges);
        for (let i = 0; i < ranges; i++) write(2 * i, 1);
      }),
      1009,
    ],
    ['a jump of 2^40 clocks', update((write) => write(1, 1, 7, 0, 0, 2 ** 40, 0)), 1009],
    [
      'a value of 5,000 levels',
      update((write) => {
        write(1, 1, 7, 0, 8, 1, 1, 97, 1);
        for (let i = 0; i < 5_000; i++) write(117, 1);
        write(126, 0);
      }),
      4400,
    ],
    [
      '20,000 arrays, each in the one before',
      update((write) => {
        write(1, 1, 7, 0, 8, 1, 1, 97, 1);
        for (let i = 0; i < 20_000; i++) write(117, 1);
        write(126, 0);
      }),
      4400,
    ],
    [
      'a key of a prototype',
      update((write) => write(1, 1, 7, 0, 0x28, 1, 1, 97, 9, ...Buffer.from('__proto__'), 1, 126, 0)),
      4400,
    ],
  ];

  it.each(many)('[UPD-5] [UPD-6] [UPD-9] %s', async (_, hostile, code) => {
    const took = await cost(async () => {
      const peer = await Peer.join({ sync: server.sync, document: DOCUMENT, voice: 'y-websocket' });
      peer.sendUpdate(hostile);
      expect(await peer.untilEnded()).toBe(code);
    });
    expect(took).toBeLessThan(hostile.length < 1_000_000 ? FRAME_MS : HEAVY_FRAME_MS);
  });
});

/** All that comes back, until the connection ends or the head of an answer is there. */
async function answerTo(request: string): Promise<string> {
  const raw = await RawSocket.connect(server.port);
  raw.write(request);
  await until('an answer', () => raw.ended || raw.text.includes('\r\n\r\n'));
  const { text } = raw;
  await raw.close();
  return text;
}

const host = () => `Host: 127.0.0.1:${server.port}`;
const HANDSHAKE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

describe('requests', () => {
  it('[NET-4] compression is offered, and not taken: nothing inflates here', async () => {
    const answer = await answerTo(
      `GET /sync HTTP/1.1\r\n${host()}\r\n${HANDSHAKE}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).not.toMatch(/sec-websocket-extensions/i);
  });

  it.each(['/', '/_next/webpack-hmr', '/anything?x=1', '/syncs', '//sync', '/api/documents', 'http://127.0.0.1/other'])(
    '[API-8] a request to upgrade %s never reaches the page',
    async (path) => {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        for (const upgrade of [
          HANDSHAKE,
          'Connection: Upgrade\r\nUpgrade: h2c',
          'Connection: x, upgrade\r\nUpgrade: a, websocket',
        ]) {
          const answer = await answerTo(`${method} ${path} HTTP/1.1\r\n${host()}\r\n${upgrade}\r\n\r\n`);
          expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
        }
      }
      expect(pageSaw).toEqual([]);
      expect(pageUpgrades).toBe(0);
    },
  );

  it('[API-8] what is the page’s reaches it, without the headers of one hop', async () => {
    const answer = await answerTo(`GET /some/page HTTP/1.1\r\n${host()}\r\nUpgrade: h2c\r\nTE: x\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(pageSaw.map(({ url }) => url)).toEqual(['/some/page']);
    expect(pageSaw[0]?.headers).not.toHaveProperty('upgrade');
    expect(pageSaw[0]?.headers).not.toHaveProperty('te');
  });

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST', 'PATCH'])(
    '[NET-24] what is within a %s for the page is never another request to it',
    async (method) => {
      const other = 'GET /smuggled HTTP/1.1\r\nHost: evil\r\nX-Inkroom-Server: http://evil\r\n\r\n';
      const chunks = `${other.length.toString(16)}\r\n${other}\r\n0\r\n\r\n`;
      for (const body of [
        `Transfer-Encoding: chunked\r\n\r\n${chunks}`,
        `Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
        `Content-Length: ${other.length}\r\n\r\n${other}`,
        `Connection: content-length\r\nContent-Length: ${other.length}\r\n\r\n${other}`,
      ]) {
        pageSaw.length = 0;
        expect(await answerTo(`${method} /some/page HTTP/1.1\r\n${host()}\r\n${body}`)).toMatch(/^HTTP\/1\.1 200 /);
        await answerTo(`GET /next HTTP/1.1\r\n${host()}\r\n\r\n`);
        expect(pageSaw.map(({ url }) => url)).toEqual(['/some/page', '/next']);
        expect(pageSaw.map((request) => request.body)).toEqual([other, '']);
      }
    },
  );

  it('[API-10] a header that is too large, and too many of them', async () => {
    expect(await answerTo(`GET /api/documents HTTP/1.1\r\n${host()}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
    const many = Array.from({ length: 3_000 }, (_, i) => `X-${i}: 1`).join('\r\n');
    expect(await answerTo(`GET /api/documents HTTP/1.1\r\n${host()}\r\n${many}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('[API-10] a body without an end is not read beyond its bound', async () => {
    const raw = await RawSocket.connect(server.port);
    raw.write(
      `POST /api/documents HTTP/1.1\r\n${host()}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (let i = 0; i < 20 && !raw.ended; i++) raw.write(`2000\r\n${'x'.repeat(0x2000)}\r\n`);
    await until('an answer', () => raw.text.startsWith('HTTP/1.1 413 '));
    await raw.close();
  });

  it.each([
    ['[a=a=', 3_000],
    [' ', 15_000],
    ['\t,', 7_000],
    ['a;', 7_000],
    ['"\\', 7_000],
    ['a.', 7_000],
    ['%', 15_000],
    [':0', 7_000],
    ['1.2.3.4, ', 1_500],
    ['permessage-deflate;a="', 700],
  ])('[NET-8] %j, again and again, in every header that is parsed and in the path', async (part, times) => {
    const long = part.repeat(times).slice(0, 15_000);
    const value = long.trim();
    const requests = [
      ...['Origin', 'Cookie', 'Authorization', 'X-Forwarded-For', 'X-Forwarded-Host', 'Content-Type', 'Accept'].map(
        (name) => `POST /api/documents HTTP/1.1\r\n${host()}\r\n${name}: a${long}\r\nContent-Length: 0\r\n\r\n`,
      ),
      ...['Origin', 'Cookie', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions'].map(
        (name) => `GET /sync/x HTTP/1.1\r\n${host()}\r\n${HANDSHAKE}\r\n${name}: a${long}\r\n\r\n`,
      ),
      `GET /api/documents HTTP/1.1\r\nHost: a${long}\r\n\r\n`,
      `GET /sync/${encodeURIComponent(value)}?token=${encodeURIComponent(value).slice(0, 9_000)} HTTP/1.1\r\n${host()}\r\n\r\n`.slice(
        0,
        16_000,
      ),
      `GET /api/documents?limit=${value.replace(/\s/g, '+')} HTTP/1.1\r\n${host()}\r\n\r\n`,
    ];
    for (const request of requests) {
      const took = await cost(async () => {
        expect(await answerTo(request.endsWith('\r\n\r\n') ? request : `${request}\r\n\r\n`)).toMatch(
          /^HTTP\/1\.1 \d{3} /,
        );
      });
      expect(took, request.slice(0, 60)).toBeLessThan(FRAME_MS);
    }
  });
});
