import { createHash } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type DocumentInfo, type Log, LogError, type StoredDocument } from './log.ts';
import { decodeRecords, encodeRecord } from './record.ts';
import type { StoredUpload } from './upload-index.ts';

// A backup: all documents of a log, and the uploads that they use, in one file, whatever the store. Each is as it was at one moment after the backup began, so
// nothing that was acknowledged before is missing, and nobody who writes waits for it.
// Invariant: every entry's checksum also covers all entries before it: a file that is cut, or from which something is missing, is found out.
//
//   file:   MAGIC, entry*          entry:  type (1 byte), length, checksum (4 bytes each, little-endian), bytes
//   a document is `document`, then where there is a snapshot `stateVector`, `deletions`, `piece`*, then `updates`*
//   an upload is `upload`, then its bytes in `file`*; uploads come after the documents

const MAGIC = Buffer.from('Inkroom backup 1\n');
const HEAD_BYTES = 9;
/** Bytes of updates in one entry, about. */
const UPDATES_BYTES = 256 * 1024;
/** Documents asked for at once. */
const PAGE = 100;
/** No piece and no update is longer: a length beyond it is damage, for which no memory is taken. */
const MOST_BYTES = 64 * 1024 * 1024;

const TYPES = ['end', 'document', 'stateVector', 'deletions', 'piece', 'updates', 'damaged', 'upload', 'file'] as const;
type Type = (typeof TYPES)[number];

/** What a backup holds, or would have held. */
export interface Totals {
  documents: number;
  bytes: number;
  /** Documents that are damaged, and not in it. */
  damaged: string[];
  uploads: number;
}

export function noTotals(): Totals {
  return { documents: 0, bytes: 0, damaged: [], uploads: 0 };
}

