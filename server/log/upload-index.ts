import type { Upload } from '../../lib/protocol/upload.ts';

// Which uploads there are, and which documents use them. Kept with the log, because deleting a document and its uses is one thing.
// Invariant: an upload that a document uses stays in the index; the files are somebody else's (server/uploads).

/** What one document has of uploads. */
export interface UploadUse {
  readonly document: string;
  /** Milliseconds since the epoch at which the document was found not to mention it; 0 while it does. */
  readonly absent: number;
}

export interface StoredUpload extends Upload {
  readonly uses: readonly UploadUse[];
}

export interface UploadTotals {
  readonly count: number;
  readonly bytes: number;
}

/** What one document may use. */
export interface UploadBounds {
  readonly count: number;
  readonly bytes: number;
}

/** A document that has changed, and the place of its last change in the order of all changes. */
export interface Changed {
  readonly name: string;
  readonly head: number;
}

/** Every method rejects with LogError. */
export interface UploadIndex {
  /**
   * `gone`: there is no such document. `over`: it would use more than `bounds`. Then nothing has changed. A new use is absent since `absent`: nothing
   * mentions it yet.
   */
  addUpload(document: string, upload: Upload, bounds: UploadBounds, absent: number): Promise<'added' | 'gone' | 'over'>;
  findUpload(hash: string): Promise<Upload | undefined>;
  /** Of all uploads, or of those that one document uses. */
  countUploads(document?: string): Promise<UploadTotals>;
  /** In the order of their hashes, those after `after`. */
  listUploads(after: string, limit: number): Promise<StoredUpload[]>;
  /** Documents that have changed since they were last looked through, the oldest change first. */
  changedDocuments(limit: number): Promise<Changed[]>;
  /**
   * What a document mentions now; undefined when that could not be found out, and then all that it uses counts as mentioned. An upload that it
   * mentions and did not use, it uses from now on; one that it no longer mentions is absent since `now`. Remembers that everything up to its change
   * has been looked through.
   */
  noteMentions(changed: Changed, hashes: readonly string[] | undefined, now: number): Promise<void>;
  /**
   * Ends the uses that have been absent since before `absentBefore`, and returns uploads without any, at most `limit`. A document that has changed since
   * it was looked through keeps its uses: it may mention them again.
   */
  unusedUploads(absentBefore: number, limit: number): Promise<string[]>;
  isUnused(hash: string): Promise<boolean>;
  /** Only one that nobody uses goes. */
  forgetUpload(hash: string): Promise<void>;
}
