import { closeSync, createWriteStream, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OPTIONS } from '../config.ts';
import { ArchiveFile, archiveOf, type Contents, noTotals, type Source } from '../log/archive.ts';
import { ConfigError, readOptions, text, usageOf } from '../options.ts';
import { readUpload } from '../uploads/files.ts';
import type { Asked, Command } from './command.ts';
import { bytesInWords, progress } from './progress.ts';
import { askServer, openUnlessServed, SOURCE } from './source.ts';
import { usersOf } from './users.ts';

// inkroom backup: all documents, and the uploads that they use, into one file, from a running server or from a directory that none has open.
// Invariant: a file under the name that was asked for is a whole backup, on disk; until it is one it has another name.

const TABLE = {
  to: { kind: text('FILE'), text: 'The file to write. One that is there is not overwritten.' },
  ...SOURCE,
} as const;

export const command: Command = {
  synopsis: 'backup --to FILE',
  text: 'Writes all documents, and the uploads that they use, into one file, while the server runs or without one.',
  options: usageOf(TABLE),
  run: backup,
};

async function backup({ args, env, print, complain }: Asked): Promise<number> {
  const options = readOptions(TABLE, { args, env, known: OPTIONS });
  if (options.to === undefined) throw new ConfigError('Say where the backup is to be written: --to FILE.');
  const to = resolve(options.to);
  if (!existsSync(dirname(to))) throw new ConfigError(`There is no directory ${dirname(to)}.`);
  if (existsSync(to)) throw new ConfigError(`${to} is there already. Choose another name, or move it away.`);
  const unfinished = `${to}.unfinished`;
  try {
    const offline = openUnlessServed(options);
    if (offline) {
      const source: Source = {
        scan: async (...of) => offline.scan(...of),
        load: async (name) => offline.load(name),
        listUploads: async (...of) => offline.uploads.listUploads(...of),
        readUpload: (hash) => readUpload(options.data, hash),
      };
      await write(unfinished, archiveOf(source, noTotals()), complain);
      offline.close();
    } else {
      await write(unfinished, await askServer(options, '/backup'), complain);
    }
    const contents = new ArchiveFile(unfinished).contents();
    sync(unfinished);
    renameSync(unfinished, to);
    sync(dirname(to));
    print(`${to} holds ${contents.documents.length} documents and ${contents.uploads.length} uploads.\n`);
    return report(contents, complain);
  } catch (error) {
    rmSync(unfinished, { force: true });
    if (error instanceof ConfigError) throw error;
    complain(`There is no backup: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

async function write(path: string, source: AsyncIterable<Uint8Array>, complain: Asked['complain']): Promise<void> {
  const say = progress(complain);
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const some of source) {
      bytes += some.length;
      say(() => `${bytesInWords(bytes)} written ...`);
      yield some;
    }
  }
  await pipeline(Readable.from(counted(), { objectMode: false }), createWriteStream(path, { mode: 0o600 }));
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function report({ damaged, uploads }: Contents, complain: Asked['complain']): number {
  const lost = uploads.filter(({ whole }) => !whole);
  if (damaged.length > 0) {
    const names = damaged.map((name) => JSON.stringify(name)).join(', ');
    complain(`${damaged.length} documents are damaged, and not in it: ${names}.\n`);
    complain('"inkroom recover" brings back what is left of a damaged document.\n');
  }
  if (lost.length > 0)
    complain(`${lost.length} uploads are lost or damaged, and not in it: ${usersOf(lost)} show them.\n`);
  return damaged.length + lost.length > 0 ? 1 : 0;
}
