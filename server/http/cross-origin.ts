import type { IncomingMessage, ServerResponse } from 'node:http';

// What a browser has to hear before it gives an answer of ours to a page of another origin (Fetch, 3.2: CORS).
// Invariant: only pages of allowed origins are given any, the same that may open sockets; and they speak for themselves, with a token: no cookie
// of this host, which a proxy may have set, goes with their requests.

/** Seconds for which a browser need not ask again what it may send. */
const PREFLIGHT_S = 600;

const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'Access-Control-Max-Age': PREFLIGHT_S,
};

/** True: the browser only asked, and has been answered. `origins`: those whose pages may read what follows. */
export function answerOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): boolean {
  // One that a page of ours has loaded must not be taken out of the browser's cache for another, without the header.
  response.setHeader('Vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return false;
  response.setHeader('Access-Control-Allow-Origin', origin);
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false;
  response.writeHead(204, PREFLIGHT).end();
  return true;
}
