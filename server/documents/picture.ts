import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type * as Y from 'yjs';
import type { BoardPictures } from '../../lib/convert/html-nodes.ts';
import { uploadAt } from '../../lib/protocol/upload.ts';
import { boardPicture, svgDataUrl } from '../../lib/whiteboard/picture.ts';
import { LIMITS } from '../limits.ts';
import { uploadPath } from '../uploads/files.ts';
import { openDocument, type Pages } from './compact.ts';

// Pictures of the boards of a document, for those who read it without drawing.
// Invariant: of bounded length, and whole in itself: what is uploaded stands in it, and it loads nothing.

const PAPER = '#ffffff';
/** Of a board on which nothing is drawn. */
const BLANK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180" width="320" height="180"><rect width="320" height="180" fill="#ffffff"/></svg>';

/** On white paper, to be shown anywhere. No SVG: it would be too long. */
export function picture(pages: Pages, board: string, directory?: string): { svg: Uint8Array | undefined } {
  const doc = openDocument(pages);
  try {
    const upload = (address: string) => uploadedAt(address, directory);
    const made = boardPicture(doc, board, { most: LIMITS.pictureLength, paper: PAPER, upload });
    if (made.state === 'too-long') return { svg: undefined };
    return { svg: new TextEncoder().encode(made.state === 'drawn' ? made.svg : BLANK) };
  } finally {
    doc.destroy();
  }
}

/** On no paper, for the page of the document, which has a colour of its own. */
export function boardPictures(doc: Y.Doc, directory: string | undefined): BoardPictures {
  const known = new Map<string, string | undefined>();
  let left: number = LIMITS.contentPicturesLength;
  const draw = (board: string) => {
    const upload = (address: string) => uploadedAt(address, directory);
    const made = boardPicture(doc, board, { most: LIMITS.contentPictureLength, paper: undefined, upload });
    return made.state === 'drawn' ? svgDataUrl(made.svg) : undefined;
  };
  return (board) => {
    if (!known.has(board)) known.set(board, left > 0 ? draw(board) : undefined);
    const url = known.get(board);
    left -= url?.length ?? 0;
    return url === undefined || left < 0 ? undefined : url;
  };
}

/** As a data URL; undefined when it is not there, or is too large for a picture of which it is a part. */
function uploadedAt(address: string, directory: string | undefined): string | undefined {
  const hash = uploadAt(address);
  if (hash === undefined || directory === undefined) return undefined;
  let file: number;
  try {
    file = openSync(uploadPath(directory, hash), 'r');
  } catch {
    return undefined; // not there any more, or never was
  }
  try {
    if (fstatSync(file).size > LIMITS.pictureUploadBytes) return undefined;
    const bytes = readFileSync(file);
    return `data:${typeOf(bytes)};base64,${bytes.toString('base64')}`;
  } finally {
    closeSync(file);
  }
}

/** The types that are taken (uploads/sniff.ts), by the byte in which they differ. */
function typeOf(bytes: Buffer): string {
  const types: Readonly<Record<number, string>> = { 137: 'png', 255: 'jpeg', 71: 'gif', 82: 'webp' };
  return `image/${types[bytes[0] ?? 0] ?? 'avif'}`;
}
