import { SignJWT } from 'jose';
import type { Role } from '../../lib/protocol/messages.ts';

// Tokens as an application signs them, for a server that was given this secret.

export const TOKEN_SECRET = 'shared by the application and the server, in tests';
export const ADMIN_KEY = 'the-key-of-whoever-runs-the-server';
export const TOKENS = { INKROOM_TOKEN_SECRET: TOKEN_SECRET, INKROOM_ADMIN_KEY: ADMIN_KEY };

export interface TokenClaims {
  readonly user?: string;
  readonly name?: string;
  readonly role?: Role;
  readonly documents?: readonly string[];
  /** Seconds that it lives. */
  readonly life?: number;
  /** Seconds ago that it was issued. */
  readonly age?: number;
}

export function tokenOf({
  user = 'ada',
  name,
  role = 'edit',
  documents = ['*'],
  life = 3_600,
  age = 0,
}: TokenClaims = {}) {
  const issued = Math.floor(Date.now() / 1_000) - age;
  return new SignJWT({ ...(name === undefined ? {} : { name }), inkroom: [{ documents: [...documents], role }] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setIssuedAt(issued)
    .setExpirationTime(issued + age + life)
    .sign(new TextEncoder().encode(TOKEN_SECRET));
}

/** Asks a server's administrator for something. */
export function administrate(url: string, path: string, body: unknown, key = ADMIN_KEY): Promise<Response> {
  return fetch(`${url}/api/admin${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}
