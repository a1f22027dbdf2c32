import { concat } from '../../lib/protocol/bytes.ts';
import type { Random } from '../support/random.ts';

// HTTP as badly as it can be spoken: requests to the API and to the door of the sockets, some of them no requests at all.
// Invariant: a request follows from the random choices alone.

/** Written as `HOST`, and put in by whoever sends it: ports differ from run to run. */
export const HOST = 'HOST';

const METHODS = ['GET', 'GET', 'GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'BREW', 'get', ''];

const PATHS = [
  '/sync',
  '/sync/',
  '/sync/a document',
  '/sync/%2e%2e/%2e%2e/etc/passwd',
  '/sync/a%00b',
  '/sync/%ff',
  '/sync/x?token=secret&token=other',
  '/sync?%00=%ff&&&=',
  '//sync',
  '/api',
  '/api/documents',
  '/api/documents/',
  '/api/documents/no-such/state',
  '/api/documents/%2e%2e/state',
  '/api/documents/..%2f..%2fetc%2fpasswd/state',
  '/api/documents/__proto__',
  '/api/documents?limit=-1&offset=1e9',
  '/api/documents?limit=5&limit=__proto__',
  '/api/admin/documents',
  '/healthz',
  '/readyz?x',
  '/metrics',
  'http://evil.example/api/documents',
  '*',
  '/'.repeat(5_000),
  `/${'%2f'.repeat(2_000)}`,
  `/api/documents/${'[a=a='.repeat(2_000)}`,
];

const HEADERS = [
  'Origin: http://evil.example',
  'Origin: null',
  'Origin: ://',
  `Origin: http://${'a.'.repeat(2_000)}`,
  'Host: evil.example',
  'Content-Type: application/json',
  'Content-Type: text/plain',
  `Content-Type: application/json;${' charset=x;'.repeat(500)}`,
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked, identity',
  'Expect: 100-continue',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Version: 99',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Key: short',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_max_window_bits=9',
  `Sec-WebSocket-Extensions: ${'a;'.repeat(3_000)}`,
  `Sec-WebSocket-Extensions: ${'permessage-deflate;a="'.repeat(500)}`,
  `Sec-WebSocket-Protocol: ${'a, '.repeat(2_000)}`,
  'Authorization: Bearer ',
  `Authorization: Bearer ${'a.'.repeat(4_000)}`,
  `Cookie: ${'[a=a='.repeat(2_000)}`,
  `X-Forwarded-For: ${'1.2.3.4, '.repeat(900)}`,
  `X-Long: ${'x'.repeat(20_000)}`,
  'X-Split: a\rSet-Cookie: b',
  'No colon',
  ': no name',
];

const BODIES = [
  '',
  '{}',
  '{"title":"made by a fuzzer"}',
  '{"__proto__":{"title":"x"}}',
  '{"title":{"toString":1}}',
  '['.repeat(60_000),
  `{"title":"${'x'.repeat(70_000)}"}`,
  '5\r\n{"tit\r\n0\r\n\r\n',
  'ffffffffffffffff\r\n',
];

const HANDSHAKE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

export function oddRequest(random: Random): Uint8Array {
  const headers = [`Host: ${HOST}`];
  if (random.next() < 0.4) headers.push(...HANDSHAKE);
  for (let more = random.between(0, 4); more > 0; more--) headers.push(random.pick(HEADERS));
  if (random.next() < 0.1) headers.push(...Array.from({ length: 2_100 }, (_, i) => `X-${i}: 1`));
  if (random.next() < 0.1) headers.shift();
  const version = random.next() < 0.9 ? 'HTTP/1.1' : random.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', '']);
  const head = `${random.pick(METHODS)} ${random.pick(PATHS)} ${version}\r\n${headers.join('\r\n')}\r\n\r\n`;
  const bytes = new TextEncoder().encode(head + random.pick(BODIES));
  if (random.next() < 0.8) return bytes;
  const at = random.between(0, bytes.length - 1);
  return random.next() < 0.5
    ? bytes.subarray(0, at)
    : concat([bytes.subarray(0, at), random.bytes(random.between(1, 8)), bytes.subarray(at + 1)]);
}
