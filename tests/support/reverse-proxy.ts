import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

// A reverse proxy as small as it gets, and as badly configured as a test wants it to be.

export interface ProxyOptions {
  readonly target: number;
  /** What becomes of the headers on the way. */
  readonly headers?: (headers: IncomingHttpHeaders) => IncomingHttpHeaders;
  /** `asRequest`: upgrades arrive without their headers. `mute`: they pass, and nothing after them does. */
  readonly upgrades?: 'pass' | 'asRequest' | 'mute';
  /** Milliseconds of silence after which a socket is cut. */
  readonly idleMs?: number;
  /** Of a body; a longer one is answered 413, as nginx does. */
  readonly mostBytes?: number;
}

/** Owned by the test that started it; `close()` ends all its connections. */
export class ReverseProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#keep(socket));
  }

  static async start({
    target,
    headers = (all) => all,
    upgrades = 'pass',
    idleMs = 0,
    mostBytes = Number.POSITIVE_INFINITY,
  }: ProxyOptions): Promise<ReverseProxy> {
    const onward = (url: string | undefined, given: IncomingHttpHeaders, method: string | undefined) =>
      httpRequest({ host: '127.0.0.1', port: target, path: url, method, headers: headers(given), agent: false });
    const server = createServer((request, response) => {
      if (Number(request.headers['content-length'] ?? 0) > mostBytes) {
        response.writeHead(413).end('<h1>413 Request Entity Too Large</h1>');
        return;
      }
      const there = onward(request.url, request.headers, request.method);
      there.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      there.on('error', () => response.writeHead(502).end('<h1>502 Bad Gateway</h1>'));
      request.pipe(there);
    });
    // A body that is too long is not asked for.
    server.on('checkContinue', (request, response) => {
      if (Number(request.headers['content-length']) <= mostBytes) response.writeContinue();
      server.emit('request', request, response);
    });
    const proxy = new ReverseProxy(server);
    server.on('upgrade', (request, socket, head) => {
      const given = { ...request.headers };
      if (upgrades === 'asRequest') {
        delete given.upgrade;
        given.connection = 'close';
      }
      const there = onward(request.url, given, 'GET');
      const answer = (status: number | undefined, raw: readonly string[]) => {
        let head = `HTTP/1.1 ${status} Answer\r\n`;
        for (let i = 0; i < raw.length; i += 2) head += `${raw[i]}: ${raw[i + 1]}\r\n`;
        socket.write(`${head}\r\n`);
      };
      there.on('upgrade', (response, upstream, first) => {
        proxy.#keep(upstream);
        answer(101, response.rawHeaders);
        socket.on('close', () => upstream.destroy());
        upstream.on('close', () => socket.destroy());
        upstream.on('error', () => socket.destroy());
        if (upgrades === 'mute') return;
        upstream.write(head);
        socket.write(first);
        upstream.pipe(socket).pipe(upstream);
        if (idleMs > 0) request.socket.setTimeout(idleMs, () => socket.destroy());
      });
      there.on('response', (response) => {
        answer(response.statusCode, response.rawHeaders);
        response.pipe(socket);
      });
      there.on('error', () => socket.destroy());
      socket.on('error', () => there.destroy());
      there.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }
}
