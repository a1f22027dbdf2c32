import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { readAhead } from '../../server/inbox.ts';
import { createHandshake } from '../../server/upgrade.ts';

// Which way bytes take from a socket to its stream is Node's own affair: on each Node that this runs on, they are to be found there.

it('[NET-23] what a real socket reads is read before ws, the binary frames of a client', async () => {
  const handshake = createHandshake();
  const heard: string[] = [];
  const server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', (request, socket, head) => {
    handshake.handleUpgrade(request, socket, head, (webSocket) => {
      const hear = (way: string, message: Buffer) => {
        heard.push(`${way}: ${message.subarray(0, 10)}`);
        webSocket.send('heard');
      };
      readAhead(webSocket, socket, (message) => hear('before', message));
      webSocket.on('message', (message: Buffer) => hear('ws', message));
    });
  });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(client, 'open');
  for (const message of [Buffer.from('one'), 'text', Buffer.alloc(5_000_000, 'x'), Buffer.from('two')]) {
    client.send(message);
    await once(client, 'message');
  }
  client.close();
  await once(client, 'close');
  server.close();
  expect(heard).toEqual(['before: one', 'ws: text', 'before: xxxxxxxxxx', 'before: two']);
});
