import { renderHtml, TooLong } from '../../lib/convert/html.ts';
import { CONTENT, documentKind, documentTitle } from '../../lib/convert/new-document.ts';
import { openDocument, type Pages } from './compact.ts';

// A document as its readers get it. Made here to the last byte, so that the main thread only passes it on.

/** JSON in UTF-8: `{ title, kind, html }`. No body: the HTML would be longer than `most` characters. */
export function content(pages: Pages, most: number): { body: Uint8Array | undefined } {
  const doc = openDocument(pages);
  try {
    const html = renderHtml(doc.getXmlFragment(CONTENT), most);
    const read = { title: documentTitle(doc), kind: documentKind(doc), html };
    return { body: new TextEncoder().encode(JSON.stringify(read)) };
  } catch (error) {
    if (error instanceof TooLong) return { body: undefined };
    throw error;
  } finally {
    doc.destroy();
  }
}
