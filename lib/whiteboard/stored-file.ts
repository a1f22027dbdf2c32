import { uploadAt } from '../protocol/upload.ts';
import { propertiesOf } from './element.ts';

// What a document says of a picture on one of its boards.
// Invariant: an address that `readFile` returns is that of an upload of the server that has the document, whoever wrote it.

export interface StoredFile {
  readonly mimeType: string;
  /** Path of the upload at the server that serves the page. */
  readonly address: string;
}

const MIME_TYPES = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'image/svg+xml',
  'image/x-icon',
]);

export function isPictureType(value: unknown): value is string {
  return typeof value === 'string' && MIME_TYPES.has(value);
}

/** What the shared map says of a file; undefined when it is nothing that may be loaded. Never throws. */
export function readFile(value: unknown): StoredFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { mimeType, address } = propertiesOf(value);
  if (!isPictureType(mimeType)) return undefined;
  return typeof address === 'string' && uploadAt(address) !== undefined ? { mimeType, address } : undefined;
}
