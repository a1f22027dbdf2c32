import { concat } from '../../lib/protocol/bytes.ts';
import { compact, type Pages, summary } from '../../server/documents/compact.ts';
import { content } from '../../server/documents/content.ts';
import { covers } from '../../server/documents/covers.ts';
import { diff, merge } from '../../server/documents/diff.ts';
import type { Documents } from '../../server/documents/documents.ts';
import { links } from '../../server/documents/links.ts';
import { picture } from '../../server/documents/picture.ts';
import { uploads } from '../../server/documents/uploads.ts';
import { LIMITS } from '../../server/limits.ts';
import type { StoredDocument } from '../../server/log/log.ts';

// The work of the document threads, without threads: the same functions, and what the pool decides before it calls them.

export const inProcessDocuments: Documents = {
  compact: async (stored) => compact(pagesOf(stored)),
  merge: async (stored) => merge(pagesOf(stored)),
  diff: async (stored, stateVector) => {
    const known = covers(stateVector, stored.stateVector);
    return diff(pagesOf(known ? { ...stored, snapshot: [stored.deletions] } : stored), stateVector);
  },
  summary: async (stored) => summary(pagesOf(stored)),
  content: async (stored) => content(pagesOf(stored), LIMITS.contentLength).body,
  picture: async (stored, board) => picture(pagesOf(stored), board).svg,
  links: async (stored) => links(pagesOf(stored)).names,
  uploads: async (stored) => uploads(pagesOf(stored)).hashes,
  pending: 0,
  close: async () => undefined,
};

function pagesOf({ snapshot, updates }: StoredDocument): Pages {
  return { snapshot: concat(snapshot), updates };
}
