import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../server/clock.ts';
import { frame } from '../../server/frames/outbox.ts';
import { Outflow } from '../../server/frames/outflow.ts';
import { Line } from '../../server/line.ts';
import { createHandshake } from '../../server/sockets/upgrade.ts';

// How a real socket drains, and which of its methods `ws` writes by, is theirs: on each Node that this runs on, a document in slices arrives whole.

const pairFile = (part: string) => readFileSync(new URL(`../fixtures/tls/one.${part}`, import.meta.url));

it.each([
  ['ws', () => createServer()],
  ['wss', () => createSecureServer({ cert: pairFile('crt'), key: pairFile('key') })],
])(
  '[JOIN-11] a document of 8 MiB arrives whole by %s, what is said meanwhile after it, and the farewell last',
  async (protocol, create) => {
    const document = Buffer.alloc(8 * 1024 * 1024, 'The quick brown fox. ');
    const handshake = createHandshake();
    const line = new Line(systemClock);
    let queued = 0;
    const server = create().listen(0, '127.0.0.1');
    server.on('upgrade', (request, socket, head) => {
      handshake.handleUpgrade(request, socket, head, (webSocket) => {
        const onDrained = () => webSocket.close(4000); // when all has been taken
        const outflow = new Outflow({ socket, line, onDrained });
        outflow.send([frame(document)]);
        queued = outflow.queued;
        webSocket.ping('between'); // of `ws`: whole, and not in the middle
        outflow.send([frame(Buffer.from('edit'))]);
      });
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = new WebSocket(`${protocol}://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const heard: unknown[] = [];
    client.on('message', (message: Buffer) => heard.push(message.equals(document) ? 'document' : String(message)));
    client.on('ping', (payload) => heard.push(String(payload)));
    const [code] = await once(client, 'close');
    expect(heard).toEqual(['document', 'between', 'edit']);
    expect(code).toBe(4000);
    expect(queued).toBeGreaterThan(document.length / 2);
    server.close();
  },
);
