// How much the log thread remembers, and how much it does in one step. One table, so that a test can have a store that comes to each
// bound with a handful of documents.

export interface StoreBounds {
  /** Entries of documents in memory, about 300 bytes each. One that is not there costs a look-up by name, 10 us. */
  readonly cachedDocuments: number;
  /** Rows of documents written in one step: 2 ms. */
  readonly documentsPerStep: number;
  /** Rows in one INSERT: 2.5 us each instead of 6 us alone. Each number up to it gets a statement of its own, when it is first needed. */
  readonly rowsPerInsert: number;
  /** Pages in the write-ahead log (4 KiB each) after which they are copied into the database: a stall of some 3 ms. */
  readonly checkpointPages: number;
  /** Bytes and records read in one step of a load: 1 ms, and a document that fits is loaded in one. */
  readonly bytesPerRead: number;
  readonly recordsPerRead: number;
  /** Records deleted in one step: each lies on another page, in the worst case; some 2 ms. */
  readonly recordsPerSweep: number;
  /** Pieces deleted in one step: 16 pages each; some 2 ms. */
  readonly piecesPerSweep: number;
}

export const STORE_BOUNDS: StoreBounds = {
  cachedDocuments: 4_000,
  documentsPerStep: 256,
  rowsPerInsert: 32,
  checkpointPages: 256,
  bytesPerRead: 256 * 1024,
  recordsPerRead: 256,
  recordsPerSweep: 128,
  piecesPerSweep: 16,
};
