import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { archiveOf, type Totals } from '../log/archive.ts';
import type { Log } from '../log/log.ts';
import type { Logger } from '../logger.ts';
import { HttpError } from './respond.ts';

// /api/admin: what the operator asks of a running server. There is nothing here without a key.
// Invariant: the key is compared in a time that says nothing about it.

export interface AdminApiOptions {
  readonly log: Log;
  readonly logger: Logger;
  /** Undefined: every call is 404. */
  readonly key: string | undefined;
}

export class AdminApi {
  readonly #options: AdminApiOptions;

  constructor(options: AdminApiOptions) {
    this.#options = options;
  }

  /** Handles what lies below /api/admin. Throws HttpError. */
  async handle(request: IncomingMessage, response: ServerResponse, rest: string): Promise<void> {
    const { key } = this.#options;
    if (key === undefined) throw new HttpError(404, 'not-found', 'There is nothing here.');
    if (!isKey(request.headers.authorization, key)) {
      const headers = { 'WWW-Authenticate': 'Bearer' };
      throw new HttpError(401, 'unauthorized', 'Send the admin key as a bearer token.', { headers });
    }
    if (rest !== '/backup') throw new HttpError(404, 'not-found', 'There is nothing here.');
    if (request.method !== 'GET')
      throw new HttpError(405, 'method-not-allowed', 'Use GET here.', { headers: { Allow: 'GET' } });
    await this.#backup(response);
  }

  async #backup(response: ServerResponse): Promise<void> {
    const { log, logger } = this.#options;
    const totals: Totals = { documents: 0, bytes: 0, damaged: [] };
    logger.info({}, 'backup begins');
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'no-store' });
    await pipeline(Readable.from(archiveOf(log, totals), { objectMode: false }), response);
    logger.info({ ...totals }, 'backup ended');
  }
}

function isKey(authorization: string | undefined, key: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${key}`));
}
