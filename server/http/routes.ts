import type { IncomingMessage, ServerResponse } from 'node:http';
import { UPLOADS_PATH } from '../../lib/protocol/upload.ts';
import type { Logger } from '../logger.ts';
import { checkOrigin, type OriginRule, UpgradeRefused } from '../sockets/upgrade.ts';
import { VERSION } from '../version.ts';
import type { AdminApi } from './admin.ts';
import { answerOrigin } from './cross-origin.ts';
import type { DocumentsApi } from './documents.ts';
import type { PageProxy } from './page.ts';
import { HttpError, sendError, sendJson } from './respond.ts';
import { endUntaken } from './untaken.ts';
import type { UploadsApi } from './uploads.ts';

// Which request goes where: health, the documents API, uploads, the administrator's calls, and the page for the rest.

export interface RoutesOptions {
  readonly api: DocumentsApi;
  readonly uploads: UploadsApi;
  readonly admin: AdminApi;
  /** Undefined without a page: what is unknown is 404 then. */
  readonly page: PageProxy | undefined;
  /** `full`: documents are served, but the disk has no room for edits. */
  readonly readiness: () => 'ready' | 'full' | 'not ready';
  /** Whether the client may ask the API once more now. */
  readonly mayAsk: (request: IncomingMessage) => boolean;
  /** Whether the client may be given one more upload now. */
  readonly mayFetch: (request: IncomingMessage) => boolean;
  readonly origins: OriginRule;
  readonly logger: Logger;
}

const API = '/api';
const DOCUMENTS = '/api/documents';
const ADMIN = '/api/admin';

export function createRoutes(options: RoutesOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    endUntaken(response);
    route(request, response, options).catch((error: unknown) => {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      if (error instanceof HttpError) {
        if (error.status >= 500) options.logger.error({ err: error, cause: error.cause }, 'request failed');
        sendError(response, error);
      } else {
        options.logger.error({ err: error }, 'request failed');
        sendError(response, new HttpError(500, 'internal', 'The server failed to answer.'));
      }
    });
  };
}

async function route(request: IncomingMessage, response: ServerResponse, options: RoutesOptions): Promise<void> {
  const url = request.url ?? '/';
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  if (path === '/healthz') return sendJson(response, 200, { status: 'ok' });
  if (path === '/readyz') {
    const status = options.readiness();
    return sendJson(response, status === 'not ready' ? 503 : 200, { status, version: VERSION });
  }
  if (path === DOCUMENTS || path.startsWith(`${DOCUMENTS}/`)) {
    checkSite(request, options.origins);
    checkBudget(request, options);
    return options.api.handle(request, response, path.slice(DOCUMENTS.length), queryOf(url));
  }
  if (path === UPLOADS_PATH || path.startsWith(`${UPLOADS_PATH}/`)) {
    checkSite(request, options.origins);
    checkBudget(request, { mayAsk: request.method === 'POST' ? options.mayAsk : options.mayFetch });
    if (answerOrigin(request, response, options.origins.others)) return;
    return options.uploads.handle(request, response, path.slice(UPLOADS_PATH.length), queryOf(url));
  }
  if (path.startsWith(`${ADMIN}/`)) {
    checkSite(request, options.origins);
    checkBudget(request, options);
    return options.admin.handle(request, response, path.slice(ADMIN.length));
  }
  if (options.page && path !== API && !path.startsWith(`${API}/`)) return options.page.handle(request, response);
  throw new HttpError(404, 'not-found', 'There is nothing here.');
}

function queryOf(url: string): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at));
}

function checkBudget(request: IncomingMessage, { mayAsk }: Pick<RoutesOptions, 'mayAsk'>): void {
  if (mayAsk(request)) return;
  throw new HttpError(429, 'rate-limited', 'Too many requests from this address.', { headers: { 'Retry-After': '1' } });
}

function checkSite(request: IncomingMessage, origins: OriginRule): void {
  try {
    checkOrigin(request.headers, origins);
  } catch (error) {
    if (error instanceof UpgradeRefused)
      throw new HttpError(error.status, 'forbidden', error.message, { cause: error });
    throw error;
  }
}
