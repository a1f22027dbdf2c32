import type { FileHandle } from 'node:fs/promises';
import type { Upload } from '../../lib/protocol/upload.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Documents } from '../documents/documents.ts';
import { LIMITS } from '../limits.ts';
import { type Log, LogError } from '../log/log.ts';
import type { Changed, UploadIndex, UploadTotals } from '../log/upload-index.ts';
import type { Logger } from '../logger.ts';
import { openUpload, UploadFiles, type UploadFilesOptions } from './files.ts';
import { UploadRefused } from './refused.ts';

// The uploads of a server: taken, given, and collected when no document uses them any more.
// Invariant: an upload is acknowledged when its file and its use are on disk, and is collected only after every document that has changed was
// looked through: who pastes a picture from one document into another keeps it, whatever becomes of the first.

export interface UploadsOptions extends UploadFilesOptions {
  readonly index: UploadIndex;
  readonly log: Pick<Log, 'load'>;
  readonly documents: Pick<Documents, 'uploads'>;
  readonly clock: Clock;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly logger: Logger;
}

const BOUNDS = { count: LIMITS.uploadsPerDocument, bytes: LIMITS.uploadDocumentBytes };
/** Documents, or uploads, that are asked for at once. */
const PAGE = 100;

/** Owned by the server; `close()` may be called twice. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #files: UploadFiles;
  #totals: UploadTotals = { count: 0, bytes: 0 };
  #timer: Timer | undefined;
  #sweeping: Promise<void> | undefined;
  #closed = false;

  private constructor(options: UploadsOptions) {
    this.#options = options;
    this.#files = new UploadFiles(options);
  }

  /** Rejects with LogError, or the system's error when the folder cannot be made. */
  static async open(options: UploadsOptions): Promise<Uploads> {
    const uploads = new Uploads(options);
    const { index } = options;
    await uploads.#files.start(async (hash) => (await index.findUpload(hash)) !== undefined);
    uploads.#totals = await index.countUploads();
    uploads.#sweepLater();
    return uploads;
  }

  /** How many are stored, and their bytes. */
  get totals(): UploadTotals {
    return this.#totals;
  }

  /**
   * Takes an upload of `length` bytes for `document`. Rejects with UploadRefused, and with LogError when the log has failed; nothing of it is kept
   * then. Undefined: there is no such document.
   */
  async take(document: string, source: AsyncIterable<Uint8Array>, length: number): Promise<Upload | undefined> {
    const draft = await this.#files.receive(source, length);
    const { upload } = draft;
    const { index, now = Date.now } = this.#options;
    try {
      await this.#files.place(draft, async () => {
        const outcome = await index.addUpload(document, upload, BOUNDS, now());
        if (outcome === 'over') throw new UploadRefused('document-full');
        if (outcome === 'gone') throw new DocumentGone();
      });
    } catch (error) {
      if (error instanceof DocumentGone) return undefined;
      if (error instanceof LogError && error.code === 'full') throw new UploadRefused('storage-full', { cause: error });
      throw error;
    }
    this.#totals = await index.countUploads();
    return upload;
  }

  /** Undefined when there is none. The caller closes the file. */
  async find(hash: string): Promise<{ upload: Upload; file: FileHandle } | undefined> {
    const { index, directory } = this.#options;
    const upload = await index.findUpload(hash);
    const file = upload && (await openUpload(directory, hash));
    return upload && file && { upload, file };
  }

  /** Looks through what has changed, and collects what nobody uses. One at a time; rejects with LogError. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#sweeping?.catch(() => undefined); // whoever began it is told
  }

  async #sweep(): Promise<void> {
    const { index, now = Date.now, logger } = this.#options;
    if (this.#totals.count === 0) return;
    for (;;) {
      const changed = await index.changedDocuments(PAGE);
      for (const document of changed) {
        if (this.#closed) return;
        await this.#look(document);
      }
      if (changed.length < PAGE) break;
    }
    const unused = await index.unusedUploads(now() - LIMITS.uploadAbsentMs, PAGE);
    for (const hash of unused) {
      if (this.#closed) return;
      await this.#files.remove(
        hash,
        () => index.isUnused(hash),
        () => index.forgetUpload(hash),
      );
    }
    if (unused.length === 0) return;
    this.#totals = await index.countUploads();
    logger.info({ uploads: unused.length }, 'uploads collected');
    if (unused.length === PAGE) await this.#sweep();
  }

  /** A document that cannot be read keeps all that it uses, until somebody has repaired it. */
  async #look(changed: Changed): Promise<void> {
    const { index, log, documents, now = Date.now } = this.#options;
    let hashes: string[] | undefined;
    try {
      hashes = await documents.uploads(await log.load(changed.name));
    } catch (error) {
      if (error instanceof LogError && error.code !== 'damaged') throw error;
    }
    await index.noteMentions(changed, hashes, now());
  }

  #sweepLater(): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.after(LIMITS.uploadSweepMs, () => {
      this.sweep()
        .catch((error: unknown) => this.#options.logger.error({ err: error }, 'uploads could not be collected'))
        .finally(() => this.#sweepLater());
    });
  }
}

class DocumentGone extends Error {}
