import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { grantOf } from '../../server/grants/claims.ts';
import { publicKeyFile, remoteKeys, secretKey, type TokenKey, tokenReader } from '../../server/grants/tokens.ts';
import { LIMITS } from '../../server/limits.ts';
import { FakeClock } from '../support/fake-clock.ts';

const SECRET = 'a secret of more than thirty-two bytes, for tests';
const NOW = Date.parse('2026-03-01T12:00:00Z');
const SECONDS = NOW / 1_000;

const directory = mkdtempSync(join(tmpdir(), 'inkroom-tokens-'));
afterAll(() => rmSync(directory, { recursive: true }));

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const edwards = generateKeyPairSync('ed25519');

/** What a good token says. */
const CLAIMS = {
  sub: 'ada',
  name: 'Ada',
  iat: SECONDS,
  exp: SECONDS + 3_600,
  inkroom: [{ documents: ['notes'], role: 'edit' }],
};

function reader(options: { key?: TokenKey; audience?: string; issuer?: string } = {}) {
  const clock = new FakeClock();
  clock.advance(5_000);
  return tokenReader({ key: secretKey(SECRET), ...options, clock, now: () => NOW });
}

const signed = (claims: object, secret = SECRET) =>
  new SignJWT(claims as JWTPayload).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));

function pem(name: string, { publicKey }: { publicKey: typeof rsa.publicKey }): string {
  const path = join(directory, name);
  writeFileSync(path, publicKey.export({ type: 'spki', format: 'pem' }));
  return path;
}

const refusal = (code: string) => expect.objectContaining({ name: 'ProtocolError', code });

describe('a token', () => {
  it('[GRANT-1] that is signed with the secret says who it is, for which documents, until when', async () => {
    const claims = await reader()(await signed(CLAIMS));
    expect(claims).toMatchObject({ user: 'ada', name: 'Ada', issuedAt: SECONDS, until: 5_000 + 3_600_000 });
    expect(grantOf(claims, 'notes')).toEqual({ user: 'ada', name: 'Ada', role: 'edit', until: 3_605_000 });
    expect(grantOf(claims, 'other')).toBeUndefined();
  });

  it.each([
    ['RSA', rsa, 'RS256'],
    ['RSA with PSS', rsa, 'PS256'],
    ['P-256', curve, 'ES256'],
    ['Ed25519', edwards, 'EdDSA'],
  ] as const)('[GRANT-1] is checked with a public key: %s', async (_, pair, alg) => {
    const token = await new SignJWT(CLAIMS).setProtectedHeader({ alg }).sign(pair.privateKey);
    const read = reader({ key: publicKeyFile(pem('key.pem', pair)) });
    await expect(read(token)).resolves.toMatchObject({ user: 'ada' });
  });

  it('[GRANT-1] is checked with a public key in JWK', async () => {
    const path = join(directory, 'key.json');
    writeFileSync(path, JSON.stringify(await exportJWK(curve.publicKey)));
    const token = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'ES256' }).sign(curve.privateKey);
    await expect(reader({ key: publicKeyFile(path) })(token)).resolves.toMatchObject({ user: 'ada' });
  });

  it('[GRANT-1] is not good with another key, another secret, or none', async () => {
    const unsigned = `${encoded({ alg: 'none' })}.${encoded(CLAIMS)}.`;
    for (const token of [
      await signed(CLAIMS, `${SECRET}!`),
      unsigned,
      'x',
      'a.b.c',
      '',
      'x'.repeat(LIMITS.tokenBytes + 1),
    ])
      await expect(reader()(token)).rejects.toEqual(refusal('unauthorized'));
    const foreign = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'ES256' }).sign(curve.privateKey);
    await expect(reader({ key: publicKeyFile(pem('rsa.pem', rsa)) })(foreign)).rejects.toEqual(refusal('unauthorized'));
  });

  it('[GRANT-1] that was signed with the public key as if it were a secret is not good', async () => {
    const path = pem('confused.pem', rsa);
    const text = rsa.publicKey.export({ type: 'spki', format: 'pem' });
    const body = `${encoded({ alg: 'HS256' })}.${encoded(CLAIMS)}`;
    const forged = `${body}.${createHmac('sha256', text).update(body).digest('base64url')}`;
    await expect(reader({ key: publicKeyFile(path) })(forged)).rejects.toEqual(refusal('unauthorized'));
  });

  it.each([
    ['another audience', { aud: 'shop' }],
    ['no audience', {}],
    ['another issuer', { aud: 'ink', iss: 'https://evil.example' }],
    ['no issuer', { aud: 'ink' }],
  ])('[GRANT-1] with %s is not good where one is asked for', async (_, claims) => {
    const read = reader({ audience: 'ink', issuer: 'https://app.example' });
    await expect(read(await signed({ ...CLAIMS, ...claims }))).rejects.toEqual(refusal('unauthorized'));
    const right = await signed({ ...CLAIMS, aud: ['ink'], iss: 'https://app.example' });
    await expect(read(right)).resolves.toMatchObject({ user: 'ada' });
  });

  it.each([
    ['no user', { sub: undefined }],
    ['an empty user', { sub: '' }],
    ['a number for a user', { sub: 7 }],
    ['an endless user', { sub: 'x'.repeat(LIMITS.userLength + 1) }],
    ['a name that is none', { name: { first: 'Ada' } }],
    ['no end', { exp: undefined }],
    ['an end that is no number', { exp: 'tomorrow' }],
    ['no beginning', { iat: undefined }],
    ['a beginning in the future', { iat: SECONDS + 3_600 }],
    ['a time before which it is not good', { nbf: SECONDS + 60 }],
    ['no documents', { inkroom: undefined }],
    ['an object for documents', { inkroom: { documents: ['notes'], role: 'edit' } }],
    ['true for documents', { inkroom: true }],
    ['documents that are no list', { inkroom: [{ documents: 'notes', role: 'edit' }] }],
    ['an empty name', { inkroom: [{ documents: [''], role: 'edit' }] }],
    ['a number for a name', { inkroom: [{ documents: [1], role: 'edit' }] }],
    ['an unknown role', { inkroom: [{ documents: ['notes'], role: 'admin' }] }],
    ['the role of a prototype', { inkroom: [{ documents: ['notes'], role: 'toString' }] }],
    ['no role', { inkroom: [{ documents: ['notes'] }] }],
    ['too many entries', { inkroom: Array.from({ length: LIMITS.tokenEntries + 1 }, () => CLAIMS.inkroom[0]) }],
  ])('[GRANT-2] with %s is refused', async (_, claims) => {
    await expect(reader()(await signed({ ...CLAIMS, ...claims }))).rejects.toEqual(refusal('unauthorized'));
  });

  it('[GRANT-6] that has run out says so: its holder may come back with another', async () => {
    const old = await signed({ ...CLAIMS, iat: SECONDS - 3_600, exp: SECONDS - 60 });
    await expect(reader()(old)).rejects.toEqual(refusal('token-expired'));
  });

  it('[GRANT-1] is good until its end, and not for the seconds by which clocks may differ: it would open what is closed at once', async () => {
    const ending = (seconds: number) => signed({ ...CLAIMS, iat: SECONDS - 3_600, exp: SECONDS + seconds });
    await expect(reader()(await ending(1))).resolves.toMatchObject({ until: 5_000 + 1_000 });
    for (const seconds of [0, -1, -4])
      await expect(reader()(await ending(seconds))).rejects.toEqual(refusal('token-expired'));
    const day = LIMITS.tokenAgeMs / 1_000;
    const aged = await signed({ ...CLAIMS, iat: SECONDS - day - 1 });
    await expect(reader()(aged)).rejects.toEqual(refusal('token-expired'));
    await expect(reader()(await signed({ ...CLAIMS, iat: SECONDS + 4 }))).resolves.toMatchObject({ user: 'ada' });
  });

  it('[GRANT-1] ends a day after its issue, whatever it says', async () => {
    const day = LIMITS.tokenAgeMs / 1_000;
    const read = reader();
    const fresh = await read(await signed({ ...CLAIMS, exp: SECONDS + 30 * day }));
    expect(fresh.until).toBe(5_000 + LIMITS.tokenAgeMs);
    const old = await signed({ ...CLAIMS, iat: SECONDS - day - 60, exp: SECONDS + 30 * day });
    await expect(read(old)).rejects.toEqual(refusal('token-expired'));
  });
});

