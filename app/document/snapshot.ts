import type { DocumentKind } from '../../lib/convert/kinds.ts';

// What a page knows of a document before the document itself is there.

export interface Snapshot {
  readonly title: string;
  readonly kind: DocumentKind;
  readonly text: SnapshotHtml;
}

/** Made by lib/convert/html.ts, and safe. `ticket`: it comes with the page's HTML, in the element with this id (hand-over.ts). */
export type SnapshotHtml = { readonly html: string } | { readonly ticket: string };
