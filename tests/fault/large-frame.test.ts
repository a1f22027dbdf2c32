import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Peer } from '../support/peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// The largest messages, on the built server: taken whole, in one frame, which it puts together itself, and in fragments, which `ws` does, with or without
// machine code that takes off their masks.

/** Where the package bufferutil has its own (docs/decisions/0030). Elsewhere it is built, or does without. */
const PREBUILT = ['linux-x64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];
/** Bytes of a fragment: what Chromium makes of a large message. */
const FRAGMENT = 128 * 1024;
const WORDS = 'It was a bright cold day in April, 十三點. ';

describe.each([
  ['with bufferutil', {}],
  ['without it', { WS_NO_BUFFER_UTIL: '1' }],
])('[NET-18] a server %s', (_, env) => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.launch({ env });
  });
  afterAll(() => server.close());

  it.each([
    ['in one frame', (ada: Peer, frame: Uint8Array) => ada.sendFrame(frame)],
    ['in fragments, as browsers send it', (ada: Peer, frame: Uint8Array) => ada.sendFragments(frame, FRAGMENT)],
  ])('takes a book of 7 MiB %s, and keeps it', async (way, say) => {
    const document = `book ${way}`;
    const ada = await Peer.join({ sync: server.sync, document, voice: 'hocuspocus' });
    ada.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== ada) say(ada, ada.encode({ type: 'update', update, answer: false }));
    });
    const book = WORDS.repeat(Math.floor((7 * 1024 * 1024) / Buffer.byteLength(WORDS)));
    ada.doc.getText('text').insert(0, book);
    await until('the book to be acknowledged', () => ada.acknowledged === 1);
    expect((await server.stored(document)).getText('text').toString() === book).toBe(true); // not toEqual: it would print both
    await ada.close();
  });
});

it('[NET-18] masks are taken off by machine code where the package brings it', () => {
  const isNative = () => {
    const { unmask } = createRequire(import.meta.url)('bufferutil') as { unmask: () => void };
    return Function.prototype.toString.call(unmask).includes('[native code]');
  };
  expect(!PREBUILT.includes(`${process.platform}-${process.arch}`) || isNative()).toBe(true);
});
