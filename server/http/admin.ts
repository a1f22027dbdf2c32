import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Change } from '../grants/auth.ts';
import { isPatterns, isRole } from '../grants/claims.ts';
import { archiveOf, noTotals, only, type Source, withoutFiles } from '../log/archive.ts';
import type { Log } from '../log/log.ts';
import type { Logger } from '../logger.ts';
import type { Access } from './access.ts';
import { nameOf } from './documents.ts';
import { HttpError, inPieces, readJson, sendJson } from './respond.ts';

// /api/admin: what the application, or an operator, tells a running server. Each call needs the administrator's key.

export interface AdminApiOptions {
  readonly log: Pick<Log, 'info'> & Source;
  readonly logger: Logger;
  readonly access: Access;
  /** Remembers a change of grants and applies it to who is connected; undefined without tokens. Returns how many sessions it concerned. */
  readonly changeGrants: ((change: Change) => Promise<number>) | undefined;
}

/** A backup of one document, which `inkroom inspect` reads; of all it asks for `/stored`, a backup without the files of uploads. */
const DOCUMENT = '/backup/';

export class AdminApi {
  readonly #options: AdminApiOptions;

  constructor(options: AdminApiOptions) {
    this.#options = options;
  }

  /** Handles what lies below /api/admin. Rejects with HttpError. `rest` is the path after that. */
  async handle(request: IncomingMessage, response: ServerResponse, rest: string): Promise<void> {
    this.#options.access.requireAdmin(request);
    if (rest.startsWith(DOCUMENT)) {
      requireMethod(request, 'GET');
      await this.#send(response, only(this.#options.log, nameOf(rest.slice(DOCUMENT.length))));
      return;
    }
    switch (rest) {
      case '/backup':
        requireMethod(request, 'GET');
        await this.#send(response, this.#options.log);
        return;
      case '/stored':
        requireMethod(request, 'GET');
        await this.#send(response, withoutFiles(this.#options.log));
        return;
      case '/grants':
        requireMethod(request, 'POST');
        sendJson(response, 200, await this.#changeGrants(await readJson(request)));
        return;
      default:
        throw new HttpError(404, 'not-found', 'There is nothing here.');
    }
  }

  async #changeGrants(body: Record<string, unknown>): Promise<{ sessions: number }> {
    const { changeGrants } = this.#options;
    if (!changeGrants)
      throw new HttpError(409, 'no-tokens', 'No tokens are configured, so there are no grants to change.');
    const change = changeOf(body);
    try {
      return { sessions: await changeGrants(change) };
    } catch (error) {
      if (error instanceof RangeError) throw new HttpError(409, 'too-many-changes', error.message, { cause: error });
      throw error;
    }
  }

  /** All documents of `source` as a backup. */
  async #send(response: ServerResponse, source: Source): Promise<void> {
    const totals = noTotals();
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'no-store' });
    await pipeline(Readable.from(inPieces(archiveOf(source, totals)), { objectMode: false }), response);
    this.#options.logger.info({ ...totals }, 'backup made');
  }
}

function requireMethod({ method }: IncomingMessage, wanted: string): void {
  if (method !== wanted)
    throw new HttpError(405, 'method-not-allowed', `Use ${wanted} here.`, { headers: { Allow: wanted } });
}

function changeOf({ user, documents, role, ...rest }: Record<string, unknown>): Change {
  const fail = (message: string): never => {
    throw new HttpError(400, 'bad-change', message);
  };
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return fail(`There is no "${unknown}" here, only "user", "documents" and "role".`);
  if (user === undefined && documents === undefined) return fail('Name a "user", "documents", or both.');
  if (user !== undefined && (typeof user !== 'string' || user === '')) return fail('"user" is a text.');
  if (documents !== undefined && !isPatterns(documents)) {
    return fail('"documents" is a list of names, or of beginnings of names that end with *.');
  }
  if (role !== null && !isRole(role))
    return fail('"role" is "view", "comment", "edit", or null to withdraw the grant.');
  return { user, documents, role };
}
