import { linkedDocuments } from '../../lib/convert/links.ts';
import { CONTENT } from '../../lib/convert/new-document.ts';
import { openDocument, type Pages } from './compact.ts';

/** Names of the documents that one speaks of. */
export function links(pages: Pages): { names: string[] } {
  const doc = openDocument(pages);
  try {
    return { names: linkedDocuments(doc.getXmlFragment(CONTENT)) };
  } finally {
    doc.destroy();
  }
}
