import { ProtocolError } from '../../lib/protocol/errors.ts';
import type { Role } from '../../lib/protocol/messages.ts';
import type { Clock } from '../clock.ts';
import { LIMITS } from '../limits.ts';
import { closeness, type Grant } from './auth.ts';

// What a token says: who somebody is, and what that person may do with which documents.
// Invariant: what is not said in the right form is not said.
//
//   { "sub": "user-7", "name": "Ada", "iat": 1764100000, "exp": 1764103600,
//     "inkroom": [{ "documents": ["spec-42", "team/*"], "role": "edit" }] }

/** The clocks that a claim about time is read by. */
export interface Times {
  readonly clock: Pick<Clock, 'now'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
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

const RANKS: Readonly<Record<Role, number>> = { view: 0, comment: 1, edit: 2 };

/** What a token says, once its signature was checked. Throws ProtocolError 'unauthorized' for what is not said in the right form, 'token-expired' after its end. */
export function claimsOf(payload: Readonly<Record<string, unknown>>, { clock, now }: Times): Claims {
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
  const left = end - now();
  // Whoever is let in for no time is closed, and y-websocket 1 and 2 come back at once, as often as that is done.
  if (left <= 0) throw new ProtocolError('token-expired', 'the token has run out');
  return { user: sub, name, issuedAt: iat, until: clock.now() + left, entries };
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
