import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { KINDS } from '../support/clients.ts';
import { inkroom } from '../support/command.ts';
import { Ledger } from '../support/ledger.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Typist } from '../support/typist.ts';

// Backups of a real server, taken while it is written to, and what is restored from them.

const KEY = { INKROOM_ADMIN_KEY: 'the-key-of-this-test' };
const DOCUMENTS = ['first', 'second', 'third'];

let server: ServerProcess;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'inkroom-backup-'));
  server = await ServerProcess.launch({ env: KEY });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const backUp = (to: string, env: Record<string, string> = KEY) =>
  inkroom(['backup', '--to', to, '--data', server.data, '--url', server.url], env);

it('[BACKUP-1] taken during heavy writing it holds all that was acknowledged or shown before, and no document has a gap', async () => {
  const ledger = new Ledger(() => undefined);
  const random = new Random(seedOfRun());
  const typists = await Promise.all(
    DOCUMENTS.flatMap((document) =>
      KINDS.map((voice) =>
        Typist.join({ sync: server.sync, document, voice, tap: ledger.tap(voice, document) }, random),
      ),
    ),
  );
  let typing = true;
  const storm = (async () => {
    while (typing) {
      for (const typist of typists) typist.type(3, 200);
      await delay(1);
    }
  })();
  await delay(1_500); // long enough for merges: the log and the snapshots are both in it
  const owed = new Map(DOCUMENTS.map((document) => [document, ledger.owed(document)]));
  const ran = await backUp(join(folder, 'live.backup'));
  expect(ran).toMatchObject({ code: 0, errors: '' });
  typing = false;
  await storm;
  await Promise.all(typists.map(({ peer }) => peer.close()));

  const data = join(folder, 'restored');
  expect(await inkroom(['restore', '--from', join(folder, 'live.backup'), '--data', data])).toMatchObject({
    code: 0,
    errors: '',
    out: expect.stringContaining('3 documents'),
  });
  expect(readdirSync(data)).toEqual(['inkroom.db']);
  const restored = await ServerProcess.launch({ data });
  try {
    for (const document of DOCUMENTS) {
      const found = await restored.stored(document);
      expect(ledger.missing(document, owed.get(document) as Uint8Array, new Y.Doc())).toBeDefined(); // there is something to miss
      expect(ledger.missing(document, owed.get(document) as Uint8Array, found)).toBeUndefined();
    }
  } finally {
    await restored.close();
  }
});

it('[BACKUP-2] without a server it is read from the directory, and list and times come back as they were', async () => {
  type Listed = { name: string; updatedAt: number };
  const list = async (from: ServerProcess) => {
    const { documents } = (await (await fetch(`${from.url}/api/documents`)).json()) as { documents: Listed[] };
    return documents.sort((a, b) => b.updatedAt - a.updatedAt || (a.name < b.name ? -1 : 1)); // changed in one batch: no order
  };
  const before = await list(server);
  await server.stop();
  const file = join(folder, 'offline.backup');
  expect(await inkroom(['backup', '--to', file, '--data', server.data])).toMatchObject({ code: 0, errors: '' });
  const data = join(folder, 'again');
  await inkroom(['restore', '--from', file, '--data', data]);
  const restored = await ServerProcess.launch({ data });
  expect(await list(restored)).toEqual(before);
  await restored.close();
  await server.start();
});

it('[BACKUP-3] a file that is cut or changed anywhere is refused, and nothing is made of it', async () => {
  const whole = readFileSync(join(folder, 'live.backup'));
  const random = new Random(seedOfRun());
  const data = join(folder, 'never');
  const bad = join(folder, 'bad.backup');
  for (const change of ['cut', 'flip', 'cut', 'flip'] as const) {
    const bytes = Buffer.from(whole);
    const at = random.between(0, bytes.length - 1);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.between(0, 7)), at);
    writeFileSync(bad, change === 'cut' ? whole.subarray(0, at) : bytes);
    const ran = await inkroom(['restore', '--from', bad, '--data', data]);
    expect(ran, `SEED=${seedOfRun()}`).toMatchObject({
      code: 1,
      errors: expect.stringContaining('is not a whole backup'),
    });
    expect(existsSync(join(data, 'inkroom.db'))).toBe(false);
  }
});

it('[BACKUP-4] a directory that is not empty is left alone, or put aside when that is asked for', async () => {
  const from = join(folder, 'live.backup');
  const data = join(folder, 'used');
  mkdirSync(data);
  await inkroom(['restore', '--from', from, '--data', data]);
  expect(await inkroom(['restore', '--from', from, '--data', data])).toMatchObject({ code: 2 });
  expect(await inkroom(['restore', '--from', from, '--data', data, '--replace'])).toMatchObject({ code: 0 });
  expect(readdirSync(data).sort()).toEqual(['inkroom.db', expect.stringContaining('before-restore')]);
  expect(await inkroom(['restore', '--from', from, '--data', server.data, '--replace'])).toMatchObject({
    code: 1,
    errors: expect.stringContaining('in use'),
  });
});

it('[BACKUP-5] nobody without the admin key is given one, and an existing file is not overwritten', async () => {
  const to = join(folder, 'none.backup');
  expect(await backUp(to, {})).toMatchObject({ code: 2, errors: expect.stringContaining('admin key') });
  expect(await backUp(to, { INKROOM_ADMIN_KEY: 'another-key-of-this-test' })).toMatchObject({ code: 1 });
  expect(existsSync(to)).toBe(false);
  expect((await fetch(`${server.url}/api/admin/backup`)).status).toBe(401);
  expect(await backUp(join(folder, 'live.backup'))).toMatchObject({ code: 2 });
  const keyless = await ServerProcess.launch();
  expect((await fetch(`${keyless.url}/api/admin/backup`)).status).toBe(404);
  await keyless.close();
});
