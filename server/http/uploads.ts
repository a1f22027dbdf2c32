import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isUploadHash, UPLOAD_REFUSALS, type Upload, uploadAddress } from '../../lib/protocol/upload.ts';
import { LIMITS } from '../limits.ts';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics.ts';
import { UploadRefused } from '../uploads/refused.ts';
import type { Uploads } from '../uploads/uploads.ts';
import type { Access } from './access.ts';
import { documentName, methodNotAllowed } from './documents.ts';
import { HttpError, sendJson } from './respond.ts';

// /api/uploads: POST takes a picture for a document, GET gives it to whoever has its address (docs/decisions/0026).
// Invariant: what is given has the type that its bytes say, and no browser runs any of it.

export interface UploadsApiOptions {
  readonly log: Pick<Log, 'info'>;
  readonly uploads: Uploads;
  readonly access: Access;
  readonly metrics: Metrics;
  /** Counts an upload that begins; false: not now. Each that began must be `ended`. */
  readonly begin: (request: IncomingMessage, user: string | undefined) => boolean;
  readonly ended: (request: IncomingMessage, user: string | undefined) => void;
}

export class UploadsApi {
  readonly #options: UploadsApiOptions;

  constructor(options: UploadsApiOptions) {
    this.#options = options;
  }

  /** Handles what lies below /api/uploads. Rejects with HttpError. `rest` is the path after that. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    rest: string,
    query: URLSearchParams,
  ): Promise<void> {
    const { method } = request;
    if (rest === '') {
      if (method !== 'POST') throw methodNotAllowed('POST');
      const upload = await this.#take(request, query.get('document') ?? '');
      return sendJson(response, 201, { ...upload, address: uploadAddress(upload.hash) });
    }
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed('GET, HEAD');
    return this.#give(request, response, rest.slice(1));
  }

  async #take(request: IncomingMessage, name: string): Promise<Upload> {
    const { access, log, uploads, metrics, begin, ended } = this.#options;
    const document = documentName(name);
    const { user } = await access.requireWriting(request, document);
    if (!(await log.info(document))) throw noDocument();
    try {
      const length = lengthOf(request);
      if (!begin(request, user)) throw new UploadRefused('rate-limited');
      try {
        const upload = await uploads.take(document, bodyOf(request, length), length);
        if (!upload) throw noDocument();
        return upload;
      } finally {
        ended(request, user);
      }
    } catch (error) {
      if (!(error instanceof UploadRefused)) throw error;
      metrics.uploadsRefused[error.code]++;
      throw httpErrorOf(error);
    }
  }

  async #give(request: IncomingMessage, response: ServerResponse, hash: string): Promise<void> {
    const found = isUploadHash(hash) ? await this.#options.uploads.find(hash) : undefined;
    if (!found) throw new HttpError(404, 'not-found', 'There is no such upload.');
    const { upload, file } = found;
    const headers = headersOf(upload);
    const known = (request.headers['if-none-match'] ?? '').includes(headers.ETag);
    if (known || request.method === 'HEAD') {
      await file.close();
      response.writeHead(known ? 304 : 200, known ? headers : { ...headers, 'Content-Length': upload.bytes }).end();
      return;
    }
    response.writeHead(200, { ...headers, 'Content-Length': upload.bytes });
    await pipeline(file.createReadStream(), response).catch((error: unknown) => {
      if (!response.destroyed) throw error; // else the reader has gone
    });
  }
}

/** `private`: it is for those who have its address, not for caches that others share. */
function headersOf({ hash, type }: Upload) {
  return {
    'Content-Type': type,
    'Content-Disposition': `inline; filename="${hash.slice(0, 12)}.${type.slice('image/'.length)}"`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'cross-origin', // documents are shown on other sites too, and exported
    'Cache-Control': `private, max-age=${365 * 24 * 60 * 60}, immutable`,
    ETag: `"${hash}"`,
  };
}

/** Throws UploadRefused. */
function lengthOf({ headers }: IncomingMessage): number {
  const length = headers['content-length'];
  if (length === undefined) throw new UploadRefused('no-length');
  if (Number(length) > LIMITS.uploadBytes) throw new UploadRefused('too-large');
  return Number(length);
}

/** What arrives, as long as it arrives in time. Throws UploadRefused. */
async function* bodyOf(request: IncomingMessage, length: number): AsyncGenerator<Uint8Array> {
  const late = new AbortController();
  const patience = LIMITS.uploadMs + length / LIMITS.uploadSlowBytesPerMs;
  const timer = setTimeout(() => late.abort(), patience);
  const expired = new Promise<never>((_, reject) => {
    late.signal.addEventListener('abort', () => reject(new UploadRefused('too-slow')));
  });
  // Not to be destroyed with the iterator: the refusal goes over the same socket.
  const chunks = request.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = chunks.next().catch((cause: unknown) => {
        throw new UploadRefused('cut-short', { cause });
      });
      const { done, value } = await Promise.race([next, expired]);
      if (done) return;
      yield value as Buffer;
    }
  } finally {
    clearTimeout(timer);
    chunks.return?.().catch(() => undefined); // it was cut off, which has been said
  }
}

function httpErrorOf(error: UploadRefused): HttpError {
  const { status, text } = UPLOAD_REFUSALS[error.code];
  return new HttpError(status, error.code, text, { cause: error, headers: HEADERS[error.code] ?? {} });
}

const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'too-slow': { Connection: 'close' }, // the rest may go on coming for as long as it likes
  'rate-limited': { 'Retry-After': '10' },
};

function noDocument(): HttpError {
  return new HttpError(404, 'not-found', 'There is no such document.');
}
