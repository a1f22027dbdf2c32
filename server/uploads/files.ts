import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { isUploadHash, type Upload } from '../../lib/protocol/upload.ts';
import { LIMITS } from '../limits.ts';
import { syncFolder } from '../sync-folder.ts';
import { UploadRefused } from './refused.ts';
import { sniff } from './sniff.ts';

// The files of uploads, below `uploads` in the data directory: `ab/cdef...` by hash, and `incoming` for what is not one yet.
// Invariant: a file under its hash is whole and on disk; it appears there only after the log knows of it, and a crash in between is mended at the
// next start. No part of a path comes from a client.

export const UPLOADS_FOLDER = 'uploads';
const INCOMING = 'incoming';

/** By their numbers: libuv has no name for the first. */
const NO_ROOM: ReadonlySet<unknown> = new Set([-constants.errno.EDQUOT, -constants.errno.ENOSPC]);

export interface UploadFilesOptions {
  /** The data directory. */
  readonly directory: string;
  readonly spareBytes?: number;
}

/** Where an upload lies in a data directory. */
export function uploadPath(directory: string, hash: string): string {
  return join(directory, UPLOADS_FOLDER, hash.slice(0, 2), hash.slice(2));
}

/** Undefined when it is not there. The caller closes it. */
export async function openUpload(directory: string, hash: string): Promise<FileHandle | undefined> {
  try {
    return await open(uploadPath(directory, hash), 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** In pieces, for a backup. */
export async function readUpload(directory: string, hash: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  const file = await openUpload(directory, hash);
  return file?.createReadStream({ highWaterMark: PIECE_BYTES });
}

/** Bytes of one piece. */
const PIECE_BYTES = 256 * 1024;

/** A file that has arrived, and nobody knows of. To be placed, or discarded. */
export interface Draft {
  readonly path: string;
  readonly upload: Upload;
}

export class UploadFiles {
  readonly #directory: string;
  readonly #root: string;
  readonly #incoming: string;
  readonly #spareBytes: number;
  /** Ends when all that was asked before is done: placing and removing one file must not cross. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ directory, spareBytes = LIMITS.uploadSpareBytes }: UploadFilesOptions) {
    this.#directory = directory;
    this.#root = join(directory, UPLOADS_FOLDER);
    this.#incoming = join(this.#root, INCOMING);
    this.#spareBytes = spareBytes;
  }

  /** Makes the folders, and ends what the last process began: what the log knows of is placed, the rest is removed. */
  async start(isKnown: (hash: string) => Promise<boolean>): Promise<void> {
    await mkdir(this.#incoming, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#incoming)) {
      if (isUploadHash(name) && (await isKnown(name))) await this.#moveIn(name);
      else await rm(join(this.#incoming, name), { force: true });
    }
  }

  /** Writes what arrives, `length` bytes of it. Rejects with UploadRefused, having left nothing behind. */
  async receive(source: AsyncIterable<Uint8Array>, length: number): Promise<Draft> {
    if (length > LIMITS.uploadBytes) throw new UploadRefused('too-large');
    await this.#checkRoom(length);
    const path = join(this.#incoming, `${randomUUID()}.part`);
    try {
      const file = await open(path, 'wx+', 0o600);
      try {
        return { path, upload: await write(file, source, length) };
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(path, { force: true });
      throw isNoRoom(error) ? new UploadRefused('storage-full', { cause: error }) : error;
    }
  }

  async discard({ path }: Draft): Promise<void> {
    await rm(path, { force: true });
  }

  /** Calls `remember`, which puts into the log that there is this upload, and puts the file in its place. Rejects when that does; the file is gone then. */
  place({ path, upload }: Draft, remember: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      const named = join(this.#incoming, upload.hash);
      try {
        await rename(path, named);
        await syncFolder(this.#incoming);
        await remember();
      } catch (error) {
        await rm(path, { force: true });
        await rm(named, { force: true });
        throw error;
      }
      await this.#moveIn(upload.hash);
    });
  }

  /** Removes the file if `mayGo` still says so, and calls `forget` when it is gone. */
  remove(hash: string, mayGo: () => Promise<boolean>, forget: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      if (!(await mayGo())) return;
      await rm(this.#path(hash), { force: true });
      await forget();
    });
  }

  #path(hash: string): string {
    return uploadPath(this.#directory, hash);
  }

  async #moveIn(hash: string): Promise<void> {
    const folder = join(this.#root, hash.slice(0, 2));
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(join(this.#incoming, hash), this.#path(hash));
    await syncFolder(folder);
    if (made !== undefined) await syncFolder(this.#root);
  }

  async #checkRoom(length: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#incoming);
    if (bavail * bsize < length + this.#spareBytes) throw new UploadRefused('storage-full');
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined); // the one who asked is told
    return done;
  }
}

async function write(file: FileHandle, source: AsyncIterable<Uint8Array>, length: number): Promise<Upload> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > length) throw new UploadRefused('too-large');
    digest.update(chunk);
    await file.writeFile(chunk);
  }
  if (bytes !== length) throw new UploadRefused('cut-short');
  const picture = await sniff((at, size) => readAt(file, at, size));
  if (!picture) throw new UploadRefused('not-an-image');
  if (picture.width * picture.height > LIMITS.uploadPixels) throw new UploadRefused('too-many-pixels');
  await file.sync();
  return { hash: digest.digest('hex'), bytes, ...picture };
}

async function readAt(file: FileHandle, at: number, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  const { bytesRead } = await file.read(buffer, 0, size, at);
  return buffer.subarray(0, bytesRead);
}

function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && NO_ROOM.has(error.errno);
}
