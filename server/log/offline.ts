import { documentOf, type LoadStep } from './loads.ts';
import type { DocumentInfo, Snapshot, StoredDocument } from './log.ts';
import { encodeBatch } from './record.ts';
import type { Salvaged } from './salvage.ts';
import { openDatabase } from './schema.ts';
import { PIECE_BYTES } from './snapshot-table.ts';
import { Store } from './store.ts';
import type { UploadTable } from './upload-table.ts';

// The log of a data directory that no server has open, for commands: in this thread, one thing after the other.
// Invariant: while it is open no server can start on the directory.

export interface OfflineOptions {
  readonly directory: string;
  /** Nothing of what is written is safe before `close` has returned: for directories that only count when they are complete. */
  readonly careless?: boolean;
}

/** Owned by the command that opened it. Every method throws LogError. */
export class OfflineLog {
  readonly #store: Store;
  readonly #flush: () => void;
  #at = 0;

  /** Throws LogError `failed` when a server has it open, or it cannot be opened. */
  constructor({ directory, careless = false }: OfflineOptions) {
    const database = openDatabase(directory);
    if (careless) database.exec('pragma synchronous = off');
    this.#flush = () => {
      if (careless) database.exec('pragma synchronous = full'); // the checkpoint of `close` syncs the file
    };
    this.#store = new Store(database, () => this.#at);
  }

  get uploads(): UploadTable {
    return this.#store.uploads;
  }

  scan(cursor: number, limit: number): { documents: DocumentInfo[]; cursor: number } {
    return this.#store.scan(cursor, limit);
  }

  /** All documents, in the order in which they came about. */
  *documents(): Generator<DocumentInfo> {
    let cursor = 0;
    do {
      const page = this.#store.scan(cursor, 100);
      cursor = page.cursor;
      yield* page.documents;
    } while (cursor !== 0);
  }

  info(document: string): DocumentInfo | undefined {
    return this.#store.info(document);
  }

  load(document: string): StoredDocument {
    const start = this.#store.read(document);
    const later: LoadStep[] = [];
    for (let { load } = start as LoadStep; load !== 0; ) {
      const step = this.#store.readOn(load);
      later.push(step);
      load = step.load;
    }
    return documentOf(start, later);
  }

  salvage(document: string): Salvaged | undefined {
    return this.#store.salvage(document);
  }

  rewind(...what: Parameters<Store['rewind']>): void {
    this.#store.rewind(...what);
    this.#work();
  }

  /** `at`: milliseconds since the epoch. */
  append(document: string, updates: readonly Uint8Array[], at: number): void {
    this.#at = at;
    this.#store.append(encodeBatch([{ document, updates }]));
    this.#work();
  }

  replace(document: string, { update, stateVector, deletions }: Snapshot, upTo: number): void {
    const replacement = this.#store.beginReplace(document, upTo);
    for (let at = 0; at < update.length; at += PIECE_BYTES)
      this.#store.writePiece(replacement, update.subarray(at, at + PIECE_BYTES));
    this.#store.replace(replacement, { stateVector, deletions });
    this.#work();
  }

  close(): void {
    this.#flush();
    this.#store.close();
  }

  #work(): void {
    while (this.#store.workWaits) this.#store.work();
  }
}
