// Uploads: pictures that documents show and do not hold. Each is known by the SHA-256 of its bytes, in lower-case hexadecimal digits.
// Invariant: an address is `/api/uploads/` and a hash, on whatever host: it never holds anything that a person has chosen.

/** Where a server takes and gives uploads. */
export const UPLOADS_PATH = '/api/uploads';

/** Bytes of one upload. A photograph of a good camera has 10 to 20 million. */
export const UPLOAD_BYTES = 20 * 1024 * 1024;

/** Pixels of one upload, width by height: a phone's camera has 50 million, and a browser takes four bytes for each to show it. */
export const UPLOAD_PIXELS = 64_000_000;

/** What may be uploaded: what browsers show as a picture, and run no part of. */
export const UPLOAD_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'] as const;
export type UploadType = (typeof UPLOAD_TYPES)[number];

/** What the server says of an upload. */
export interface Upload {
  readonly hash: string;
  /** As its bytes say, whatever its sender said. */
  readonly type: UploadType;
  readonly bytes: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Why an upload is not taken, by HTTP status. A code is stable: clients, metrics and tests match on it. */
export const UPLOAD_REFUSALS = {
  'too-large': { status: 413, text: 'The file is larger than the server takes.' },
  'too-many-pixels': { status: 413, text: 'The picture has more pixels than the server takes.' },
  'document-full': { status: 413, text: 'The document has as many uploads as it may have.' },
  'not-an-image': { status: 415, text: 'The file is not a PNG, JPEG, GIF, WebP or AVIF picture.' },
  'no-length': { status: 411, text: 'Say how long the file is: Content-Length.' },
  'cut-short': { status: 400, text: 'The file did not arrive whole.' },
  'too-slow': { status: 408, text: 'The file took too long to arrive.' },
  'rate-limited': { status: 429, text: 'Too many uploads in too short a time.' },
  'storage-full': { status: 507, text: 'The disk of the server has no room for it.' },
} as const satisfies Readonly<Record<string, { status: number; text: string }>>;

export type UploadRefusal = keyof typeof UPLOAD_REFUSALS;

const HASH = /^[0-9a-f]{64}$/;
const PATH = /^\/api\/uploads\/([0-9a-f]{64})$/;

export function isUploadHash(text: string): boolean {
  return HASH.test(text);
}

/** Relative to the server, so that a document is right wherever the server is moved to. */
export function uploadAddress(hash: string): string {
  return `${UPLOADS_PATH}/${hash}`;
}

/** The hash of an address that is relative to the server; undefined for any other. */
export function uploadAt(address: unknown): string | undefined {
  return typeof address === 'string' ? PATH.exec(address)?.[1] : undefined;
}
