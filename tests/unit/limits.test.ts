import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { systemClock } from '../../server/clock.ts';
import { content } from '../../server/documents/content.ts';
import type { Documents } from '../../server/documents/documents.ts';
import { hocuspocusDialect } from '../../server/frames/dialect.ts';
import { Access } from '../../server/http/access.ts';
import { Backlinks } from '../../server/http/backlinks.ts';
import { Contents, type Part } from '../../server/http/contents.ts';
import { DocumentsApi } from '../../server/http/documents.ts';
import { UploadsApi } from '../../server/http/uploads.ts';
import { LIMITS } from '../../server/limits.ts';
import { Line } from '../../server/line.ts';
import { type DocumentInfo, type Log, LogError } from '../../server/log/log.ts';
import { silentLogger } from '../../server/logger.ts';
import { Metrics } from '../../server/metrics.ts';
import { Arrears } from '../../server/rooms/arrears.ts';
import { Presence } from '../../server/rooms/presence.ts';
import { Space } from '../../server/rooms/space.ts';
import { UploadFiles } from '../../server/uploads/files.ts';
import { Uploads } from '../../server/uploads/uploads.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openedSocket } from '../support/opened-socket.ts';
import { pngHeader } from '../support/pictures.ts';
import { clientFrame } from '../support/raw-socket.ts';

// The bounds of server/limits.ts that no other test stands on both sides of: what is just within, and what is one beyond.
// What a bound is for is said by the rule that its test cites.

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>();
  return { ...actual, statfs: vi.fn(actual.statfs) };
});

