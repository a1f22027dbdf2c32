import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { concat } from '../../lib/protocol/bytes.ts';
import type { Upload } from '../../lib/protocol/upload.ts';
import { OPTIONS } from '../config.ts';
import { type Inspection, inspect } from '../documents/inspect.ts';
import { ArchiveError, ArchiveFile } from '../log/archive.ts';
import { type DocumentInfo, LogError, type StoredDocument } from '../log/log.ts';
import type { OfflineLog } from '../log/offline.ts';
import type { StoredUpload } from '../log/upload-index.ts';
import { readOptions, SWITCH, usageOf } from '../options.ts';
import type { Asked, Command } from './command.ts';
import { bytesInWords } from './progress.ts';
import { askServer, openUnlessServed, SOURCE, SourceError } from './source.ts';

// inkroom inspect: what is stored of a document, without its content; or how much there is in all.
// Invariant: it changes nothing.

const TABLE = { ...SOURCE, json: { kind: SWITCH, initial: 'false', text: 'As one JSON object.' } } as const;

export const command: Command = {
  synopsis: 'inspect [<document>]',
  text: 'Says what is stored of a document, or of all together.',
  options: usageOf(TABLE),
  run,
};

/** What is said of one document. */
interface Report extends Omit<Inspection, 'problem'> {
  readonly name: string;
  /** Number of the newest record. */
  readonly sequence: number;
  readonly created: string;
  readonly changed: string;
  readonly snapshotBytes: number;
  readonly updatesSinceSnapshot: number;
  readonly bytesSinceSnapshot: number;
  readonly uploads: number;
  readonly uploadBytes: number;
  readonly checksum: 'good' | 'damaged';
  /** Of the bytes as they are stored, so that two copies can be compared. */
  readonly fingerprint: string;
  readonly problem: string | undefined;
}

interface Found {
  readonly info: Omit<DocumentInfo, 'unmerged'>;
  /** That it uses. */
  readonly uploads: readonly Upload[];
  /** Undefined when it is damaged. */
  readonly stored: StoredDocument | undefined;
}

async function run({ args, env, print, complain }: Asked): Promise<number> {
  const options = readOptions(TABLE, { args, env, known: OPTIONS, optional: 1 });
  const { json: asJson, operands } = options;
  const [document] = operands;
  let found: Found[];
  try {
    const log = openUnlessServed(options);
    found = log ? readOffline(log, document) : await readLive(options, document);
  } catch (error) {
    if (![LogError, SourceError, ArchiveError].some((kind) => error instanceof kind)) throw error;
    complain(`${(error as Error).message}\n`);
    return 1;
  }
  if (document === undefined) {
    print(asJson ? `${JSON.stringify(totalsOf(found))}\n` : inLines(totalsOf(found)));
    return 0;
  }
  const [one] = found;
  if (!one) {
    complain(`There is no document ${JSON.stringify(document)}.\n`);
    return 1;
  }
  const report = reportOf(one);
  print(asJson ? `${JSON.stringify(report)}\n` : inLines(inWords(report)));
  return report.problem === undefined && report.checksum === 'good' ? 0 : 1;
}

function readOffline(log: OfflineLog, document: string | undefined): Found[] {
  const only = document === undefined ? undefined : log.info(document);
  const infos = document === undefined ? [...log.documents()] : only ? [only] : [];
  const uploads: StoredUpload[] = [];
  for (let page = log.uploads.listUploads('', PAGE); page.length > 0; ) {
    uploads.push(...page);
    page = log.uploads.listUploads(page.at(-1)?.hash ?? '', PAGE);
  }
  return infos.map((info) => ({
    info,
    uploads: usedBy(info, uploads),
    stored: attempt(() => log.load(info.name)),
  }));
}

/** Uploads that are asked for at once. */
const PAGE = 1_000;

function usedBy({ name }: { readonly name: string }, uploads: readonly StoredUpload[]): StoredUpload[] {
  return uploads.filter(({ uses }) => uses.some(({ document }) => document === name));
}

function attempt(load: () => StoredDocument): StoredDocument | undefined {
  try {
    return load();
  } catch (error) {
    if (error instanceof LogError && error.code === 'damaged') return undefined;
    throw error;
  }
}

