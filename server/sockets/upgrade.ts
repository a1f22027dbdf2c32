import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { ProtocolError, REFUSALS } from '../../lib/protocol/errors.ts';
import { documentName } from '../../lib/protocol/names.ts';
import type { Authorize, Grant } from '../grants/auth.ts';
import { LIMITS } from '../limits.ts';
import type { RefusedStatus } from '../metrics.ts';
import { STATUS_CODES } from '../node-http.ts';

// The rules of the door: who may open a socket, on which path, before anything is promised.
// Invariant: a refusal is an HTTP answer; after the handshake there is only a connection.

/** The one document of a socket, and the token that its URL shows. */
export interface Single {
  readonly document: string;
  readonly token: string;
}

/** What a URL asks for: one y-websocket document, or Hocuspocus frames. */
export interface Asked {
  readonly single: Single | undefined;
}

/** Thrown for a request that is refused before the handshake. */
export class UpgradeRefused extends Error {
  readonly status: RefusedStatus;
  /** Seconds after which to try again, where that helps. */
  readonly retryAfter: number | undefined;

  constructor(status: RefusedStatus, message: string, options: ErrorOptions & { retryAfter?: number } = {}) {
    super(message, options);
    this.name = 'UpgradeRefused';
    this.status = status;
    this.retryAfter = options.retryAfter;
  }
}

/** `/sync` or `/sync/<document>[?token=]`. The y-websocket client does not encode the document's name; a browser does. Throws UpgradeRefused. */
export function doorOf(url: string): Asked {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  if (path === '/sync' || path === '/sync/') return { single: undefined };
  if (!path.startsWith('/sync/')) throw new UpgradeRefused(404, 'Sockets are at /sync.');
  try {
    const document = documentName(decodeURIComponent(path.slice('/sync/'.length)));
    const token = queryAt < 0 ? '' : (new URLSearchParams(url.slice(queryAt)).get('token') ?? '');
    return { single: { document, token } };
  } catch (error) {
    const reason = error instanceof ProtocolError ? error.message : 'the document name is not valid percent-encoding';
    throw new UpgradeRefused(400, reason, { cause: error });
  }
}

/**
 * The grant of who opens a document by its URL. A refusal is an answer to the request: y-websocket clients before 3.1 try again at once when a socket
 * was opened and closed, and with growing pauses when none was. Rejects with UpgradeRefused.
 */
export async function admit(single: Single, authorize: Authorize): Promise<Grant> {
  try {
    return await authorize(single);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const retry = REFUSALS[error.code].retry;
    const status = retry ? 503 : error.code === 'forbidden' ? 403 : 401;
    throw new UpgradeRefused(status, REFUSALS[error.code].text, { cause: error });
  }
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whose pages may talk to this server. */
export interface OriginRule {
  /** Without tokens only names of this machine: a foreign name pointed at 127.0.0.1 must open nothing. */
  readonly loopbackOnly: boolean;
  /** The origin that people see, where a proxy stands between; undefined: the one that the request names. */
  readonly own: string | undefined;
  readonly others: readonly string[];
}

/**
 * Another site's page must not open a socket or call the API: a browser always says whose page it is (Origin), and that must be this server's or
 * one that is allowed. Programs say nothing; what lets them in is their token. Throws UpgradeRefused.
 */
export function checkOrigin(
  headers: { origin?: string | undefined; host?: string | undefined },
  { loopbackOnly, own, others }: OriginRule,
): void {
  const host = (headers.host ?? '').toLowerCase();
  if (loopbackOnly && !LOOPBACK.has(host.replace(/:\d+$/, ''))) {
    throw new UpgradeRefused(403, 'This server is open to its own machine only: use http://localhost.');
  }
  const { origin } = headers;
  if (origin === undefined || others.includes(origin)) return;
  const same = own === undefined ? URL.canParse(origin) && new URL(origin).host === host : origin === own;
  if (!same) throw new UpgradeRefused(403, 'Requests from other sites are not allowed.');
}

/** Seconds after which to try again when the server is stopping: about what a restart takes. */
const RETRY_AFTER_S = 2;

/** Answers a refused upgrade and ends the socket, for good: the other side may keep its half open for as long as it likes. */
export function refuseUpgrade(socket: Duplex, { status, message, retryAfter }: UpgradeRefused): void {
  const wait = retryAfter ?? (status === 503 ? RETRY_AFTER_S : undefined);
  const body = `${message}\n`;
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      (wait === undefined ? '' : `Retry-After: ${wait}\r\n`) +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Performs handshakes; compression is off: 194 KB can inflate to 200 MB, and edits are small. */
export function createHandshake(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false, // by the wire: `ws` drops who sends more than 60 pings at once
    maxPayload: LIMITS.frameBytes,
    maxFragments: LIMITS.fragments,
    maxBufferedChunks: LIMITS.pieces,
  });
}
