import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { Agent, request as httpRequest } from '../node-http.ts';

// Everything that is not the server's own is the page's: passed on to the process that renders it, so that rendering never holds up an edit.
// Invariant: one request comes in, and one goes on, whatever is in its body.

/** Headers that concern one hop only (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Tells the page's process where this server is, so that it can ask on behalf of whoever asked it. What a client writes there is overwritten. */
const SERVER_HEADER = 'x-inkroom-server';

/** Where this server was reached, which it can be from the same machine. */
function addressOf({ socket }: IncomingMessage): string {
  const { localAddress = '127.0.0.1', localPort } = socket;
  const host = localAddress.replace(/^::ffff:/, '');
  return `${socket instanceof TLSSocket ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${localPort}`;
}

/** Passes requests to `origin` (an http URL on this machine). Owns its connections to it until `close()`. */
export class PageProxy {
  readonly #origin: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const onward = httpRequest({
      agent: this.#agent,
      hostname: this.#origin.hostname,
      port: this.#origin.port,
      method: request.method,
      path: request.url,
      headers: {
        ...endToEnd(request.headers),
        ...framingOf(request.headers),
        'x-forwarded-host': request.headers.host ?? '',
        'x-forwarded-proto': request.socket instanceof TLSSocket ? 'https' : 'http',
        [SERVER_HEADER]: addressOf(request),
      },
    });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
      answer.pipe(response);
      answer.on('error', () => response.destroy()); // the page broke off in the middle: so must we
    });
    onward.on('error', () => {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      response.writeHead(502, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end('The page is not running. The sync server is; reload in a moment.\n');
    });
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** What came in chunks goes on in chunks. Node writes the body of a GET without any framing else, and the page would read it as its next request. */
function framingOf(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
}

function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