/** A running server gives a backup, of one document or of all, which is read here: it has other things to do. */
async function readLive(options: Parameters<typeof askServer>[0], document: string | undefined): Promise<Found[]> {
  const path = document === undefined ? '/stored' : `/backup/${encodeURIComponent(document)}`;
  const pieces: Uint8Array[] = [];
  for await (const piece of await askServer(options, path)) pieces.push(piece);
  const folder = mkdtempSync(join(tmpdir(), 'inkroom-inspect-'));
  try {
    const path = join(folder, 'backup');
    writeFileSync(path, concat(pieces));
    const file = new ArchiveFile(path);
    const { documents, damaged, uploads } = file.contents();
    const unknown = { sequence: 0, createdAt: 0, updatedAt: 0 };
    return [
      ...documents.map((info) => ({ info, uploads: usedBy(info, uploads), stored: file.document(info) })),
      ...damaged.map((name) => {
        const info = { name, ...unknown };
        return { info, uploads: usedBy(info, uploads), stored: undefined };
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function reportOf({ info, uploads, stored }: Found): Report {
  const { name, sequence, createdAt, updatedAt } = info;
  const { snapshot, updates } = stored ?? { snapshot: [], updates: [] };
  const inspected = inspect({ snapshot: concat(snapshot), updates });
  return {
    name,
    sequence,
    created: new Date(createdAt).toISOString(),
    changed: new Date(updatedAt).toISOString(),
    snapshotBytes: bytesOf(snapshot),
    updatesSinceSnapshot: updates.length,
    bytesSinceSnapshot: bytesOf(updates),
    uploads: uploads.length,
    uploadBytes: uploadBytesOf(uploads),
    checksum: stored ? 'good' : 'damaged',
    fingerprint: [...snapshot, ...updates]
      .reduce((sum, bytes) => crc32(bytes, sum), 0)
      .toString(16)
      .padStart(8, '0'),
    ...inspected,
    problem: stored ? inspected.problem : 'What is stored does not match its checksum: see "inkroom recover".',
  };
}

type Lines = Readonly<Record<string, string | number>>;

function totalsOf(found: readonly Found[]): Lines {
  const stored = found.flatMap((one) => (one.stored ? [one.stored] : []));
  const uploads = [...new Map(found.flatMap((one) => one.uploads.map((upload) => [upload.hash, upload]))).values()];
  const newest = Math.max(0, ...found.map(({ info }) => info.updatedAt));
  return {
    documents: found.length,
    damaged: found.length - stored.length,
    records: found.reduce((sum, { info }) => sum + info.sequence, 0),
    snapshotBytes: stored.reduce((sum, { snapshot }) => sum + bytesOf(snapshot), 0),
    bytesSinceSnapshots: stored.reduce((sum, { updates }) => sum + bytesOf(updates), 0),
    uploads: uploads.length,
    uploadBytes: uploadBytesOf(uploads),
    changed: newest === 0 ? 'never' : new Date(newest).toISOString(),
  };
}

function inWords(report: Report): Lines {
  const { name, title, sequence, created, changed, checksum, fingerprint, problem, clients, types } = report;
  return {
    document: JSON.stringify(name),
    title: JSON.stringify(title),
    created,
    changed,
    records: sequence,
    snapshot: bytesInWords(report.snapshotBytes),
    'since then': `${report.updatesSinceSnapshot} updates, ${bytesInWords(report.bytesSinceSnapshot)}`,
    uploads: `${report.uploads}, ${bytesInWords(report.uploadBytes)}`,
    checksum: `${checksum} (${fingerprint})`,
    opens: problem ?? 'yes, without gaps',
    structs: report.structs,
    'deleted ranges': report.deletedRanges,
    clients: clients.map(({ client, clock }) => `${client}:${clock}`).join(' '),
    types: types.map((type) => `${JSON.stringify(type.name)} (${type.kind}, ${type.length})`).join(', '),
  };
}

function inLines(lines: Lines): string {
  const width = Math.max(...Object.keys(lines).map((name) => name.length));
  return Object.entries(lines)
    .map(([name, value]) => `${name.padEnd(width)}  ${value}\n`)
    .join('');
}

function bytesOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

function uploadBytesOf(uploads: readonly Upload[]): number {
  return uploads.reduce((sum, { bytes }) => sum + bytes, 0);
}
