import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { openSqliteLog } from '#built/server/log/sqlite';
import { uploadAddress } from '../../lib/protocol/upload.ts';
import { LIMITS } from '../../server/limits.ts';
import { FILE_NAME } from '../../server/log/schema.ts';
import { silentLogger } from '../../server/logger.ts';
import { Uploads, type UploadsOptions } from '../../server/uploads/uploads.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { hashOf, png } from '../support/pictures.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { until } from '../support/until.ts';
import { inProcessDocuments } from '../support/world-documents.ts';

// How long an upload is kept: which documents use it, and when it goes. On the real log, with hands that the test turns.

const DAY_MS = 24 * 60 * 60_000;

type Log = Awaited<ReturnType<typeof openSqliteLog>>;

class Scene {
  readonly log: Log;
  readonly clock = new FakeClock();
  readonly #docs = new Map<string, Y.Doc>();
  #uploads: Uploads | undefined;
  /** Milliseconds by which the wall clock has been put forward. */
  ahead = 0;

  private constructor(log: Log) {
    this.log = log;
  }

  static async open(directory: string): Promise<Scene> {
    const scene = new Scene(await openSqliteLog({ directory }));
    await scene.openUploads();
    return scene;
  }

  /** Anew, perhaps otherwise. */
  async openUploads(otherwise: Partial<UploadsOptions> = {}): Promise<Uploads> {
    await this.#uploads?.close();
    const { log, clock } = this;
    const now = () => Date.now() + this.ahead;
    const options = { directory, index: log, log, documents: inProcessDocuments, clock, now, logger: silentLogger };
    this.#uploads = await Uploads.open({ ...options, ...otherwise });
    return this.#uploads;
  }

  get uploads(): Uploads {
    if (!this.#uploads) throw new Error('not open');
    return this.#uploads;
  }

  /** Changes a document, and puts the change on disk. */
  async write(document: string, change: (content: Y.XmlFragment, doc: Y.Doc) => void): Promise<void> {
    const doc = this.#docs.get(document) ?? new Y.Doc();
    this.#docs.set(document, doc);
    const before = Y.encodeStateVector(doc);
    doc.transact(() => change(doc.getXmlFragment('content'), doc));
    await this.log.append(document, [Y.encodeStateAsUpdate(doc, before)]);
  }

  forget(document: string): void {
    this.#docs.delete(document);
  }

  async send(document: string, shade: number): Promise<string> {
    const bytes = png({ width: 4, height: 4 }, shade);
    await this.uploads.take(document, inPieces(bytes), bytes.length);
    return hashOf(bytes);
  }

  async has(hash: string): Promise<boolean> {
    const found = await this.uploads.find(hash);
    await found?.file.close();
    return found !== undefined;
  }

  async close(): Promise<void> {
    await this.uploads.close();
    await this.log.close();
  }
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10) yield bytes.subarray(at, at + 10);
}

function show(hash: string) {
  return (content: Y.XmlFragment) => {
    const image = new Y.XmlElement('image');
    image.setAttribute('src', uploadAddress(hash));
    content.insert(content.length, [image]);
  };
}

const removeAll = (content: Y.XmlFragment) => content.delete(0, content.length);

let directory: string;
let scene: Scene;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'inkroom-uploads-'));
  scene = await Scene.open(directory);
});
afterEach(async () => {
  await scene.close();
  rmSync(directory, { recursive: true });
});

/** A round, so many days later. */
async function later(days: number): Promise<void> {
  scene.ahead += days * DAY_MS;
  await scene.uploads.sweep();
}

