import { renderHtml, TooLong } from '../../lib/convert/html.ts';
import { boardHtml } from '../../lib/convert/html-nodes.ts';
import { CONTENT, documentKind, documentTitle, MAIN_BOARD } from '../../lib/convert/new-document.ts';
import { openDocument, type Pages } from './compact.ts';
import { boardPictures } from './picture.ts';

// A document as its readers get it. Made here to the last byte, so that the main thread only passes it on.

/**
 * JSON in UTF-8: `{ title, kind, html }`. No body: the HTML would be longer than `most` characters. `directory`: the data directory, for the pictures
 * on its boards.
 */
export function content(pages: Pages, most: number, directory?: string): { body: Uint8Array | undefined } {
  const doc = openDocument(pages);
  try {
    const kind = documentKind(doc);
    const pictures = boardPictures(doc, directory);
    const board = kind === 'board' ? boardHtml(MAIN_BOARD, pictures) : '';
    const html = board + renderHtml(doc.getXmlFragment(CONTENT), most - board.length, pictures);
    const read = { title: documentTitle(doc), kind, html };
    return { body: new TextEncoder().encode(JSON.stringify(read)) };
  } catch (error) {
    if (error instanceof TooLong) return { body: undefined };
    throw error;
  } finally {
    doc.destroy();
  }
}
