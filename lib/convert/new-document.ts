import * as Y from 'yjs';
import { type DocumentKind, KINDS, TITLE_LENGTH } from './kinds.ts';

// What a fresh document holds, and where its parts live. No DOM: the server makes documents with this too.
// Invariant: a document is born with one paragraph, and the text in it, in one update, so that no editor ever has to add the first one
// itself: two editors would add two, and undoing everything and redoing it would leave one too many.

/** Root types of an Inkroom document. */
export const CONTENT = 'content';
export const META = 'meta';
/** Key in META: the title, a string. */
export const TITLE = 'title';
/** Key in META: a DocumentKind. */
export const KIND = 'kind';

/** The board that a document of that kind is shown as. */
export const MAIN_BOARD = 'main';

/** A fresh document as one V1 update: one empty paragraph, the title cut to TITLE_LENGTH, and its kind, if it is no text. */
export function newDocument({ title, kind = 'text' }: { title: string; kind?: DocumentKind }): Uint8Array {
  const doc = new Y.Doc();
  doc.transact(() => {
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [new Y.XmlText()]); // why it has one: lib/editor/binding/make.ts
    doc.getXmlFragment(CONTENT).insert(0, [paragraph]);
    doc.getMap(META).set(TITLE, title.slice(0, TITLE_LENGTH));
    if (kind !== 'text') doc.getMap(META).set(KIND, kind);
  });
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
}

/** The title, '' when there is none. Another application may have put anything there: only a string counts. */
export function documentTitle(doc: Y.Doc): string {
  const title = doc.getMap(META).get(TITLE);
  return typeof title === 'string' ? title.slice(0, TITLE_LENGTH) : '';
}

/** What the document is shown as. */
export function documentKind(doc: Y.Doc): DocumentKind {
  const kind = doc.getMap(META).get(KIND);
  return KINDS.find((known) => known === kind) ?? 'text';
}
