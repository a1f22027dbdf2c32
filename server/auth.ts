import type { Role } from '../lib/protocol/messages.ts';

// Who may do what with a document. The server issues no tokens: the application does.

/** What a token grants for one document. */
export interface Grant {
  /** The user that the token names; undefined for somebody unknown. */
  readonly user: string | undefined;
  readonly role: Role;
}

/**
 * Decides over one session. `token` is '' when the client sent none.
 * Throws `ProtocolError('unauthorized')` to refuse.
 */
export type Authorize = (request: { token: string; document: string }) => Grant | Promise<Grant>;

/** Without tokens everyone who reaches the server may edit everything: config.ts allows that on loopback only. */
export const openToEveryone: Authorize = () => ({ user: undefined, role: 'edit' });
