import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { ProtocolError } from '../lib/protocol/errors.ts';
import type { Role } from '../lib/protocol/messages.ts';
import { closeness, type Grant } from './auth.ts';
import type { Clock } from './clock.ts';
import { LIMITS } from './limits.ts';
import { ConfigError } from './options.ts';

// Tokens: signed statements of the application (JWT, RFC 7519) about who somebody is and what that person may do.
// Invariant: a key is used with the algorithms of its kind only, and what a token does not say in the right form it does not say.
//
//   { "sub": "user-7", "name": "Ada", "iat": 1764100000, "exp": 1764103600,
//     "inkroom": [{ "documents": ["spec-42", "team/*"], "role": "edit" }] }

export interface TokenOptions {
  readonly key: TokenKey;
  /** Must be among the token's; undefined: not looked at. */
  readonly audience?: string | undefined;
  readonly issuer?: string | undefined;
  readonly clock: Clock;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface TokenKey {
  readonly key: Uint8Array | KeyObject | JWTVerifyGetKey;
  readonly algorithms: readonly string[];
}

/** A token that was verified. */
export interface Claims {
  readonly user: string;
  readonly name: string | undefined;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  /** Milliseconds of the monotonic clock. */
  readonly until: number;
  readonly entries: readonly ClaimedEntry[];
}

interface ClaimedEntry {
  readonly documents: readonly string[];
  readonly role: Role;
}

/** RFC 7518 section 3.2: a key of the size of the hash at least. */
const SECRET_BYTES = 32;
/** Seconds by which the clocks of the application and of this server may differ. */
const CLOCK_TOLERANCE_S = 5;
/** Milliseconds to wait for the keys of an issuer, between two attempts to get them, and for which they are kept. */
const KEYS_TIMEOUT_MS = 5_000;
const KEYS_COOLDOWN_MS = 30_000;
const KEYS_MAX_AGE_MS = 10 * 60_000;

const RANKS: Readonly<Record<Role, number>> = { view: 0, comment: 1, edit: 2 };
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

function claimsOf(payload: JWTPayload, { clock, now }: TokenOptions): Claims {
  const { sub, name, iat, exp, inkroom } = payload;
  const fail = (what: string): never => {
    throw new ProtocolError('unauthorized', `the token's ${what}`);
  };
  if (typeof sub !== 'string' || sub === '' || sub.length > LIMITS.userLength)
    return fail(`"sub" must be a text of 1 to ${LIMITS.userLength} characters`);
  if (name !== undefined && (typeof name !== 'string' || name.length > LIMITS.userLength))
    return fail(`"name" must be a text of at most ${LIMITS.userLength} characters`);
  if (typeof iat !== 'number' || typeof exp !== 'number') return fail('"iat" and "exp" must be numbers');
  if (!Array.isArray(inkroom) || inkroom.length > LIMITS.tokenEntries)
    return fail(`"inkroom" must be a list of at most ${LIMITS.tokenEntries} entries`);
  const entries = inkroom.map(
    (entry: unknown) => entryOf(entry) ?? fail('"inkroom" must hold { documents, role } only'),
  );
  const end = Math.min(exp * 1_000, iat * 1_000 + LIMITS.tokenAgeMs);
  // What the wall clock says is asked once: from here on time is what passes.
  return { user: sub, name, issuedAt: iat, until: clock.now() + end - now(), entries };
}

function entryOf(entry: unknown): ClaimedEntry | undefined {
  if (typeof entry !== 'object' || entry === null || !('documents' in entry) || !('role' in entry)) return undefined;
  const { documents, role } = entry;
  if (!isRole(role) || !isPatterns(documents)) return undefined;
  return { documents, role };
}

export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && Object.hasOwn(RANKS, value);
}

export function isPatterns(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= LIMITS.tokenEntries &&
    value.every((pattern) => typeof pattern === 'string' && pattern !== '')
  );
}

/**
 * What the claims grant for one document. The entry that fits best decides, an exact name before a beginning, a longer beginning before a
 * shorter; of two that fit alike, the higher role. Undefined: nothing.
 */
export function grantOf({ user, name, until, entries }: Claims, document: string): Grant | undefined {
  let best = -1;
  let role: Role | undefined;
  for (const entry of entries) {
    for (const pattern of entry.documents) {
      const found = closeness(pattern, document);
      if (found < 0 || found < best) continue;
      if (found > best || role === undefined || RANKS[entry.role] > RANKS[role]) role = entry.role;
      best = found;
    }
  }
  return role && { user, name, role, until };
}
