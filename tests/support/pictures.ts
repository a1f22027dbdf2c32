import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

// Pictures made of bytes: real ones, and headers that claim what they like.

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A real PNG, all of one grey; another shade is another picture. */
export function png({ width, height }: Size = { width: 8, height: 6 }, shade = 128): Buffer {
  const row = Buffer.alloc(width + 1, shade);
  row[0] = 0; // no filter
  const pixels = Buffer.concat(Array.from({ length: height }, () => row));
  return Buffer.concat([PNG_SIGNATURE, header({ width, height }), chunk('IDAT', deflateSync(pixels)), chunk('IEND')]);
}

/** A PNG that ends behind its header. */
export function pngHeader(size: Size): Buffer {
  return Buffer.concat([PNG_SIGNATURE, header(size)]);
}

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

function header({ width, height }: Size): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data[8] = 8; // bits; the rest is 0: grey
  return chunk('IHDR', data);
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(bytes));
  return Buffer.concat([length, bytes, sum]);
}

export function gif({ width, height }: Size, behind = ''): Buffer {
  const bytes = Buffer.from(`GIF89a----\0\0\0${behind}`, 'latin1');
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
}

/** With what a camera writes before the size: a segment of `before` bytes. */
export function jpeg({ width, height }: Size, before = 20): Buffer {
  const segment = Buffer.alloc(2 + before, 0x11);
  segment.writeUInt16BE(0xffe1, 0);
  segment.writeUInt16BE(before, 2);
  const frame = Buffer.from([0xff, 0xc2, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  const soi = Buffer.from([0xff, 0xd8]);
  return Buffer.concat([soi, segment, Buffer.from([0xff]), frame, Buffer.from([0xff, 0xd9])]);
}

export function webp(kind: 'VP8 ' | 'VP8L' | 'VP8X', { width, height }: Size): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write('RIFF----WEBP', 0, 'latin1');
  bytes.write(kind, 12, 'latin1');
  if (kind === 'VP8X') {
    bytes.writeUIntLE(width - 1, 24, 3);
    bytes.writeUIntLE(height - 1, 27, 3);
  } else if (kind === 'VP8L') {
    bytes[20] = 0x2f;
    bytes.writeUInt32LE(((width - 1) | ((height - 1) << 14)) >>> 0, 21);
  } else {
    bytes.writeUIntBE(0x9d012a, 23, 3);
    bytes.writeUInt16LE(width, 26);
    bytes.writeUInt16LE(height, 28);
  }
  return bytes;
}

/** With the size of a tile before that of the whole. */
export function avif(size: Size, brand = 'avif'): Buffer {
  const ispe = ({ width, height }: Size) => {
    const data = Buffer.alloc(12);
    data.writeUInt32BE(width, 4);
    data.writeUInt32BE(height, 8);
    return box('ispe', data);
  };
  const properties = box('iprp', box('ipco', Buffer.concat([ispe({ width: 1, height: 1 }), ispe(size)])));
  const meta = box('meta', Buffer.concat([Buffer.alloc(4), box('hdlr', Buffer.alloc(24)), properties]));
  return Buffer.concat([box('ftyp', Buffer.from(`mif1\0\0\0\0miaf${brand}`, 'latin1')), meta, box('mdat')]);
}

function box(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + data.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data]);
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
