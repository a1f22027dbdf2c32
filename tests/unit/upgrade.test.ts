import { once } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../lib/protocol/errors.ts';
import {
  admit,
  checkOrigin,
  doorOf,
  type OriginRule,
  refuseUpgrade,
  UpgradeRefused,
} from '../../server/sockets/upgrade.ts';

const LOCAL: OriginRule = { loopbackOnly: true, own: undefined, others: [] };
const PUBLIC: OriginRule = { ...LOCAL, loopbackOnly: false };

const refused = (status: number) => expect.objectContaining({ name: 'UpgradeRefused', status });

describe('a token in the URL', () => {
  it.each([
    ['unauthorized', 401],
    ['token-expired', 401],
    ['forbidden', 403],
    ['keys-unavailable', 503],
  ] as const)('[GRANT-10] that is refused with %s is answered %i', async (code, status) => {
    const authorize = () => Promise.reject(new ProtocolError(code));
    await expect(admit({ document: 'notes', token: 'x' }, authorize)).rejects.toEqual(refused(status));
  });
});

describe('the door', () => {
  it('leads to many documents at /sync, and to one below it', () => {
    expect(doorOf('/sync')).toEqual({ single: undefined });
    expect(doorOf('/sync/?x=1')).toEqual({ single: undefined });
    expect(doorOf('/sync/notes?token=abc')).toEqual({ single: { document: 'notes', token: 'abc' } });
  });

  it('takes a name as the y-websocket client writes it and as a browser encodes it', () => {
    expect(doorOf('/sync/team/minutes').single?.document).toBe('team/minutes');
    expect(doorOf('/sync/%E6%9C%83%E8%AD%B0').single?.document).toBe('會議');
    expect(doorOf('/sync/__proto__').single?.document).toBe('__proto__');
  });

  it.each([
    '/sync/../../x',
    '/sync/%2e%2e',
    '/sync/a%00b',
    '/sync/%',
    `/sync/${'x'.repeat(10_240)}`,
    '/sync/%ED%A0%80',
  ])('refuses the name in %s', (url) => {
    expect(() => doorOf(url)).toThrow(refused(400));
  });

  it('has no other path', () => {
    expect(() => doorOf('/')).toThrow(refused(404));
    expect(() => doorOf('/syncs/x')).toThrow(refused(404));
  });

  it.each([
    ['another site', { origin: 'https://evil.example', host: 'localhost:3000' }],
    ['another port', { origin: 'http://localhost:4000', host: 'localhost:3000' }],
    ['an opaque origin', { origin: 'null', host: 'localhost:3000' }],
    ['a foreign name that points here', { origin: 'http://evil.example:3000', host: 'evil.example:3000' }],
    ['no host', {}],
  ])('[NET-8] is closed to %s', (_, headers) => {
    expect(() => checkOrigin(headers, LOCAL)).toThrow(refused(403));
  });

  it('[NET-13] says when to come again, where that helps', async () => {
    const socket = new PassThrough();
    refuseUpgrade(socket, new UpgradeRefused(429, 'Too many.', { retryAfter: 5 }));
    const [head, body] = (await text(socket)).split('\r\n\r\n');
    expect(head?.split('\r\n')).toEqual(expect.arrayContaining(['HTTP/1.1 429 Too Many Requests', 'Retry-After: 5']));
    expect(body).toBe('Too many.\n');
  });

  it('[NET-13] ends the socket once the answer is out, also when the other side keeps its half open', async () => {
    const socket = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
    refuseUpgrade(socket, new UpgradeRefused(401, 'No.'));
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  }, 2_000);

  it('[NET-8] is open to the same origin and to programs', () => {
    expect(() => checkOrigin({ origin: 'http://localhost:3000', host: 'localhost:3000' }, LOCAL)).not.toThrow();
    expect(() => checkOrigin({ host: '127.0.0.1:3000' }, LOCAL)).not.toThrow();
    expect(() => checkOrigin({ origin: 'http://[::1]:3000', host: '[::1]:3000' }, LOCAL)).not.toThrow();
    expect(() => checkOrigin({ origin: 'https://ink.example', host: 'ink.example' }, PUBLIC)).not.toThrow();
  });

  it('[NET-8] is open to other sites that are allowed, as they write themselves, and to no neighbour of theirs', () => {
    const rule = { ...PUBLIC, others: ['https://app.example'] };
    const check = (origin: string) => () => checkOrigin({ origin, host: 'ink.example' }, rule);
    expect(check('https://app.example')).not.toThrow();
    expect(check('https://ink.example')).not.toThrow();
    for (const origin of [
      'http://app.example',
      'https://app.example:8443',
      'https://x.app.example',
      'https://app.example.evil',
      'null',
      '',
    ])
      expect(check(origin)).toThrow(refused(403));
  });

  it('[NET-8] behind a proxy is open to the origin that people see, whatever the proxy makes of the host', () => {
    const rule = { ...PUBLIC, own: 'https://ink.example' };
    expect(() => checkOrigin({ origin: 'https://ink.example', host: '127.0.0.1:3000' }, rule)).not.toThrow();
    expect(() => checkOrigin({ origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }, rule)).toThrow(refused(403));
    expect(() => checkOrigin({ origin: 'http://ink.example', host: 'ink.example' }, rule)).toThrow(refused(403));
  });
});
