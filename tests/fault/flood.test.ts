import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { encodeClientFrame } from '../../lib/protocol/hocuspocus.ts';
import { LIMITS } from '../../server/limits.ts';
import { Peer } from '../support/peer.ts';
import { clientFrame, RawSocket } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// The built server, and those who ask more of it than it gives.

const DOCUMENT = 'flooded';
/** No client says this. */
const NOISE = Uint8Array.of(255, 255, 255);
const SHOWS_TOKEN = { type: 'auth', token: '', version: undefined } as const;
let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.launch({ args: ['--trust-proxy', '1', '--max-connections-per-address', '50'] });
});
afterAll(() => server.close());

/** An upgrade request that a proxy passed on for `address`. */
const requestFrom = (address: string) =>
  `GET /sync HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `X-Forwarded-For: ${address}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;

async function dial(address: string): Promise<RawSocket> {
  const socket = await RawSocket.connect(server.port);
  socket.write(requestFrom(address));
  return socket;
}

const status = (socket: RawSocket) => socket.text.slice(9, 12);

/** Milliseconds until another person's edit has come back from the disk. */
async function answerTime(peer: Peer, number: number): Promise<number> {
  const start = performance.now();
  peer.doc.getText('text').insert(0, 'x');
  await until('an edit to be acknowledged', () => peer.acknowledged >= number);
  return performance.now() - start;
}

