import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import { ProtocolError } from '../../lib/protocol/errors.ts';
import { LIMITS } from '../limits.ts';
import { ConfigError } from '../options.ts';
import { type Claims, claimsOf, type Times } from './claims.ts';

// Tokens: signed statements of the application (JWT, RFC 7519). Loaded only by a server that has a key for them.
// Invariant: a key is used with the algorithms of its kind only.

export interface TokenOptions extends Times {
  readonly key: TokenKey;
  /** Must be among the token's; undefined: not looked at. */
  readonly audience?: string | undefined;
  readonly issuer?: string | undefined;
}

export interface TokenKey {
  readonly key: Uint8Array | KeyObject | JWTVerifyGetKey;
  readonly algorithms: readonly string[];
}

/** RFC 7518 section 3.2: a key of the size of the hash at least. */
const SECRET_BYTES = 32;
/** Seconds by which the application's clock may be ahead of this server's. (The end of a token is looked at without it: claims.ts.) */
const CLOCK_TOLERANCE_S = 5;
/** Milliseconds to wait for the keys of an issuer, between two attempts to get them, and for which they are kept. */
const KEYS_TIMEOUT_MS = LIMITS.authMs / 2; // so that the session is told why, before its time is up
const KEYS_COOLDOWN_MS = 30_000;
const KEYS_MAX_AGE_MS = 10 * 60_000;

/** No secret among them: with one list for both, a public key could be taken for one. */
const ASYMMETRIC = ['EdDSA', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];

/** Throws ConfigError for a secret that could be guessed. */
export function secretKey(secret: string): TokenKey {
  const key = new TextEncoder().encode(secret);
  if (key.length < SECRET_BYTES) {
    throw new ConfigError(
      `The token secret has ${key.length} bytes; it needs ${SECRET_BYTES} at least: openssl rand -base64 48`,
    );
  }
  return { key, algorithms: ['HS256'] };
}

/** A PEM file (SPKI or certificate) or a JWK in JSON. Throws ConfigError. */
export function publicKeyFile(path: string): TokenKey {
  try {
    const text = readFileSync(path, 'utf8');
    const key = text.trimStart().startsWith('{')
      ? createPublicKey({ key: JSON.parse(text), format: 'jwk' })
      : createPublicKey(text);
    if (text.includes('PRIVATE KEY')) throw new Error('it holds a private key, which belongs to the application alone');
    return { key, algorithms: algorithmsOf(key) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`The public key ${path} cannot be used: ${reason}.`, { cause });
  }
}

function algorithmsOf(key: KeyObject): readonly string[] {
  const curves: Record<string, string> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return ASYMMETRIC.filter((name) => /^[PR]S/.test(name));
    case 'ed25519':
      return ['EdDSA'];
    case 'ec': {
      const algorithm = curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
      if (algorithm) return [algorithm];
      break;
    }
  }
  throw new Error('it is none of RSA, Ed25519, P-256, P-384 and P-521');
}

/** The keys that an issuer publishes (JWK Set, RFC 7517), fetched when they are needed. */
export function remoteKeys(url: string): TokenKey {
  const key = createRemoteJWKSet(new URL(url), {
    timeoutDuration: KEYS_TIMEOUT_MS,
    cooldownDuration: KEYS_COOLDOWN_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
  });
  return { key, algorithms: ASYMMETRIC };
}

/** Reads tokens. The function throws ProtocolError 'unauthorized', 'token-expired', or 'keys-unavailable' when the issuer does not answer. */
export function tokenReader(options: TokenOptions): (token: string) => Promise<Claims> {
  const { key, algorithms } = options.key;
  const getKey: JWTVerifyGetKey = typeof key === 'function' ? key : () => key;
  return async (token) => {
    if (token === '') throw new ProtocolError('unauthorized', 'there is no token');
    if (token.length > LIMITS.tokenBytes) throw new ProtocolError('unauthorized', 'the token is too long');
    const rules: JWTVerifyOptions = {
      algorithms: [...algorithms],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(options.now()),
      requiredClaims: ['sub', 'iat', 'exp', 'inkroom'],
      maxTokenAge: LIMITS.tokenAgeMs / 1_000,
      ...(options.audience === undefined ? {} : { audience: options.audience }),
      ...(options.issuer === undefined ? {} : { issuer: options.issuer }),
    };
    try {
      const { payload } = await jwtVerify(token, getKey, rules);
      return claimsOf(payload, options);
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

function refusalOf(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof errors.JWTExpired) return new ProtocolError('token-expired', reason, { cause: error });
  // The issuer does not answer, or not with keys, or not yet with a new one: that says nothing about the token.
  const unanswered = [errors.JWKSTimeout, errors.JWKSInvalid, errors.JWKSNoMatchingKey].some(
    (kind) => error instanceof kind,
  );
  if (unanswered || !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC') {
    return new ProtocolError('keys-unavailable', `the keys could not be fetched: ${reason}`, { cause: error });
  }
  return new ProtocolError('unauthorized', reason, { cause: error });
}
