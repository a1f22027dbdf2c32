import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { concat, EMPTY_UPDATE } from '../../lib/protocol/bytes.ts';
import { OPTIONS } from '../config.ts';
import { openDocument } from '../documents/compact.ts';
import { type Archived, type ArchivedUpload, ArchiveError, ArchiveFile, inRuns } from '../log/archive.ts';
import { OfflineLog } from '../log/offline.ts';
import { FILE_NAME } from '../log/schema.ts';
import { ConfigError, readOptions, SWITCH, text, usageOf } from '../options.ts';
import { UPLOADS_FOLDER, uploadPath } from '../uploads/files.ts';
import type { Asked, Command } from './command.ts';
import { progress } from './progress.ts';
import { usersOf } from './users.ts';

// inkroom restore: a data directory from a backup.
// Invariant: the directory's database appears whole or not at all, after every document in it has been read and opened once, and after the uploads that
// they use.

const TABLE = {
  from: { kind: text('FILE'), text: 'The backup.' },
  data: OPTIONS.data,
  replace: {
    kind: SWITCH,
    initial: 'false',
    text: 'The directory has documents already: put them aside, beside the new ones.',
  },
} as const;

export const command: Command = {
  synopsis: 'restore --from FILE --data DIR',
  text: 'Makes a data directory from a backup.',
  options: usageOf(TABLE),
  run: restore,
};

async function restore({ args, env, print, complain }: Asked): Promise<number> {
  const { from, data, replace } = readOptions(TABLE, { args, env, known: OPTIONS });
  if (from === undefined) throw new ConfigError('Say which backup is meant: --from FILE.');
  if (!existsSync(from)) throw new ConfigError(`There is no file ${resolve(from)}.`);
  const directory = resolve(data);
  const isEmpty = !existsSync(directory) || readdirSync(directory).length === 0;
  if (!isEmpty && !replace) {
    throw new ConfigError(`${directory} is not empty. Restore into another directory, or add --replace.`);
  }
  const building = join(directory, `restoring-${process.pid}`);
  try {
    const file = new ArchiveFile(from);
    const { documents, damaged, uploads } = file.contents();
    const say = progress(complain);
    mkdirSync(building, { recursive: true, mode: 0o700 });
    const log = new OfflineLog({ directory: building, careless: true });
    fill(log, file, documents, say);
    const whole = uploads.filter((upload) => upload.whole);
    for (const upload of whole) putUpload(log, file, upload, building);
    log.uploads.lookAgain(); // whose uses are as old as the backup: a document may show what nobody had looked for yet
    const unopened = openEach(log, say);
    log.close();
    if (!isEmpty) putAside(directory, print);
    if (whole.length > 0) renameSync(join(building, UPLOADS_FOLDER), join(directory, UPLOADS_FOLDER));
    renameSync(join(building, FILE_NAME), join(directory, FILE_NAME));
    rmSync(building, { recursive: true });
    sync(directory);
    print(`${directory} holds ${documents.length} documents and ${whole.length} uploads.\n`);
    if (damaged.length > 0) complain(`Damaged when the backup was made, and not in it: ${list(damaged)}.\n`);
    const lost = uploads.filter((upload) => !upload.whole);
    if (lost.length > 0)
      complain(`Uploads that were lost when the backup was made: ${lost.length}, of ${usersOf(lost)}.\n`);
    if (unopened.length > 0) complain(`As in the backup, these cannot be opened: ${list(unopened)}.\n`);
    return unopened.length > 0 ? 1 : 0;
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    complain(
      error instanceof ArchiveError
        ? `${error.message}\n`
        : `Nothing was restored: ${error instanceof Error ? error.message : error}\n`,
    );
    return 1;
  }
}

/** In the order of their last change, which the list of documents is in. */
function fill(
  log: OfflineLog,
  file: ArchiveFile,
  documents: readonly Archived[],
  say: ReturnType<typeof progress>,
): void {
  let done = 0;
  for (const archived of [...documents].sort((a, b) => a.updatedAt - b.updatedAt)) {
    const { name, createdAt, updatedAt } = archived;
    const stored = file.document(archived);
    if (stored.snapshot.length > 0) {
      const { stateVector, deletions } = stored;
      for (const at of [createdAt, updatedAt]) log.append(name, [EMPTY_UPDATE], at); // for the times
      log.replace(name, { update: concat(stored.snapshot), stateVector, deletions }, 2);
    } else if (createdAt !== updatedAt) {
      log.append(name, [EMPTY_UPDATE], createdAt);
    }
    for (const some of inRuns(stored.updates)) log.append(name, some, updatedAt);
    done++;
    say(() => `${done} of ${documents.length} documents written ...`);
  }
}

/** The file first, then who uses it. */
function putUpload(log: OfflineLog, archive: ArchiveFile, archived: ArchivedUpload, directory: string): void {
  const path = uploadPath(directory, archived.hash);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const opened = openSync(path, 'wx', 0o600);
  try {
    for (const piece of archive.upload(archived)) writeSync(opened, piece);
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  sync(dirname(path));
  for (const { document, absent } of archived.uses) log.uploads.addUpload(document, archived, UNBOUNDED, absent);
}

/** What was allowed once is not refused now. */
const UNBOUNDED = { count: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/** Reads each back, and opens it. Returns the names of those that Yjs cannot open. Throws LogError when a checksum does not match. */
function openEach(log: OfflineLog, say: ReturnType<typeof progress>): string[] {
  const unopened: string[] = [];
  let done = 0;
  for (const { name } of log.documents()) {
    const { snapshot, updates } = log.load(name);
    try {
      openDocument({ snapshot: concat(snapshot), updates }).destroy();
    } catch {
      unopened.push(name); // so it was: the backup is a copy
    }
    done++;
    say(() => `${done} documents opened ...`);
  }
  return unopened;
}

/** Throws LogError when a server has it open. */
function putAside(directory: string, print: Asked['print']): void {
  if (existsSync(join(directory, FILE_NAME))) new OfflineLog({ directory }).close();
  const stamp = `before-restore-${new Date().toISOString().replaceAll(':', '-')}`;
  for (const name of [FILE_NAME, UPLOADS_FOLDER]) {
    const path = join(directory, name);
    if (!existsSync(path)) continue;
    renameSync(path, `${path}.${stamp}`);
    print(`What was there is now in ${path}.${stamp}.\n`);
  }
  rmSync(join(directory, `${FILE_NAME}-wal`), { force: true }); // empty since it was closed, and none of the new file's
}

function sync(directory: string): void {
  const opened = openSync(directory, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

function list(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}
