import { UPLOAD_BYTES, UPLOADS_PATH, type Upload } from '../protocol/upload.ts';

// Sends a picture to the server, for a document that is to show it.
// Invariant: what it resolves with is on the server's disk.

export interface UploadOptions {
  /** Ends it; the promise is rejected with `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the share that was sent, 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
  /** The application's token for the document; '' where the server asks for none. */
  readonly token?: string | undefined;
  /** Origin of the server, such as `https://docs.example.org`; '' when it is the page's own. */
  readonly server?: string | undefined;
}

export interface Uploaded extends Upload {
  /** What the document says: relative to the server. */
  readonly address: string;
}

export type UploadErrorCode =
  /** There is no connection, or it broke. */
  | 'offline'
  | 'aborted'
  | 'too-large'
  | 'too-many-pixels'
  | 'not-an-image'
  /** The document has as many as it may have. */
  | 'document-full'
  /** The document may not be changed, or is not there. */
  | 'forbidden'
  | 'rate-limited'
  /** The server has no room. */
  | 'storage-full'
  /** Anything else: the server is at fault. */
  | 'failed';

export class UploadError extends Error {
  readonly code: UploadErrorCode;
  /** Whether the same may succeed later. */
  readonly retry: boolean;

  constructor(code: UploadErrorCode) {
    super(`The upload failed: ${code}.`);
    this.name = 'UploadError';
    this.code = code;
    this.retry = RETRY.has(code);
  }
}

const RETRY: ReadonlySet<UploadErrorCode> = new Set(['offline', 'rate-limited', 'storage-full', 'failed']);

/** Milliseconds without a sign of life, in either direction, after which there is no connection. */
const SILENCE_MS = 30_000;

const BY_CODE: Readonly<Record<string, UploadErrorCode>> = {
  'too-large': 'too-large',
  'too-many-pixels': 'too-many-pixels',
  'not-an-image': 'not-an-image',
  'document-full': 'document-full',
  'rate-limited': 'rate-limited',
  'storage-full': 'storage-full',
  'too-slow': 'offline',
  'cut-short': 'offline',
};

const BY_STATUS: Readonly<Record<number, UploadErrorCode>> = {
  401: 'forbidden',
  403: 'forbidden',
  404: 'forbidden',
  413: 'too-large', // by a proxy on the way
  429: 'rate-limited',
  507: 'storage-full',
};

/** Rejects with UploadError. */
export function upload(document: string, blob: Blob, options: UploadOptions = {}): Promise<Uploaded> {
  const { signal, onProgress, token = '', server = '' } = options;
  return new Promise((resolve, reject) => {
    const fail = (code: UploadErrorCode) => reject(new UploadError(code));
    if (signal?.aborted) return fail('aborted');
    if (blob.size > UPLOAD_BYTES) return fail('too-large');
    // fetch does not tell how much it has sent.
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(abort, SILENCE_MS);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      alive();
      onProgress?.(total === 0 ? 0 : loaded / total);
    };
    request.onload = () => {
      const answer = readAnswer(request);
      if (typeof answer === 'string') fail(answer);
      else resolve(answer);
    };
    request.onerror = () => fail('offline');
    request.onabort = () => fail(signal?.aborted ? 'aborted' : 'offline');
    request.onloadend = () => {
      clearTimeout(silence);
      signal?.removeEventListener('abort', abort);
    };
    signal?.addEventListener('abort', abort);
    request.open('POST', `${server}${UPLOADS_PATH}?document=${encodeURIComponent(document)}`);
    if (token !== '') request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.send(blob);
    alive();
  });
}

function readAnswer({ status, responseText }: XMLHttpRequest): Uploaded | UploadErrorCode {
  const body = parse(responseText);
  if (status === 201 && typeof body.address === 'string') return body as unknown as Uploaded;
  const code = (body.error as { code?: unknown } | undefined)?.code;
  return BY_CODE[String(code)] ?? BY_STATUS[status] ?? 'failed';
}

/** Nothing, for what is not from our server but from something on the way. */
function parse(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
