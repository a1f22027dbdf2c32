import type { UploadType } from '../../lib/protocol/upload.ts';

// What a file is, by its first bytes, and how many pixels it has, without decoding any.
// Invariant: reading is bounded whatever the file claims, and what is not one of the known pictures, or does not say its size, is none.

/** Reads up to `length` bytes from `at`; fewer at the end of the file. */
export type ReadAt = (at: number, length: number) => Promise<Buffer>;

export interface Picture {
  readonly type: UploadType;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

type Size = Omit<Picture, 'type'>;

/** Bytes in which every format but JPEG says its size; AVIF needs most, and has it in its first kilobyte. */
const HEAD_BYTES = 64 * 1024;
/** Segments of a JPEG before its size: a camera writes a dozen, and depth maps in some hundred. */
const SEGMENTS = 2_000;
/** Boxes of an AVIF, on all levels. */
const BOXES = 1_000;

export async function sniff(read: ReadAt): Promise<Picture | undefined> {
  const head = await read(0, HEAD_BYTES);
  if (startsWith(head, '\x89PNG\r\n\x1a\n')) return picture('image/png', png(head));
  if (startsWith(head, '\xff\xd8\xff')) return picture('image/jpeg', await jpeg(read));
  if (startsWith(head, 'GIF87a') || startsWith(head, 'GIF89a')) return picture('image/gif', gif(head));
  if (startsWith(head, 'RIFF') && textAt(head, 8, 4) === 'WEBP') return picture('image/webp', webp(head));
  if (textAt(head, 4, 4) === 'ftyp') return picture('image/avif', avif(head));
  return undefined;
}

function picture(type: UploadType, size: Size | undefined): Picture | undefined {
  return size && size.width > 0 && size.height > 0 ? { type, ...size } : undefined;
}

/** The first chunk must be the header. */
function png(head: Buffer): Size | undefined {
  if (head.length < 24 || textAt(head, 12, 4) !== 'IHDR') return undefined;
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

function gif(head: Buffer): Size | undefined {
  return head.length < 10 ? undefined : { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
}

/** From segment to segment to the frame header (ITU T.81, B.2.2): what lies between, a camera's thumbnail among it, is not read. */
async function jpeg(read: ReadAt): Promise<Size | undefined> {
  let at = 2;
  for (let left = SEGMENTS; left > 0; left--) {
    const segment = await read(at, 9);
    if (segment.length < 9 || segment[0] !== 0xff) return undefined;
    const marker = segment[1] as number;
    if (marker === 0xff) {
      at++; // padding
      continue;
    }
    if (isFrame(marker)) return { width: segment.readUInt16BE(7), height: segment.readUInt16BE(5) };
    if (marker < 0xc0 || marker === 0xd9 || marker === 0xda) return undefined; // the picture begins, or ends, without a size
    at += 2 + segment.readUInt16BE(2);
  }
  return undefined;
}

/** Start of frame, of any kind; the others in this range are tables. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** The canvas of an extended file, else the frame of a lossy or a lossless one. */
function webp(head: Buffer): Size | undefined {
  if (head.length < 30) return undefined;
  switch (textAt(head, 12, 4)) {
    case 'VP8X':
      return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
    case 'VP8L': {
      if (head[20] !== 0x2f) return undefined;
      const bits = head.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      if (head.readUIntBE(23, 3) !== 0x9d012a) return undefined;
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
    default:
      return undefined;
  }
}

/** The largest of the sizes that the properties of its items say: a grid is larger than its tiles. */
function avif(head: Buffer): Size | undefined {
  const brands = textAt(head, 8, Math.min(head.readUInt32BE(0), 256) - 8);
  if (!/^(?:....)*?(?:avif|avis)/s.test(brands)) return undefined;
  let size: Size | undefined;
  let left = BOXES;
  const waiting: [from: number, to: number][] = [[0, head.length]];
  for (let span = waiting.pop(); span; span = waiting.pop()) {
    let [at, end] = span;
    while (at + 8 <= end && left-- > 0) {
      const length = head.readUInt32BE(at);
      const type = textAt(head, at + 4, 4);
      if (length < 8) break; // to the end of the file, or of 64 bits: what follows is the picture itself
      const boxEnd = Math.min(at + length, end);
      if (type === 'meta') waiting.push([at + 12, boxEnd]);
      if (type === 'iprp' || type === 'ipco') waiting.push([at + 8, boxEnd]);
      if (type === 'ispe' && at + 20 <= boxEnd) {
        const found = { width: head.readUInt32BE(at + 12), height: head.readUInt32BE(at + 16) };
        if (!size || found.width * found.height > size.width * size.height) size = found;
      }
      at += length;
    }
  }
  return size;
}

function startsWith(head: Buffer, text: string): boolean {
  return textAt(head, 0, text.length) === text;
}

function textAt(head: Buffer, at: number, length: number): string {
  return head.toString('latin1', at, at + Math.max(0, length));
}
