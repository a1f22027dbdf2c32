import { describe, expect, it } from 'vitest';
import { sniff } from '../../server/uploads/sniff.ts';
import { avif, gif, jpeg, png, pngHeader, webp } from '../support/pictures.ts';

// What a file is, by its bytes.

const SIZE = { width: 640, height: 480 };

async function seen(bytes: Buffer) {
  let reads = 0;
  const found = await sniff(async (at, length) => {
    reads++;
    return bytes.subarray(at, at + length);
  });
  return { found, reads };
}

describe('[UPLOAD-3] the type and the size of a picture are read from its bytes', () => {
  const known: [string, Buffer, string][] = [
    ['PNG', png(SIZE), 'image/png'],
    ['GIF', gif(SIZE), 'image/gif'],
    ['JPEG', jpeg(SIZE), 'image/jpeg'],
    ['JPEG with a thumbnail of 60 KB', jpeg(SIZE, 60_000), 'image/jpeg'],
    ['WebP, lossy', webp('VP8 ', SIZE), 'image/webp'],
    ['WebP, lossless', webp('VP8L', SIZE), 'image/webp'],
    ['WebP, extended', webp('VP8X', SIZE), 'image/webp'],
    ['AVIF', avif(SIZE), 'image/avif'],
    ['AVIF that moves', avif(SIZE, 'avis'), 'image/avif'],
  ];
  it.each(known)('%s', async (_, bytes, type) => {
    expect((await seen(bytes)).found).toEqual({ type, ...SIZE });
  });

  it('the size is what is claimed, however large', async () => {
    expect((await seen(pngHeader({ width: 20_000, height: 20_000 }))).found).toMatchObject({ width: 20_000 });
  });
});

describe('[UPLOAD-4] what is no picture, or does not say its size, is none', () => {
  const others: [string, Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('alert(1)')],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['HTML with a picture behind it', Buffer.concat([Buffer.from('<html>'), png(SIZE)])],
    ['PDF', Buffer.from('%PDF-1.7\n')],
    ['HEIC', avif(SIZE, 'heic')],
    ['a picture of no width', gif({ width: 0, height: 5 })],
    ['JPEG that begins without a size', Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2, 0, 0, 0, 0, 0, 0])],
    ['JPEG that goes round in circles', Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(50_000, 0xff)])],
  ];
  it.each(others)('%s', async (_, bytes) => {
    const { found, reads } = await seen(bytes);
    expect(found).toBeUndefined();
    expect(reads).toBeLessThan(2_100);
  });

  it.each([
    ['PNG', png(SIZE), 24],
    ['GIF', gif(SIZE), 10],
    ['JPEG', jpeg(SIZE), 34],
    ['WebP', webp('VP8X', SIZE), 30],
    ['AVIF', avif(SIZE), 100],
  ] as const)('%s that is cut off anywhere in its header', async (_, bytes, needed) => {
    for (let length = 0; length < needed; length++) {
      expect((await seen(bytes.subarray(0, length))).found, `${length} bytes`).toBeUndefined();
    }
  });
});
