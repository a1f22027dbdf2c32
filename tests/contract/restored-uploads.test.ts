import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { openSqliteLog } from '#built/server/log/sqlite';
import { uploadAddress } from '../../lib/protocol/upload.ts';
import { archiveOf, noTotals } from '../../server/log/archive.ts';
import { silentLogger } from '../../server/logger.ts';
import { readUpload } from '../../server/uploads/files.ts';
import { Uploads } from '../../server/uploads/uploads.ts';
import { inkroom } from '../support/command.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { hashOf, png } from '../support/pictures.ts';
import { inProcessDocuments } from '../support/world-documents.ts';

// What becomes of pictures in a backup that was made before the server had looked for who shows them.

const MONTH_MS = 31 * 24 * 60 * 60_000;

/** The log and the uploads of a data directory, `ahead` milliseconds from now. */
async function open(directory: string, ahead = 0) {
  const log = await openSqliteLog({ directory });
  const now = () => Date.now() + ahead;
  const rest = { documents: inProcessDocuments, clock: new FakeClock(), now, logger: silentLogger };
  const uploads = await Uploads.open({ directory, index: log, log, ...rest });
  const close = async () => {
    await uploads.close();
    await log.close();
  };
  return { log, uploads, close };
}

async function* whole(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test('[UPLOAD-11] a picture of a restored document stays, however long ago it was sent and whether anybody had looked who shows it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'inkroom-restored-'));
  const [before, after, file] = [join(folder, 'before'), join(folder, 'after'), join(folder, 'backup')];
  const [shown, unshown] = [png({ width: 4, height: 4 }, 1), png({ width: 4, height: 4 }, 2)];
  try {
    const server = await open(before);
    const doc = new Y.Doc();
    doc.getText('text').insert(0, uploadAddress(hashOf(shown)));
    await server.log.append('plans', [Y.encodeStateAsUpdate(doc)]);
    await server.log.replace('plans', await inProcessDocuments.compact(await server.log.load('plans')), 1);
    for (const picture of [shown, unshown]) await server.uploads.take('plans', whole(picture), picture.length);
    const source = {
      scan: server.log.scan.bind(server.log),
      load: server.log.load.bind(server.log),
      listUploads: server.log.listUploads.bind(server.log),
      readUpload: (hash: string) => readUpload(before, hash),
    };
    const backup: Uint8Array[] = [];
    for await (const bytes of archiveOf(source, noTotals())) backup.push(bytes);
    writeFileSync(file, Buffer.concat(backup));
    await server.close();

    const ran = await inkroom(['restore', '--from', file, '--data', after]);
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('1 documents and 2 uploads') });

    const restored = await open(after, MONTH_MS);
    await restored.uploads.sweep();
    const found = await restored.uploads.find(hashOf(shown));
    await found?.file.close();
    expect(found).toBeDefined();
    expect(await restored.uploads.find(hashOf(unshown))).toBeUndefined();
    await restored.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
