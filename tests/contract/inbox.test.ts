import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../server/clock.ts';
import { readAhead } from '../../server/frames/inbox.ts';
import { createHandshake } from '../../server/sockets/upgrade.ts';
import { Turn } from '../../server/turn.ts';

// Which way bytes take from a socket to its stream is Node's own affair: on each Node that this runs on, they are to be found there.

const pairFile = (part: string) => readFileSync(new URL(`../fixtures/tls/one.${part}`, import.meta.url));

describe.each([
  ['ws', () => createServer()],
  ['wss', () => createSecureServer({ cert: pairFile('crt'), key: pairFile('key') })],
])('what a real socket reads by %s', (protocol, create) => {
  /** A server that answers each message, and a client of it. `heard`: by which way each came. */
  async function connected() {
    const handshake = createHandshake();
    const turn = new Turn(systemClock);
    const heard: string[] = [];
    let rests = 0;
    const server = create().listen(0, '127.0.0.1');
    server.on('upgrade', (request, socket, head) => {
      handshake.handleUpgrade(request, socket, head, (webSocket) => {
        const hear = (way: string, message: Buffer) => {
          heard.push(`${way}: ${message.subarray(0, 10)}`);
          webSocket.send('heard');
        };
        const later = (goOn: () => void) => {
          rests++;
          turn.rest(goOn);
        };
        readAhead({
          webSocket,
          socket,
          take: (message) => hear('before', message),
          later,
          rest: () => expect.unreachable(),
        });
        webSocket.on('message', (message: Buffer) => hear('ws', message));
        webSocket.on('error', () => heard.push('a mistake'));
      });
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = new WebSocket(`${protocol}://127.0.0.1:${port}`, { rejectUnauthorized: false });
    await once(client, 'open');
    const close = async () => {
      client.close();
      if (client.readyState !== client.CLOSED) await once(client, 'close');
      server.close();
    };
    return { client, heard, rests: () => rests, close };
  }

  it('[NET-23] is read before ws, the binary frames of a client; [NET-20] and of a large one not all at once', async () => {
    const { client, heard, rests, close } = await connected();
    for (const message of [Buffer.from('one'), 'text', Buffer.alloc(5_000_000, 'x'), Buffer.from('two')]) {
      client.send(message);
      await once(client, 'message');
    }
    await close();
    expect(heard).toEqual(['before: one', 'ws: text', 'before: xxxxxxxxxx', 'before: two']);
    expect(rests()).toBeGreaterThanOrEqual(Math.floor(5_000_000 / (256 * 1024 + 65_536)));
  });

  it('[NET-20] is thrown away after a mistake, and the client hears of it all the same', async () => {
    const { client, heard, close } = await connected();
    client.send(Buffer.alloc(9 * 1024 * 1024));
    const [code] = await once(client, 'close');
    expect(code).toBe(1009);
    expect(heard).toEqual(['a mistake']);
    await close();
  });
});