it('[HOUSE-9] every bound of the table is named by a test', () => {
  const directory = join(import.meta.dirname, '..');
  const tests = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join('\n');
  const isNamed = (key: string) => new RegExp(`LIMITS\\.${key}\\b|\\.\\.\\.LIMITS,[^}]*\\b${key}: `).test(tests);
  const unnamed = Object.keys(LIMITS).filter((key) => !isNamed(key));
  // What it does can only be seen in the whole: a thousand who dial at once (tests/fault/return-storm.test.ts).
  expect(unnamed).toEqual(['backlog']);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('frames', () => {
  it.each([
    [LIMITS.frameBytes, undefined],
    [LIMITS.frameBytes + 1, 1009],
  ])('[NET-3] one that claims %i bytes ends its connection with %s', async (claims, code) => {
    const { say, ended } = await openedSocket();
    say(clientFrame({ opcode: 2, claims, payload: new Uint8Array(8) }));
    await turn();
    expect(ended()).toBe(code);
  });

  it.each([
    [LIMITS.fragments, undefined],
    [LIMITS.fragments + 1, 1008],
  ])('[NET-17] a message of %i fragments ends its connection with %s', async (fragments, code) => {
    const { say, ended } = await openedSocket();
    const payload = Uint8Array.of(1);
    const all = Array.from({ length: fragments }, (_, i) =>
      clientFrame({ opcode: i === 0 ? 2 : 0, payload, fin: i === fragments - 1 }),
    );
    say(Buffer.concat(all));
    await turn();
    expect(ended()).toBe(code);
  });

  it.each([
    [LIMITS.pieces, undefined],
    [LIMITS.pieces + 1, 1008],
  ])('[NET-17] a frame in %i pieces ends its connection with %s', async (pieces, code) => {
    const { say, ended } = await openedSocket();
    say(clientFrame({ opcode: 2, claims: 100_000 })); // the header, which is gone when the first piece comes
    for (let i = 0; i < pieces; i++) {
      say(Uint8Array.of(1));
      if (i % 1_000 === 0) await turn();
    }
    await turn();
    expect(ended()).toBe(code);
  });
});

describe('[PRES-4] presence in one room is told', () => {
  /** Milliseconds between two sendings in a room of so many, in which one moves all the time. */
  async function window(people: number): Promise<number> {
    const clock = new FakeClock();
    const told: number[] = [];
    const options = { stamps: false, arrears: new Arrears<never>(), clock, metrics: new Metrics() };
    const presence = new Presence(options);
    const member = () => ({
      user: undefined,
      dialect: hocuspocusDialect('notes'),
      pace: 'ready' as const,
      deliver: () => undefined,
      deliverAll: () => undefined,
    });
    const reader = { ...member(), deliver: () => void told.push(clock.now()) };
    const moving = [member(), member()];
    for (const each of [reader, ...moving]) presence.enter(each as never);
    for (let i = 3; i < people; i++) presence.enter(member() as never);
    for (const [i, each] of moving.entries()) {
      presence.take(each as never, Uint8Array.of(1, i + 1, 1, 2, 0x7b, 0x7d));
      await clock.settle();
    }
    await clock.advance(1_000);
    presence.close();
    return (told[1] as number) - (told[0] as number);
  }

  it.each([
    [80, LIMITS.presenceWindowMs],
    [200, (200 * LIMITS.presencePersonUs) / 1_000],
    [LIMITS.presenceWindowMostMs / (LIMITS.presencePersonUs / 1_000), LIMITS.presenceWindowMostMs],
    [2_000, LIMITS.presenceWindowMostMs],
  ])('to %i people every %d ms', async (people, milliseconds) => {
    expect(await window(people)).toBe(milliseconds);
  });
});

describe('[ROOM-11] a disk is asked for', () => {
  it.each([
    [0, LIMITS.probeBytes],
    [LIMITS.probeBytes / 2, LIMITS.probeBytes],
    [LIMITS.probeBytes / 2 + 1, LIMITS.probeBytes + 2],
    [LIMITS.probeMostBytes / 2, LIMITS.probeMostBytes],
    [LIMITS.probeMostBytes, LIMITS.probeMostBytes],
  ])('when %i bytes were refused, room for %i', async (refused, asked) => {
    const clock = new FakeClock();
    let probed: number | undefined;
    const probe = async (bytes: number) => {
      probed = bytes;
    };
    const log = { probe } as unknown as Log;
    const nothing = () => undefined;
    const space = new Space({ log, clock, onFull: nothing, onRoom: nothing, onLost: () => expect.unreachable() });
    space.ranOut(new LogError('full', 'no room'));
    space.refused(refused);
    await clock.advance(LIMITS.probeMs);
    await clock.settle();
    expect(probed).toBe(asked);
  });
});

describe('a document that is read', () => {
  const info = (name: string): DocumentInfo =>
    ({ name, sequence: 1, createdAt: 1, updatedAt: 1 }) as unknown as DocumentInfo;
  const response = () => ({ req: { method: 'GET' }, writeHead: () => undefined, end: () => undefined });
  const storedOf = (bytes: number) => ({ snapshot: [new Uint8Array(bytes)], updates: [], sequence: 1 });

  /** Reads documents of so many stored bytes, each of which makes so many of content. */
  function contents({ stored = 1, body = 1, until }: { stored?: number; body?: number; until?: Promise<unknown> }) {
    let made = 0;
    const make = async () => {
      made++;
      await until;
      return new Uint8Array(body);
    };
    const documents = { content: make, merge: make } as unknown as Documents;
    const log = { load: async () => storedOf(stored) } as unknown as Log;
    const all = new Contents({ log, documents, line: new Line(systemClock) });
    const read = (name: string, part: Part = 'html') =>
      all
        .send({ headers: {}, method: 'GET' } as IncomingMessage, response() as unknown as ServerResponse, {
          info: info(name),
          part,
        })
        .then(
          () => 200,
          (error: { status: number }) => error.status,
        );
    return { read, made: () => made };
  }

  it.each([
    [LIMITS.contentBytes, 200],
    [LIMITS.contentBytes + 1, 413],
  ])('[API-15] with %i stored bytes is %i', async (stored, status) => {
    expect(await contents({ stored }).read('a')).toBe(status);
  });

  it.each([
    [LIMITS.contentLength, true],
    [LIMITS.contentLength + 1, false],
  ])('[API-15] as HTML of %i characters is given: %s', (length, isGiven) => {
    const doc = new Y.Doc();
    const paragraph = new Y.XmlElement('paragraph');
    doc.getXmlFragment('content').insert(0, [paragraph]);
    paragraph.insert(0, [new Y.XmlText('x'.repeat(length - '<p></p>'.length))]);
    const { body } = content({ snapshot: Y.encodeStateAsUpdate(doc), updates: [] }, LIMITS.contentLength);
    expect(body !== undefined).toBe(isGiven);
  });

  it('[API-15] is kept while all that is kept fits', async () => {
    const { read, made } = contents({ body: LIMITS.contentsBytes / 4 });
    for (const name of ['a', 'b', 'c', 'd']) await read(name);
    for (const name of ['a', 'b', 'c', 'd']) await read(name);
    expect(made()).toBe(4);
    await read('one more'); // in the place of a
    await read('b');
    expect(made()).toBe(5);
    await read('a');
    expect(made()).toBe(6);
  });

  it('[API-20] as a whole is made once for all who ask, whatever it weighs', async () => {
    const { read, made } = contents({ stored: LIMITS.contentBytes + 1 });
    const statuses = await Promise.all(Array.from({ length: 200 }, () => read('a', 'state')));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(made()).toBe(1);
  });

  it('[API-20] as a whole goes to one socket a turn when it is large', async () => {
    const { read } = contents({ body: LIMITS.turnBytes });
    await read('a', 'state'); // made, and kept
    let answered = 0;
    const all = Array.from({ length: 5 }, () => read('a', 'state').then(() => answered++));
    const perTurn: number[] = [];
    while (answered < all.length) {
      const before = answered;
      await turn();
      perTurn.push(answered - before);
    }
    expect(Math.max(...perTurn)).toBe(1);
  });

  it('[API-4] is described once for all who ask', async () => {
    let opened = 0;
    const documents = {
      summary: async () => {
        opened++;
        await turn();
        return { title: 'notes', kind: 'text' };
      },
    } as unknown as Documents;
    const log = { info: async () => info('a'), load: async () => storedOf(1) } as unknown as Log;
    const access = new Access({ adminKey: undefined, authorize: undefined });
    const api = new DocumentsApi({ log, documents, access, line: new Line(systemClock) });
    const answers: unknown[] = [];
    const ask = () => {
      const answer = { ...response(), end: (body: unknown) => void answers.push(body) } as unknown as ServerResponse;
      const request = { headers: {}, method: 'GET' } as IncomingMessage;
      return api.handle(request, answer, '/a', new URLSearchParams());
    };
    await Promise.all(Array.from({ length: 100 }, ask));
    expect(opened).toBe(1);
    expect(answers).toHaveLength(100);
    expect(answers[99]).toContain('"title":"notes"');
  });

  it('[API-15] waits with so many others, and with one more not', async () => {
    let go: () => void = () => undefined;
    const { read } = contents({ until: new Promise<void>((resolve) => (go = resolve)) });
    const reading = Array.from({ length: LIMITS.contentsAtOnce }, (_, i) => read(`${i}`));
    expect(await read('one more')).toBe(503);
    go();
    expect(await Promise.all(reading)).toEqual(reading.map(() => 200));
    expect(await read('one more')).toBe(200);
  });
});

describe('[API-16] documents that speak of one', () => {
  /** A log of so many documents, which all do. */
  function backlinks(count: number) {
    let opened = 0;
    let deepest = 0;
    const infoOf = (i: number) =>
      ({ name: `${i}`, sequence: 1, createdAt: 1, updatedAt: i }) as unknown as DocumentInfo;
    const log = {
      info: async (name: string) => infoOf(Number(name)),
      load: async () => ({}),
      list: async ({ limit, offset }: { limit: number; offset: number }) => {
        deepest = Math.max(deepest, offset + limit);
        return Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, i) => infoOf(offset + i));
      },
    } as unknown as Log;
    const documents = {
      links: async () => {
        opened++;
        return ['plans'];
      },
    } as unknown as Documents;
    return { all: new Backlinks({ log, documents }), opened: () => opened, deepest: () => deepest };
  }

  it('are opened fifty a request, and named a hundred at most', async () => {
    const { all, opened } = backlinks(2 * LIMITS.backlinks);
    const named: number[] = [];
    for (let request = 0; request < 4; request++) named.push((await all.of('plans')).length);
    expect(opened()).toBe(4 * LIMITS.backlinkReads);
    expect(named).toEqual([1, 2, 2, 2].map((times) => times * LIMITS.backlinkReads));
    expect(named.at(-1)).toBe(LIMITS.backlinks);
  });

  it('are looked for among the ten thousand that changed last', async () => {
    const { all, opened, deepest } = backlinks(2 * LIMITS.backlinkDocuments);
    for (let request = 0; request <= LIMITS.backlinkDocuments / LIMITS.backlinkReads; request++) await all.of('x');
    expect([opened(), deepest()]).toEqual([LIMITS.backlinkDocuments, LIMITS.backlinkDocuments]);
  });
});