describe('an upload', () => {
  it('[UPLOAD-10] stays as long as a document mentions it, however old it is', async () => {
    await scene.write('plans', () => undefined);
    const hash = await scene.send('plans', 1);
    await scene.write('plans', show(hash));
    await later(400);
    await later(400);
    expect(await scene.has(hash)).toBe(true);
  });

  it('[UPLOAD-10] is known by its hash in any part of any kind of document, but not where it was deleted', async () => {
    await scene.write('board', (_, doc) => doc.getMap('elements').set('a', 'b'));
    const [inMap, inText, deleted] = [
      await scene.send('board', 1),
      await scene.send('board', 2),
      await scene.send('board', 3),
    ];
    await scene.write('board', (_, doc) => {
      const element = new Y.Map();
      doc.getMap('elements').set('picture', element);
      element.set('data', { fileId: inMap, locked: false });
      element.set('gone', deleted);
      doc.getText('text').insert(0, `see a${inText}f there`);
    });
    await scene.write('board', (_, doc) => (doc.getMap('elements').get('picture') as Y.Map<unknown>).delete('gone'));
    await later(0);
    await later(31);
    expect([await scene.has(inMap), await scene.has(inText), await scene.has(deleted)]).toEqual([true, true, false]);
  });

  it('[UPLOAD-11] that no document mentions goes after 30 days, and its file with it', async () => {
    await scene.write('plans', () => undefined);
    const never = await scene.send('plans', 1);
    const removed = await scene.send('plans', 2);
    await scene.write('plans', show(removed));
    await later(29);
    expect(await scene.has(never)).toBe(true);
    await later(2);
    expect([await scene.has(never), await scene.has(removed)]).toEqual([false, true]);
    await scene.write('plans', removeAll);
    await later(0);
    expect(await scene.has(removed)).toBe(true); // for undo
    await scene.write('plans', show(removed)); // which somebody does
    await later(31);
    expect(await scene.has(removed)).toBe(true);
    await scene.write('plans', removeAll);
    await later(0);
    await later(31);
    expect(await scene.has(removed)).toBe(false);
    expect(
      readdirSync(join(directory, 'uploads'), { recursive: true }).filter((name) => String(name).length > 2),
    ).toEqual(['incoming']);
    expect(scene.uploads.totals).toEqual({ count: 0, bytes: 0 });
  });

  it('[UPLOAD-11] of a deleted document goes in the next round; a new document of its name inherits nothing', async () => {
    await scene.write('plans', () => undefined);
    const hash = await scene.send('plans', 1);
    await scene.write('plans', show(hash));
    await later(0);
    await scene.log.delete('plans');
    scene.forget('plans');
    await scene.write('plans', () => undefined);
    expect(await scene.log.countUploads('plans')).toEqual({ count: 0, bytes: 0 });
    await later(0);
    expect(await scene.has(hash)).toBe(false);
  });

  it('[UPLOAD-12] that was pasted into another document stays, though the first is deleted a moment later', async () => {
    await scene.write('first', () => undefined);
    const hash = await scene.send('first', 1);
    await scene.write('first', show(hash));
    await later(0);
    await scene.write('second', show(hash));
    await scene.log.delete('first');
    await later(31);
    expect(await scene.has(hash)).toBe(true);
    expect(await scene.log.countUploads('second')).toMatchObject({ count: 1 });
  });

  it('[UPLOAD-12] that is being sent again while it is collected is there afterwards', async () => {
    await scene.write('plans', () => undefined);
    const hash = await scene.send('plans', 1);
    scene.ahead = 31 * DAY_MS;
    let between: (() => Promise<unknown>) | undefined = () => scene.send('plans', 1);
    const index = new Proxy(scene.log, {
      get(log, key) {
        if (key !== 'unusedUploads') return Reflect.get(log, key).bind(log);
        return async (...of: Parameters<Log['unusedUploads']>) => {
          const unused = await log.unusedUploads(...of);
          await between?.();
          between = undefined;
          return unused;
        };
      },
    });
    await (await scene.openUploads({ index })).sweep();
    expect(between).toBeUndefined();
    expect(await scene.has(hash)).toBe(true);
    await later(29);
    expect(await scene.has(hash)).toBe(true);
  });

  it('[UPLOAD-12] that is sent again before anything mentions it has its time anew', async () => {
    await scene.write('plans', () => undefined);
    const hash = await scene.send('plans', 1);
    await later(29);
    await scene.send('plans', 1);
    await later(29);
    expect(await scene.has(hash)).toBe(true);
    await later(2);
    expect(await scene.has(hash)).toBe(false);
  });

  it('[UPLOAD-12] of a document that cannot be read stays', async () => {
    await scene.write('plans', () => undefined);
    const hash = await scene.send('plans', 1);
    await scene.log.append('plans', [new Uint8Array([1, 2, 3])]); // no update
    await later(0);
    await later(31);
    expect(await scene.has(hash)).toBe(true);
  });
});

