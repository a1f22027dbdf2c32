import { closeSync, createWriteStream, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OPTIONS } from '../config.ts';
import { ArchiveFile, archiveOf, type Contents } from '../log/archive.ts';
import { ConfigError, readOptions, text, usageOf } from '../options.ts';
import type { Asked, Command } from './command.ts';
import { bytesInWords, progress } from './progress.ts';
import { askServer, openUnlessServed, SOURCE } from './source.ts';

// inkroom backup: all documents into one file, from a running server or from a directory that none has open.
// Invariant: a file under the name that was asked for is a whole backup, on disk; until it is one it has another name.

const TABLE = {
  to: { kind: text('FILE'), text: 'The file to write. One that is there is not overwritten.' },
  ...SOURCE,
} as const;

export const command: Command = {
  synopsis: 'backup --to FILE',
  text: 'Writes all documents into one file, while the server runs or without one.',
  options: usageOf(TABLE),
  run: backup,
};

async function backup({ args, env, print, complain }: Asked): Promise<number> {
  const options = readOptions(TABLE, { args, env, known: OPTIONS });
  if (options.to === undefined) throw new ConfigError('Say where the backup is to be written: --to FILE.');
  const to = resolve(options.to);
  if (existsSync(to)) throw new ConfigError(`${to} is there already. Choose another name, or move it away.`);
  const unfinished = `${to}.unfinished`;
  try {
    const offline = openUnlessServed(options.data);
    if (offline) {
      const totals = { documents: 0, bytes: 0, damaged: [] };
      const log = {
        scan: async (...of: [number, number]) => offline.scan(...of),
        load: async (name: string) => offline.load(name),
      };
      await write(unfinished, archiveOf(log, totals), complain);
      offline.close();
    } else {
      await write(unfinished, await askServer(options, '/backup'), complain);
    }
    const contents = new ArchiveFile(unfinished).contents();
    sync(unfinished);
    renameSync(unfinished, to);
    sync(dirname(to));
    print(`${to} holds ${contents.documents.length} documents.\n`);
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

function report({ damaged }: Contents, complain: Asked['complain']): number {
  if (damaged.length === 0) return 0;
  complain(
    `${damaged.length} documents are damaged, and not in it: ${damaged.map((name) => JSON.stringify(name)).join(', ')}.\n`,
  );
  complain('"inkroom recover" brings back what is left of a damaged document.\n');
  return 1;
}
