// The bounds of what is said, whoever says it and whoever reads it, each with its unit and its reason. Those of a server are in server/limits.ts.

export const PROTOCOL_LIMITS = {
  /** UTF-16 units of a document name. Fits a URL and an index page. */
  nameLength: 200,
  /** Bytes of a session key: a name and, after a NUL, what tells apart two sessions of one socket. The longest name takes 600. Each frame to that session repeats its key. */
  keyBytes: 1_024,
  /** Clients that a state vector may name, if the document does not have half as many: those of somebody who has another copy of a large document. */
  vectorClients: 100_000,
  /** Clients with structs in one update, and clients with deletions. One editing session is one client; each costs a join 10 bytes, and memory in every browser. */
  clients: 100_000,
  /** Structs in one update. Yjs takes 200 bytes of memory for each; one of somebody typing takes 20 bytes here. */
  structs: 2_000_000,
  /** Ranges in the delete set of one update. Each may split an item of the document; 138,000 edits of one text leave 3,400. */
  deletedRanges: 500_000,
  /** Names of root types in one update. Yjs looks through all of them for each item that it writes below one. */
  roots: 10_000,
  /** Clocks by which one client advances without content in one update: deleted runs, which claim any length in a few bytes. Clocks end at 2^53. */
  emptyClocks: 10_000_000,
  /** Levels of arrays and objects inside one value. Honest content has a dozen; recursion in every reader ends far later. */
  nesting: 100,
} as const;