/** What is copied: of a whole log, or of one that is made to look as if it had fewer documents. */
export interface Source extends Pick<Log, 'scan' | 'load'> {
  /** In the order of their hashes, those after `after`. */
  listUploads(after: string, limit: number): Promise<readonly StoredUpload[]>;
  /** The bytes of an upload; undefined when they are lost, or are to be left out. */
  readUpload(hash: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** The bytes of a backup of `log`. `totals` is kept up to date meanwhile. Throws LogError. */
export async function* archiveOf(log: Source, totals: Totals): AsyncGenerator<Uint8Array> {
  const entries = new EntryWriter();
  yield MAGIC;
  let cursor = 0;
  do {
    const page = await log.scan(cursor, PAGE);
    cursor = page.cursor;
    for (const info of page.documents) {
      for (const bytes of await documentEntries(log, info, entries, totals)) {
        totals.bytes += bytes.length;
        yield bytes;
      }
    }
  } while (cursor !== 0);
  for await (const bytes of uploadEntries(log, entries, totals)) {
    totals.bytes += bytes.length;
    yield bytes;
  }
  yield entries.write('end', json({ documents: totals.documents, damaged: totals.damaged.length }));
}

async function* uploadEntries(log: Source, entries: EntryWriter, totals: Totals): AsyncGenerator<Uint8Array> {
  for (let after = '', more = true; more; ) {
    const page = await log.listUploads(after, PAGE);
    for (const upload of page) {
      after = upload.hash;
      if (upload.uses.length === 0) continue;
      const file = await log.readUpload(upload.hash);
      totals.uploads++;
      yield entries.write('upload', json(upload));
      for await (const piece of file ?? []) yield entries.write('file', piece);
    }
    more = page.length === PAGE;
  }
}

async function documentEntries(
  log: Pick<Log, 'load'>,
  info: DocumentInfo,
  entries: EntryWriter,
  totals: Totals,
): Promise<Uint8Array[]> {
  let stored: StoredDocument;
  try {
    stored = await log.load(info.name);
  } catch (error) {
    if (!(error instanceof LogError) || error.code !== 'damaged') throw error;
    totals.damaged.push(info.name);
    return [entries.write('damaged', json({ name: info.name }))];
  }
  if (stored.sequence === 0) return []; // deleted since it was listed
  totals.documents++;
  const { name, createdAt, updatedAt } = info;
  const written = [entries.write('document', json({ name, sequence: stored.sequence, createdAt, updatedAt }))];
  if (stored.snapshot.length > 0) {
    written.push(entries.write('stateVector', stored.stateVector), entries.write('deletions', stored.deletions));
    for (const piece of stored.snapshot) written.push(entries.write('piece', piece));
  }
  for (const some of inRuns(stored.updates)) written.push(entries.write('updates', encodeRecord(some)));
  return written;
}

/** Cut into runs of bounded size. */
export function* inRuns(updates: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let run: Uint8Array[] = [];
  let bytes = 0;
  for (const update of updates) {
    run.push(update);
    bytes += update.length;
    if (bytes < UPDATES_BYTES) continue;
    yield run;
    run = [];
    bytes = 0;
  }
  if (run.length > 0) yield run;
}

class EntryWriter {
  #sum = 0;

  write(type: Type, bytes: Uint8Array): Uint8Array {
    const number = TYPES.indexOf(type);
    this.#sum = checksum(this.#sum, number, bytes);
    const entry = Buffer.allocUnsafeSlow(HEAD_BYTES + bytes.length);
    entry.writeUInt8(number, 0);
    entry.writeUInt32LE(bytes.length, 1);
    entry.writeUInt32LE(this.#sum, 5);
    entry.set(bytes, HEAD_BYTES);
    return entry;
  }
}

/** One document of `log`, and what is known of its uploads; none when it was never written. */
export function only(log: Pick<Log, 'info'> & Source, document: string): Source {
  return {
    ...withoutFiles(log),
    async listUploads(after, limit) {
      const uploads = await log.listUploads(after, limit);
      return uploads.map((upload) => ({ ...upload, uses: upload.uses.filter((use) => use.document === document) }));
    },
    async scan() {
      const info = await log.info(document);
      return { documents: info ? [info] : [], cursor: 0 };
    },
  };
}

/** All of `log`, but of its uploads only what is known of them. */
export function withoutFiles(log: Source): Source {
  return {
    scan: (cursor, limit) => log.scan(cursor, limit),
    load: (name) => log.load(name),
    listUploads: (after, limit) => log.listUploads(after, limit),
    readUpload: async () => undefined,
  };
}

/** A document in a backup, and where in the file it begins. */
export interface Archived extends Omit<DocumentInfo, 'unmerged'> {
  readonly at: number;
}

/** An upload in a backup. */
export interface ArchivedUpload extends StoredUpload {
  readonly at: number;
  /** Its bytes are there, and are those that its hash names. */
  readonly whole: boolean;
}

export interface Contents {
  readonly documents: readonly Archived[];
  readonly damaged: readonly string[];
  readonly uploads: readonly ArchivedUpload[];
}

/** A backup that is whole is wanted; this one is not. */
export class ArchiveError extends Error {
  constructor(path: string, what: string) {
    super(`${path} is not a whole backup: ${what}. Nothing was restored from it.`);
    this.name = 'ArchiveError';
  }
}

/** Reads a backup. Open as long as the process lives: it is read by commands. */
export class ArchiveFile {
  readonly #path: string;
  readonly #file: number;
  #at = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'r');
  }

  /** Reads all of it and checks every checksum. Throws ArchiveError. */
  contents(): Contents {
    const documents: Archived[] = [];
    const damaged: string[] = [];
    const uploads: ArchivedUpload[] = [];
    let digest = createHash('sha256');
    let upload: Omit<ArchivedUpload, 'whole'> | undefined;
    let sum = 0;
    this.#at = 0;
    if (!this.#read(MAGIC.length).equals(MAGIC)) this.#fail('it does not begin like one');
    for (;;) {
      const at = this.#at;
      const entry = this.#next();
      sum = checksum(sum, TYPES.indexOf(entry.type), entry.bytes);
      if (sum !== entry.sum) this.#fail(`what is at byte ${at} does not match its checksum`);
      if (entry.type === 'document') documents.push({ ...(parse(entry.bytes) as unknown as Omit<Archived, 'at'>), at });
      if (entry.type === 'damaged') damaged.push(String(parse(entry.bytes).name));
      if (upload && entry.type !== 'file') uploads.push({ ...upload, whole: digest.digest('hex') === upload.hash });
      upload = entry.type === 'file' ? upload : undefined;
      if (entry.type === 'upload') {
        upload = { ...(parse(entry.bytes) as unknown as StoredUpload), at };
        digest = createHash('sha256');
      }
      if (entry.type === 'file') digest.update(entry.bytes);
      if (entry.type === 'end') return { documents, damaged, uploads };
    }
  }

  /** One of the documents that `contents` found. */
  document({ at, sequence }: Archived): StoredDocument {
    this.#at = at;
    this.#next();
    const [snapshot, updates]: [Uint8Array[], Uint8Array[]] = [[], []];
    let [stateVector, deletions]: Uint8Array[] = [Uint8Array.of(0), Uint8Array.of(0, 0)];
    for (;;) {
      const { type, bytes } = this.#next();
      if (type === 'stateVector') stateVector = bytes;
      else if (type === 'deletions') deletions = bytes;
      else if (type === 'piece') snapshot.push(bytes);
      else if (type === 'updates') decodeRecords(bytes, updates);
      else
        return {
          snapshot,
          stateVector: stateVector as Uint8Array,
          deletions: deletions as Uint8Array,
          updates,
          sequence,
        };
    }
  }

  /** The bytes of one of the uploads that `contents` found. */
  *upload({ at }: ArchivedUpload): Generator<Uint8Array> {
    this.#at = at;
    this.#next();
    for (let entry = this.#next(); entry.type === 'file'; entry = this.#next()) yield entry.bytes;
  }

  #next(): { type: Type; sum: number; bytes: Buffer } {
    const head = this.#read(HEAD_BYTES);
    const type = TYPES[head.readUInt8(0)];
    const length = head.readUInt32LE(1);
    if (type === undefined || length > MOST_BYTES)
      return this.#fail(`what is at byte ${this.#at - HEAD_BYTES} is no entry`);
    return { type, sum: head.readUInt32LE(5), bytes: this.#read(length) };
  }

  #read(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const read = readSync(this.#file, bytes, done, length - done, this.#at + done);
      if (read === 0) this.#fail('it ends in the middle');
      done += read;
    }
    this.#at += length;
    return bytes;
  }

  #fail(what: string): never {
    throw new ArchiveError(this.#path, what);
  }
}

function checksum(before: number, type: number, bytes: Uint8Array): number {
  return crc32(bytes, crc32(Uint8Array.of(type), before));
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function parse(bytes: Buffer): Record<string, unknown> {
  return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
}
