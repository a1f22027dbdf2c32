import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sockets } from '../../server/sockets/sockets.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';

// How many sockets there may be at a time, on a real port: whether they ask for anything or not.

let http: Server;
let port: number;
let sockets: Sockets;
let dropped: (string | undefined)[];
/** Whose the next ones are. */
let address: string | undefined;
let dialled: RawSocket[];

beforeEach(async () => {
  [dropped, dialled, address] = [[], [], undefined];
  http = createServer((_, response) => response.end('here'));
  http.on('upgrade', (_, socket) => {
    socket.on('error', () => socket.destroy());
    socket.resume().on('end', () => socket.end());
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  });
  sockets = new Sockets(http, {
    most: 3,
    mostPerAddress: 2,
    addressOf: (_: Socket) => address,
    onDropped: (of) => dropped.push(of),
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  port = (http.address() as AddressInfo).port;
});
afterEach(async () => {
  sockets.destroy();
  await Promise.all(dialled.map((socket) => socket.untilEnded()));
  await new Promise((resolve) => http.close(resolve));
});

/** Says whether it is let in: a request of it is answered. */
async function dial(request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'): Promise<[boolean, RawSocket]> {
  const socket = await RawSocket.connect(port);
  dialled.push(socket);
  socket.write(request);
  await until('an answer or an end', () => socket.ended || socket.text.includes('\r\n\r\n'));
  return [socket.text !== '', socket];
}

const UPGRADE = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

describe('the sockets of a port', () => {
  it('[NET-31] are as many as there may be, upgraded or not; who comes then is closed, and let in when another has gone', async () => {
    const silent = await RawSocket.connect(port);
    dialled.push(silent);
    const [upgraded] = await dial(UPGRADE);
    const [asked] = await dial();
    expect([upgraded, asked]).toEqual([true, true]);
    expect(dropped).toEqual([]);
    expect((await dial())[0]).toBe(false);
    expect(dropped).toEqual([undefined]);
    await silent.close();
    await until('a place to be free', async () => (await dial())[0]);
  });

  it('[NET-31] are as many of one address as that may have, and others come in', async () => {
    address = 'a';
    const [first, socket] = await dial(UPGRADE);
    const [second] = await dial();
    const [third] = await dial();
    expect([first, second, third, dropped]).toEqual([true, true, false, ['a']]);
    address = 'b';
    const [other, leaving] = await dial();
    expect(other).toBe(true);
    await leaving.close();
    address = 'a';
    await socket.close();
    await until('a place to be free', async () => (await dial())[0]);
  });

  it('[NET-31] of this machine itself, or of a proxy, are counted together only', async () => {
    for (let i = 0; i < 3; i++) expect((await dial())[0]).toBe(true);
    expect((await dial())[0]).toBe(false);
  });
});
