import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UploadError, upload } from '../../lib/client/upload.ts';
import { UPLOAD_BYTES } from '../../lib/protocol/upload.ts';

// The browser's side of an upload, on a request that answers as it is told.

class Request {
  static last: Request;
  status = 0;
  responseText = '';
  sent: Blob | undefined;
  opened: string[] = [];
  readonly headers: Record<string, string> = {};
  readonly upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;

  constructor() {
    Request.last = this;
  }
  open(...opened: string[]) {
    this.opened = opened;
  }
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }
  send(body: Blob) {
    this.sent = body;
  }
  abort() {
    this.onabort?.();
    this.onloadend?.();
  }
  answer(status: number, body: unknown) {
    this.status = status;
    this.responseText = typeof body === 'string' ? body : JSON.stringify(body);
    this.onload?.();
    this.onloadend?.();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('XMLHttpRequest', Request);
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0); // whatever became of it
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const PICTURE = new Blob(['x'], { type: 'image/png' });

async function codeOf(sending: Promise<unknown>): Promise<{ code: string; retry: boolean }> {
  const error = await sending.catch((reason: unknown) => reason);
  if (!(error instanceof UploadError)) throw error;
  return { code: error.code, retry: error.retry };
}

describe('an upload', () => {
  it('[UPLOAD-15] sends the bytes for a document, with a token if there is one, and tells how far it is', async () => {
    const told: number[] = [];
    const sending = upload('a document', PICTURE, {
      token: 'T',
      server: 'https://docs.example.org',
      onProgress: (share) => told.push(share),
    });
    const { last } = Request;
    expect(last.opened).toEqual(['POST', 'https://docs.example.org/api/uploads?document=a%20document']);
    expect(last.headers.Authorization).toBe('Bearer T');
    expect(last.sent).toBe(PICTURE);
    last.upload.onprogress?.({ loaded: 1, total: 4 });
    last.upload.onprogress?.({ loaded: 4, total: 4 });
    const answer = { address: '/api/uploads/x', hash: 'x', type: 'image/png', bytes: 1, width: 1, height: 1 };
    last.answer(201, answer);
    expect(await sending).toEqual(answer);
    expect(told).toEqual([0.25, 1]);
  });

  it.each([
    [413, { error: { code: 'too-large' } }, 'too-large', false],
    [413, { error: { code: 'too-many-pixels' } }, 'too-many-pixels', false],
    [413, { error: { code: 'document-full' } }, 'document-full', false],
    [413, '<h1>413 Request Entity Too Large</h1>', 'too-large', false],
    [415, { error: { code: 'not-an-image' } }, 'not-an-image', false],
    [401, { error: { code: 'unauthorized' } }, 'forbidden', false],
    [403, { error: { code: 'read-only' } }, 'forbidden', false],
    [404, { error: { code: 'not-found' } }, 'forbidden', false],
    [408, { error: { code: 'too-slow' } }, 'offline', true],
    [429, { error: { code: 'rate-limited' } }, 'rate-limited', true],
    [507, { error: { code: 'storage-full' } }, 'storage-full', true],
    [500, { error: { code: 'internal' } }, 'failed', true],
    [502, '<h1>Bad Gateway</h1>', 'failed', true],
    [200, 'null', 'failed', true],
  ] as const)('[UPLOAD-15] answered %i %j is %s', async (status, body, code, retry) => {
    const sending = codeOf(upload('d', PICTURE));
    Request.last.answer(status, body);
    expect(await sending).toEqual({ code, retry });
  });

  it('[UPLOAD-15] that is too large is not sent', async () => {
    const before = Request.last;
    const large = { size: UPLOAD_BYTES + 1 } as Blob;
    expect(await codeOf(upload('d', large))).toEqual({ code: 'too-large', retry: false });
    expect(Request.last).toBe(before);
  });

  it('[UPLOAD-15] ends when it is cancelled, before or after it has begun', async () => {
    const ending = new AbortController();
    const sending = codeOf(upload('d', PICTURE, { signal: ending.signal }));
    ending.abort();
    expect(await sending).toEqual({ code: 'aborted', retry: false });
    expect(await codeOf(upload('d', PICTURE, { signal: ending.signal }))).toEqual({ code: 'aborted', retry: false });
  });

  it('[UPLOAD-15] without a connection, or half a minute after the last sign of one, may be tried again', async () => {
    const broken = codeOf(upload('d', PICTURE));
    Request.last.onerror?.();
    Request.last.onloadend?.();
    expect(await broken).toEqual({ code: 'offline', retry: true });

    const silent = codeOf(upload('d', PICTURE));
    vi.advanceTimersByTime(29_000);
    Request.last.upload.onprogress?.({ loaded: 1, total: 2 });
    vi.advanceTimersByTime(29_999);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(await silent).toEqual({ code: 'offline', retry: true });
  });
});