describe('whatever people do', () => {
  it.each([0, 1, 2])(
    '[UPLOAD-10] [UPLOAD-11] what is shown is there, and what nobody has shown for long is not (series %i)',
    async (series) => {
      const random = new Random(seedOfRun() * 1_000 + series);
      const shown = new Map(['a', 'b', 'c'].map((document) => [document, new Set<number>()]));
      /** Pictures that are there, and the first round since nobody shows them: 0 before it. */
      const unshownSince = new Map<number, number>();
      const hashes = new Map<number, string>();
      const steps: string[] = [];
      const isShown = (picture: number) => [...shown.values()].some((pictures) => pictures.has(picture));
      const draw = (pictures: ReadonlySet<number>) => (content: Y.XmlFragment) => {
        removeAll(content);
        for (const picture of pictures) show(hashes.get(picture) ?? '')(content);
      };
      for (const document of shown.keys()) await scene.write(document, () => undefined);
      for (let step = 0; step < 120; step++) {
        const [document, pictures] = random.pick([...shown]);
        const picture = random.between(1, 4);
        const what = random.pick(['send', 'send', 'show', 'show', 'hide', 'hide', 'delete', 'wait', 'wait']);
        steps.push(`${what} ${document} ${picture}`);
        if (what === 'send') {
          hashes.set(picture, await scene.send(document, picture));
          unshownSince.set(picture, 0);
        } else if (what === 'show' && unshownSince.has(picture)) {
          await scene.write(document, draw(pictures.add(picture)));
          unshownSince.set(picture, 0);
        } else if (what === 'hide') {
          pictures.delete(picture);
          await scene.write(document, draw(pictures));
        } else if (what === 'delete') {
          await scene.log.delete(document);
          scene.forget(document);
          pictures.clear();
          await scene.write(document, () => undefined);
        } else if (what === 'wait') {
          await later(random.between(0, 20));
          for (const [each, since] of unshownSince) {
            const there = await scene.has(hashes.get(each) ?? '');
            const said = `SEED=${seedOfRun()}: picture ${each} after ${steps.join(', ')}`;
            if (isShown(each)) expect(there, said).toBe(true);
            if (!isShown(each) && since > 0 && scene.ahead - since > 31 * DAY_MS) expect(there, said).toBe(false);
            if (!there) unshownSince.delete(each);
            else if (!isShown(each) && since === 0) unshownSince.set(each, Math.max(1, scene.ahead));
          }
        }
      }
      expect(steps.filter((step) => step.startsWith('wait')).length).toBeGreaterThan(10);
    },
  );
});