describe('an upload', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'inkroom-limits-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
    vi.useRealTimers();
    vi.mocked(statfs).mockReset();
  });

  async function* pieces(...all: Uint8Array[]) {
    yield* all;
  }

  async function drain(source: AsyncIterable<Uint8Array>): Promise<undefined> {
    for await (const _ of source);
  }

  async function receive(bytes: Uint8Array, length = bytes.length): Promise<string> {
    const files = new UploadFiles({ directory });
    await files.start(async () => false);
    return files.receive(pieces(bytes), length).then(
      () => 'taken',
      (error: { code: string }) => error.code,
    );
  }
  const roomFor = (bytes: number) => vi.mocked(statfs).mockResolvedValue({ bavail: bytes, bsize: 1 } as never);

  it.each([
    [LIMITS.uploadPixels, 'taken'],
    [LIMITS.uploadPixels + 1, 'too-many-pixels'],
  ])('[UPLOAD-4] of %i pixels is %s', async (pixels, outcome) => {
    roomFor(Number.MAX_SAFE_INTEGER);
    expect(await receive(pngHeader({ width: pixels, height: 1 }))).toBe(outcome);
  });

  it.each([
    [LIMITS.uploadBytes, 'cut-short'], // it was let in, and did not come
    [LIMITS.uploadBytes + 1, 'too-large'],
  ])('[UPLOAD-4] of %i bytes is %s', async (length, outcome) => {
    roomFor(Number.MAX_SAFE_INTEGER);
    expect(await receive(Uint8Array.of(1), length)).toBe(outcome);
  });

  it.each([
    [LIMITS.uploadSpareBytes, 'taken'],
    [LIMITS.uploadSpareBytes - 1, 'storage-full'],
  ])('[UPLOAD-14] that leaves %i bytes of the disk is %s', async (left, outcome) => {
    const bytes = pngHeader({ width: 1, height: 1 });
    roomFor(bytes.length + left);
    expect(await receive(bytes)).toBe(outcome);
  });

  it.each([1_024, 1024 * LIMITS.uploadSlowBytesPerMs])('[UPLOAD-4] of %i bytes has its time', async (length) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const request = Object.assign(new PassThrough(), { method: 'POST', headers: { 'content-length': `${length}` } });
    let ended: unknown;
    const api = new UploadsApi({
      log: { info: async () => info },
      uploads: { take: async (_: string, source: AsyncIterable<Uint8Array>) => drain(source) } as never,
      access: { requireWriting: async () => ({ user: undefined }) } as never,
      metrics: new Metrics(),
      begin: () => true,
      ended: () => undefined,
    });
    const query = new URLSearchParams({ document: 'plans' });
    const taken = api.handle(request as never, {} as never, '', query).catch((error: unknown) => {
      ended = error;
    });
    const turns = () => new Promise((resolve) => setImmediate(resolve));
    await turns();
    await vi.advanceTimersByTimeAsync(LIMITS.uploadMs + length / LIMITS.uploadSlowBytesPerMs - 1);
    await turns();
    expect(ended).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await taken;
    expect(ended).toMatchObject({ status: 408 });
  });
  const info = {} as never;

  it('[UPLOAD-8] [UPLOAD-11] is bound by its document’s share, and kept for thirty days', async () => {
    const bounds: unknown[] = [];
    let before: number | undefined;
    const now = 100 * LIMITS.uploadAbsentMs;
    const index = {
      findUpload: async () => undefined,
      countUploads: async () => ({ count: 1, bytes: 1 }),
      addUpload: async (_document: string, _upload: unknown, most: unknown) => {
        bounds.push(most);
        return 'over';
      },
      changedDocuments: async () => [],
      unusedUploads: async (absentBefore: number) => {
        before = absentBefore;
        return [];
      },
    } as never;
    roomFor(Number.MAX_SAFE_INTEGER);
    const rest = { log: {} as Log, documents: {} as Documents, logger: silentLogger };
    const uploads = await Uploads.open({ directory, index, clock: new FakeClock(), now: () => now, ...rest });
    const bytes = pngHeader({ width: 1, height: 1 });
    await expect(uploads.take('plans', pieces(bytes), bytes.length)).rejects.toMatchObject({ code: 'document-full' });
    expect(bounds).toEqual([{ count: LIMITS.uploadsPerDocument, bytes: LIMITS.uploadDocumentBytes }]);
    await uploads.sweep();
    expect(before).toBe(now - LIMITS.uploadAbsentMs);
    await uploads.close();
  });
});