describe('the entries of a token', () => {
  const grants = (...entries: [string, string][]) => ({
    inkroom: entries.map(([documents, role]) => ({ documents: [documents], role })),
  });

  it.each([
    ['a beginning', grants(['team/*', 'view']), 'view'],
    ['everything', grants(['*', 'comment']), 'comment'],
    ['an exact name before a beginning', grants(['team/*', 'edit'], ['team/plan', 'view']), 'view'],
    ['a longer beginning before a shorter', grants(['team/p*', 'comment'], ['*', 'edit']), 'comment'],
    ['the higher role of two that fit alike', grants(['team/plan', 'edit'], ['team/plan', 'view']), 'edit'],
    ['nothing for another name', grants(['team/planning', 'edit'], ['teams/*', 'edit']), undefined],
    ['nothing without entries', { inkroom: [] }, undefined],
  ])('[GRANT-3] grant by %s', async (_, claims, role) => {
    const read = await reader()(await signed({ ...CLAIMS, ...claims }));
    expect(grantOf(read, 'team/plan')?.role).toBe(role);
  });
});

describe('keys', () => {
  it('[GRANT-1] that could be guessed, or are none, are not taken', () => {
    expect(() => secretKey('short')).toThrow('it needs 32 at least');
    const path = join(directory, 'private.pem');
    writeFileSync(path, rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(() => publicKeyFile(path)).toThrow('private key');
    writeFileSync(path, 'nonsense');
    expect(() => publicKeyFile(path)).toThrow('cannot be used');
    expect(() => publicKeyFile(join(directory, 'missing.pem'))).toThrow('cannot be used');
  });

  it('[GRANT-11] of an issuer that does not answer are no reason to call a token bad', async () => {
    let answers = false;
    const jwk = { ...(await exportJWK(curve.publicKey)), kid: 'one', alg: 'ES256' };
    const issuer = createServer((_, response) => {
      response.writeHead(answers ? 200 : 503, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    try {
      const read = reader({ key: remoteKeys(`http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`) });
      const sign = (kid: string) =>
        new SignJWT(CLAIMS).setProtectedHeader({ alg: 'ES256', kid }).sign(curve.privateKey);
      await expect(read(await sign('one'))).rejects.toEqual(refusal('keys-unavailable'));
      answers = true;
      await expect(read(await sign('one'))).resolves.toMatchObject({ user: 'ada' });
      await expect(read(await sign('two'))).rejects.toEqual(refusal('keys-unavailable')); // perhaps a new one
      await expect(read(await signed(CLAIMS))).rejects.toEqual(refusal('unauthorized'));
    } finally {
      issuer.close();
    }
  });
});

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
