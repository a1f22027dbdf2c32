import type { DocumentKind } from '../../lib/convert/kinds.ts';
import type { Snapshot, StoredDocument } from '../log/log.ts';

// What is done with opened documents, away from the main thread. The main thread holds no Y.Doc.

/** What a list of documents shows of one. */
export interface Summary {
  /** The string at `meta.title`, '' when there is none. */
  readonly title: string;
  readonly kind: DocumentKind;
}

/**
 * Document threads, behind one table of methods. Owned by the server; `close()` ends the threads and may be called twice.
 * Every method may reject with `DocumentError` when the bytes do not make a document; the threads live on.
 * The pieces handed in are not written to; large ones are copied to the thread once.
 */
export interface Documents {
  /** Merges a stored document into one snapshot, with garbage collection. Proves before it resolves that the result loads. */
  compact(stored: StoredDocument): Promise<Snapshot>;
  /** The whole document as one V1 update. */
  merge(stored: StoredDocument): Promise<Uint8Array>;
  /** What a holder of `stateVector` lacks, as one V1 update. */
  diff(stored: StoredDocument, stateVector: Uint8Array): Promise<Uint8Array>;
  summary(stored: StoredDocument): Promise<Summary>;
  /**
   * What a reader's page needs: JSON, `{ title, kind, html }`, in UTF-8. `undefined` for a document whose HTML is longer than
   * LIMITS.contentLength.
   */
  content(stored: StoredDocument): Promise<Uint8Array | undefined>;
  /** What is drawn on one of its boards, as an SVG in UTF-8; a blank sheet where nothing is. `undefined`: it would be longer than LIMITS.pictureLength. */
  picture(stored: StoredDocument, board: string): Promise<Uint8Array | undefined>;
  /** Names of the documents that it speaks of. */
  links(stored: StoredDocument): Promise<string[]>;
  /** Hashes of uploads that it mentions, and perhaps of none. */
  uploads(stored: StoredDocument): Promise<string[]>;
  /** Calls that are not answered yet. */
  readonly pending: number;
  close(): Promise<void>;
}

export class DocumentError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'DocumentError';
  }
}