describe('rounds', () => {
  it('[UPLOAD-11] come once an hour, and not after the end', async () => {
    await scene.write('plans', () => undefined);
    const hash = await scene.send('plans', 1);
    scene.ahead = 31 * DAY_MS;
    scene.clock.advance(LIMITS.uploadSweepMs - 1);
    expect(await scene.has(hash)).toBe(true);
    for (const _ of ['one', 'another']) {
      const sent = await scene.send('plans', 2);
      scene.ahead += 31 * DAY_MS;
      scene.clock.advance(LIMITS.uploadSweepMs);
      await until('it to be collected', async () => !(await scene.has(sent)));
      await until('the next round to be set', () => scene.clock.timers === 1);
    }
    await scene.uploads.close();
    expect(scene.clock.timers).toBe(0);
  });

  it('[UPLOAD-11] open each changed document once, and none while there is no upload', async () => {
    let opened: string[] = [];
    const counting = {
      uploads: (stored: Parameters<typeof inProcessDocuments.uploads>[0]) => {
        opened.push('one');
        return inProcessDocuments.uploads(stored);
      },
    };
    const uploads = await scene.openUploads({ documents: counting });
    for (let i = 0; i < 250; i++) await scene.write(`document ${i}`, () => undefined);
    await uploads.sweep();
    expect(opened).toHaveLength(0);
    await uploads.take('document 7', inPieces(png()), png().length);
    await uploads.sweep();
    const first = opened.length; // rows that were still to be written lag behind the list of changes
    opened = [];
    for (let i = 0; i < 120; i++)
      await scene.write(`document ${i}`, (content) => content.insert(0, [new Y.XmlText('x')]));
    await uploads.sweep();
    expect(opened).toHaveLength(120);
    opened = [];
    await uploads.sweep();
    expect(opened).toHaveLength(0);
    expect(first).toBeLessThanOrEqual(250);
  });
});

describe('bounds', () => {
  it('[UPLOAD-8] one document uses so many and no more; what it uses already costs nothing', async () => {
    await scene.write('plans', () => undefined);
    const upload = { hash: '0'.repeat(64), type: 'image/png', bytes: 60, width: 1, height: 1 } as const;
    const add = (digit: string, bounds: { count: number; bytes: number }) =>
      scene.log.addUpload('plans', { ...upload, hash: digit.repeat(64) }, bounds, 1);
    expect(await add('1', { count: 2, bytes: 100 })).toBe('added');
    expect(await add('2', { count: 2, bytes: 100 })).toBe('over');
    expect(await add('2', { count: 1, bytes: 1_000 })).toBe('over');
    expect(await add('1', { count: 1, bytes: 60 })).toBe('added');
    expect(await add('2', { count: 2, bytes: 120 })).toBe('added');
    expect(await scene.log.addUpload('nothing', upload, { count: 9, bytes: 999 }, 1)).toBe('gone');
  });
});

describe('a database of before there were uploads', () => {
  it('[UPLOAD-13] is taken over as it is', async () => {
    await scene.write('old', (content) => content.insert(0, [new Y.XmlText('kept')]));
    await scene.close();
    const database = new Database(join(directory, FILE_NAME));
    database.exec('drop table upload; drop table upload_use; drop table upload_scan; pragma user_version = 1');
    database.close();
    scene = await Scene.open(directory);
    expect(await scene.log.info('old')).toMatchObject({ sequence: 1 });
    expect(await scene.has(await scene.send('old', 1))).toBe(true);
  });
});

describe('a full disk', () => {
  it('[UPLOAD-14] leaves nothing of what was refused, and room for what is written', async () => {
    const uploads = await scene.openUploads({ spareBytes: Number.MAX_SAFE_INTEGER });
    await scene.write('plans', () => undefined);
    await expect(uploads.take('plans', inPieces(png()), png().length)).rejects.toMatchObject({ code: 'storage-full' });
    expect(readdirSync(join(directory, 'uploads', 'incoming'))).toEqual([]);
  });
});

describe('a folder that is not empty', () => {
  it('[UPLOAD-9] is tidied at the start, and nothing else in it is touched', async () => {
    await scene.close();
    mkdirSync(join(directory, 'uploads', 'ab'), { recursive: true });
    writeFileSync(join(directory, 'uploads', 'ab', 'kept'), '');
    writeFileSync(join(directory, 'uploads', 'incoming', 'half.part'), '');
    scene = await Scene.open(directory);
    expect(readdirSync(join(directory, 'uploads', 'incoming'))).toEqual([]);
    expect(readdirSync(join(directory, 'uploads', 'ab'))).toEqual(['kept']);
  });
});
