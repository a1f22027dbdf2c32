import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ProtocolError, REFUSALS } from '../../lib/protocol/errors.ts';
import { type Authorize, type Grant, openToEveryone } from '../grants/auth.ts';
import { HttpError } from './respond.ts';

// Who may call what over HTTP, by the `Authorization: Bearer` of a request: the administrator's key, or a token.
// Invariant: whoever may not know of a document hears the same as of one that is not there.

export interface AccessOptions {
  /** Undefined: there is no administrator. */
  readonly adminKey: string | undefined;
  /** Undefined: without tokens everyone who reaches the server may read and list. */
  readonly authorize: Authorize | undefined;
}

export class Access {
  readonly #adminKey: Uint8Array | undefined;
  readonly #authorize: Authorize | undefined;

  constructor({ adminKey, authorize }: AccessOptions) {
    this.#adminKey = adminKey === undefined ? undefined : digest(adminKey);
    this.#authorize = authorize;
  }

  /** Throws HttpError: 404 where there is no administrator, 401 for anybody else. */
  requireAdmin(request: IncomingMessage): void {
    if (!this.#adminKey) throw new HttpError(404, 'not-found', 'There is nothing here.');
    if (!this.#isAdmin(request)) throw unauthorized('the administrator’s key');
  }

  /** For what concerns all documents: everyone's while there are no tokens. Throws HttpError 401. */
  requireOverview(request: IncomingMessage): void {
    if (this.#authorize && !this.#isAdmin(request)) throw unauthorized('the administrator’s key');
  }

  /** Rejects with HttpError: 401 for a bad token, 404 for a good one that does not name the document, 503 when it cannot be told. */
  async requireReading(request: IncomingMessage, document: string): Promise<void> {
    await this.#grantOf(request, document);
  }

  /** Who it is that may change the document. Rejects with HttpError as `requireReading` does, and 403 for who may only read. */
  async requireWriting(request: IncomingMessage, document: string): Promise<Grant> {
    const grant = await this.#grantOf(request, document);
    if (grant.role !== 'edit') throw new HttpError(403, 'read-only', REFUSALS['read-only'].text);
    return grant;
  }

  async #grantOf(request: IncomingMessage, document: string): Promise<Grant> {
    const authorize = !this.#authorize || this.#isAdmin(request) ? openToEveryone : this.#authorize;
    try {
      return await authorize({ token: bearerOf(request), document });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (error.code === 'keys-unavailable') throw new HttpError(503, error.code, error.message, { cause: error });
      if (error.code === 'unauthorized' || error.code === 'token-expired') throw unauthorized('a token', error);
      throw new HttpError(404, 'not-found', 'There is no such document.', { cause: error });
    }
  }

  #isAdmin(request: IncomingMessage): boolean {
    return this.#adminKey !== undefined && timingSafeEqual(this.#adminKey, digest(bearerOf(request)));
  }
}

function unauthorized(what: string, cause?: unknown): HttpError {
  return new HttpError(401, 'unauthorized', `This needs ${what} in the Authorization header.`, {
    cause,
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}

function bearerOf({ headers }: IncomingMessage): string {
  return /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
}

/** Of one length, whatever the key's: comparing in constant time needs that. */
function digest(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}