describe('a flood', () => {
  it('[NET-13] of connections from one address is refused at the door, and others come in', async () => {
    const sockets = await Promise.all(Array.from({ length: 200 }, () => dial('198.51.100.1')));
    await until('all to be answered', () => sockets.every((socket) => socket.text.length > 12));
    expect(sockets.filter((socket) => status(socket) === '101')).toHaveLength(50);
    const refused = sockets.filter((socket) => status(socket) === '429');
    expect(refused).toHaveLength(150);
    expect(refused[0]?.text).toContain('\r\nRetry-After: 10\r\n');
    const other = await dial('198.51.100.2');
    await until('the other to be let in', () => status(other) === '101');
    for (const socket of sockets) await socket.close();
    await until('a place to be free', async () => {
      const socket = await dial('198.51.100.1');
      await until('an answer', () => socket.text.length > 12);
      const answered = status(socket);
      await socket.close();
      return answered === '101';
    });
    await other.close();
  });

  it('[NET-31] of sockets that ask for nothing is cut off at a bound, and who is connected stays', async () => {
    const small = await ServerProcess.launch({ args: ['--max-connections', '2', '--metrics-port', '0'] });
    const metric = async (name: string) =>
      Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await (await fetch(small.metrics)).text())?.[1]);
    const most = 2 + LIMITS.requestSockets;
    const ann = await Peer.join({ sync: small.sync, document: DOCUMENT, voice: 'hocuspocus' });
    ann.doc.on('update', (update: Uint8Array, origin: unknown) => origin !== ann && ann.sendUpdate(update));
    const sockets: RawSocket[] = [];
    try {
      while (sockets.length < most - 1) {
        const some = Math.min(500, most - 1 - sockets.length);
        sockets.push(...(await Promise.all(Array.from({ length: some }, () => RawSocket.connect(small.port)))));
      }
      expect(await metric('inkroom_sockets_dropped_total')).toBe(0);
      const refused = await RawSocket.connect(small.port);
      await refused.untilEnded();
      expect(await metric('inkroom_sockets_dropped_total')).toBe(1);
      await answerTime(ann, 1);
    } finally {
      for (const socket of sockets) socket.reset();
      await ann.close();
      await small.close();
    }
  });

  it('[NET-19] of connections that break the rules has to wait before it comes again, then a stock client behind the same address comes in', async () => {
    const address = '198.51.100.3';
    const misbehave = async (say: (socket: RawSocket) => void) => {
      const socket = await dial(address);
      const answered = await until('an answer', () => socket.text.includes('\r\n\r\n') && socket.text.length);
      if (status(socket) === '101') {
        say(socket);
        await until('a close frame', () => socket.ended || socket.text.length > answered);
      }
      await socket.close();
      return status(socket);
    };
    const statuses: string[] = [];
    for (let i = 0; i < 30; i++) statuses.push(await misbehave((socket) => socket.send({ opcode: 2, payload: NOISE })));
    for (let i = 0; i < 30; i++) statuses.push(await misbehave((socket) => socket.send({ opcode: 3 })));
    expect(statuses.filter((each) => each === '101').length).toBeLessThan(60);
    expect(statuses.slice(0, 50).every((each) => each === '101')).toBe(true);
    class Proxied extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers: { 'x-forwarded-for': address } });
      }
    }
    const doc = new Y.Doc();
    const provider = new WebsocketProvider(server.sync, DOCUMENT, doc, {
      WebSocketPolyfill: Proxied as unknown as typeof globalThis.WebSocket,
      disableBc: true,
    });
    await until('the stock client to come in', () => provider.synced);
    provider.destroy();
    doc.destroy();
  });

  it('[NET-15] of frames is read no faster than its budget allows, and others go on writing', async () => {
    const sync = server.sync;
    const ben = await Peer.join({ sync, document: DOCUMENT, voice: 'hocuspocus' });
    ben.doc.on('update', (update: Uint8Array, origin: unknown) => origin !== ben && ben.sendUpdate(update));
    const eve = await RawSocket.upgrade(server.port, '/sync');
    const pings = Buffer.concat(
      Array.from({ length: 1_000 }, () => clientFrame({ opcode: 2, payload: Uint8Array.of(9) })),
    );
    const pongs = () => eve.text.length / 3;
    const start = performance.now();
    for (let i = 0; i < 100; i++) eve.write(pings);
    await until('what may be said at once to be answered', () => pongs() >= 20_000);
    const times: number[] = [];
    for (let number = 1; number <= 20; number++) times.push(await answerTime(ben, number));
    times.sort((a, b) => a - b);
    expect(times[10]).toBeLessThan(200);
    // What `ws` had been given when it was overdrawn is still read, and once more when the first of that is paid back.
    const seconds = (performance.now() - start) / 1_000;
    expect(pongs()).toBeLessThan(20_000 + (2 * LIMITS.pieceBytes) / 7 + 2_000 * seconds);
    await eve.close();
    await ben.close();
  });

  it('[JOIN-10] [NET-27] of documents to be opened is served in turns, and who comes after it comes in before its end', async () => {
    const crowd = await Promise.all(Array.from({ length: 20 }, () => RawSocket.upgrade(server.port, '/sync')));
    const documents = LIMITS.documentsPerConnection;
    for (const [who, socket] of crowd.entries()) {
      const asked = Array.from({ length: documents }, (_, i) =>
        clientFrame({ opcode: 2, payload: encodeClientFrame(`crowded ${who} ${i}`, SHOWS_TOKEN) }),
      );
      socket.write(Buffer.concat(asked));
    }
    const opened = () => crowd.reduce((sum, { text }) => sum + text.split('crowded').length - 1, 0);
    const all = 2 * crowd.length * documents; // the role, and what the server has
    const ada = await Peer.join({ sync: server.sync, document: DOCUMENT, voice: 'hocuspocus' });
    expect(opened()).toBeLessThan(all / 2);
    await until('all to be let in', () => opened() === all);
    await ada.close();
    for (const socket of crowd) await socket.close();
  });

  it('[NET-17] of fragments ends the connection', async () => {
    const eve = await RawSocket.upgrade(server.port, '/sync');
    const byte = Uint8Array.of(1);
    eve.send({ opcode: 2, payload: byte, fin: false });
    eve.write(
      Buffer.concat(Array.from({ length: 2_000 }, () => clientFrame({ opcode: 0, payload: byte, fin: false }))),
    );
    expect(await eve.untilRefused()).toBe(1008);
  });

  it('[NET-15] [NET-22] of control frames costs its sender its budget, and the server no memory', async () => {
    const before = server.residentBytes();
    const eve = await RawSocket.upgrade(server.port, '/sync');
    eve.pause(); // and takes none of the answers
    const pings = Buffer.concat(
      Array.from({ length: 1_000 }, () => clientFrame({ opcode: 9, payload: new Uint8Array(125) })),
    );
    for (let i = 0; i < 100; i++) eve.write(pings);
    const ben = await Peer.join({ sync: server.sync, document: DOCUMENT, voice: 'hocuspocus' });
    await ben.close();
    expect(server.residentBytes() - before).toBeLessThan(50 * 1024 * 1024);
    expect(eve.ended).toBe(false);
    await eve.close();
  });
});
