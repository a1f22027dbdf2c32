// What a page knows of a document before the document itself is there.

export interface Snapshot {
  readonly title: string;
  /** Made by lib/convert/html.ts, and safe. */
  readonly html: string;
}
