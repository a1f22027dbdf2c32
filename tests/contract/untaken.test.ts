import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { connect as connectSecurely } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { inPieces, sendBytes } from '../../server/http/respond.ts';
import { endUntaken } from '../../server/http/untaken.ts';
import { until } from '../support/until.ts';

// Answers on real sockets, whose buffers take some megabytes before anybody waits.

/** Milliseconds in place of two minutes. A reader who takes a megabyte in 100 ms moves more often than that, whatever the system gathers. */
const PATIENCE_MS = 1_000;
const MiB = 1024 * 1024;
const BODY = Buffer.alloc(24 * MiB);
const FIXTURES = new URL('../fixtures/tls/', import.meta.url);

const servers: Server[] = [];
const clients: Socket[] = [];
afterAll(async () => {
  for (const client of clients) client.destroy();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function* parts(): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < 2; i++) yield BODY.subarray(0, BODY.length / 2);
}

/** What the answer of `listener` came to. */
interface Asked {
  readonly socket: Socket;
  /** Whether the server was done with it before the socket was gone. */
  readonly finished: Promise<boolean>;
}

async function ask(listener: RequestListener, secure: boolean): Promise<Asked> {
  let answered: (finished: boolean) => void;
  const finished = new Promise<boolean>((resolve) => {
    answered = resolve;
  });
  const answer: RequestListener = (request, response) => {
    response.on('finish', () => answered(true));
    response.on('close', () => answered(false));
    endUntaken(response, PATIENCE_MS);
    listener(request, response);
  };
  const pem = (ending: string) => readFileSync(new URL(`one.${ending}`, FIXTURES));
  const server = secure ? createSecureServer({ cert: pem('crt'), key: pem('key') }, answer) : createServer(answer);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const where = { port: (server.address() as AddressInfo).port, host: '127.0.0.1' };
  const client = secure ? connectSecurely({ ...where, rejectUnauthorized: false }) : connect(where);
  clients.push(client);
  client.on('error', () => undefined); // being cut off is what is asked about
  await once(client, secure ? 'secureConnect' : 'connect');
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return { socket: client, finished };
}

describe.concurrent.each([
  ['http', false],
  ['https', true],
] as const)('an answer over %s', (_, secure) => {
  const given = [
    ['at once', (response: ServerResponse) => sendBytes(response, BODY)],
    [
      'in large parts',
      (response: ServerResponse) => void pipeline(Readable.from(inPieces(parts())), response, () => undefined),
    ],
  ] as const;

  it.each(given)('[NET-32] given %s, of which the peer takes nothing more is ended', async (_, give) => {
    const { socket, finished } = await ask((_, response) => give(response), secure);
    socket.pause();
    expect(await finished).toBe(false);
  });

  it.each(given)('[NET-32] given %s, that is taken slowly comes to its end', async (_, give) => {
    const { socket, finished } = await ask((_, response) => give(response), secure);
    let taken = 0;
    socket.on('data', (some: Buffer) => {
      taken += some.length;
      socket.pause();
      setTimeout(() => socket.resume(), (100 * some.length) / MiB);
    });
    expect(await finished).toBe(true);
    await until('the rest', () => taken >= BODY.length);
  });

  it('[NET-32] that has nothing to say for a while is waited for', async () => {
    const pause = 2.5 * PATIENCE_MS;
    const { socket, finished } = await ask((_, response) => {
      response.write('event: first\n\n');
      setTimeout(() => response.end('event: last\n\n'), pause);
    }, secure);
    socket.resume();
    expect(await finished).toBe(true);
  });
});
