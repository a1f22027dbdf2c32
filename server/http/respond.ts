import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIMITS } from '../limits.ts';

// How the API answers: JSON, with one shape for errors, not cached unless a route says so, never sniffed.

/** Thrown by a route: becomes `{ error: { code, message } }` with its status. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  /** What the answer says besides. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    { headers = {}, ...options }: ErrorOptions & { headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, options);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** For a document whose bytes could not be read, or not in time. */
export function unavailable(cause: unknown): HttpError {
  return new HttpError(503, 'document-unavailable', 'The document could not be loaded. Nothing was changed.', {
    cause,
  });
}

const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    ...HEADERS,
    ...headers,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export function sendBytes(
  response: ServerResponse,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>> = { 'Content-Type': 'application/octet-stream' },
): void {
  response.writeHead(200, { ...HEADERS, ...headers, 'Content-Length': bytes.length });
  if (response.req.method === 'HEAD') response.end();
  else endWith(response, bytes);
}

/** One piece after the other, each when the one before was taken. */
function endWith(response: ServerResponse, bytes: Uint8Array): void {
  if (bytes.length <= LIMITS.answerPieceBytes) {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, LIMITS.answerPieceBytes), (error) => {
    if (!error) endWith(response, bytes.subarray(LIMITS.answerPieceBytes)); // else the peer has gone
  });
}

/** What comes in parts of any size, in pieces of which it is seen that they are taken (untaken.ts). */
export async function* inPieces(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const part of parts)
    for (let at = 0; at < part.length; at += LIMITS.answerPieceBytes)
      yield part.subarray(at, at + LIMITS.answerPieceBytes);
}

export function sendError(response: ServerResponse, error: HttpError): void {
  sendJson(response, error.status, { error: { code: error.code, message: error.message } }, error.headers);
}

/** The request's JSON object. Throws HttpError 408, 413, 415 or 400. */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new HttpError(415, 'not-json', 'Send the body as application/json.');
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new HttpError(408, 'too-slow', 'The body took too long.', { headers: { Connection: 'close' } });
    timer = setTimeout(reject, LIMITS.bodyMs, error);
  });
  const text = await Promise.race([readText(request), late]).finally(() => clearTimeout(timer));
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new HttpError(400, 'not-json', 'The body is not JSON.', { cause: error });
  }
  throw new HttpError(400, 'not-json', 'The body must be a JSON object.');
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LIMITS.bodyBytes)
      throw new HttpError(413, 'too-large', `The body may have ${LIMITS.bodyBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
