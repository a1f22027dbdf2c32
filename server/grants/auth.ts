import type { Role } from '../../lib/protocol/messages.ts';

// Who may do what with a document. The server issues no tokens: the application does.

/** What a token grants for one document. */
export interface Grant {
  /** The user that the token names; undefined for somebody unknown. */
  readonly user: string | undefined;
  /** What others are shown as this person's name; undefined where the token does not say. */
  readonly name?: string | undefined;
  readonly role: Role;
  /** When it ends, in milliseconds of the server's monotonic clock; undefined: never. A wall clock that jumps moves it no more. */
  readonly until?: number | undefined;
}

/**
 * Decides over one session. `token` is '' when the client sent none.
 * Throws `ProtocolError` to refuse: 'unauthorized', 'token-expired', 'forbidden'; 'keys-unavailable' when it cannot tell now.
 */
export type Authorize = (request: { token: string; document: string }) => Grant | Promise<Grant>;

/** Without tokens everyone who reaches the server may edit everything: config.ts allows that on loopback only. */
export const openToEveryone: Authorize = () => ({ user: undefined, role: 'edit' });

/** What an administrator has decided about grants that are already given. */
export interface Change {
  /** Whose grants; undefined: everybody's. */
  readonly user?: string | undefined;
  /** Of which documents: names, or beginnings of names that end with `*`; undefined: of all. */
  readonly documents?: readonly string[] | undefined;
  /** The role from now on; null: none. */
  readonly role: Role | null;
}

/** How well `pattern`, a name or a beginning with `*` behind it, fits a document: the longer the better; -1 when not at all. */
export function closeness(pattern: string, document: string): number {
  if (pattern === document) return Number.POSITIVE_INFINITY;
  const start = pattern.endsWith('*') ? pattern.slice(0, -1) : undefined;
  return start !== undefined && document.startsWith(start) ? start.length : -1;
}

export function concerns({ user, documents }: Change, of: { user: string | undefined; document: string }): boolean {
  if (user !== undefined && user !== of.user) return false;
  return documents === undefined || documents.some((pattern) => closeness(pattern, of.document) >= 0);
}
