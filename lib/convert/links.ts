import * as Y from 'yjs';
import { documentName } from '../protocol/names.ts';
import { safeUrl } from './safe-url.ts';

// The documents that a text speaks of: those that it mentions, and those that it links to.
// Invariant: at most MOST_LINKS, each once, each a name that a document may have.

/** Documents that one text may speak of, as far as anybody is told. */
const MOST_LINKS = 1_000;

export function linkedDocuments(content: Y.XmlFragment): string[] {
  const found = new Set<string>();
  // A list of what is still to be looked at, not recursion: a text may be nested as deep as somebody likes.
  const waiting: unknown[] = [content];
  for (let node = waiting.pop(); node !== undefined && found.size < MOST_LINKS; node = waiting.pop()) {
    if (node instanceof Y.XmlText) {
      for (const { attributes } of node.toDelta() as { attributes?: { link?: { href?: unknown } } }[]) {
        add(found, documentAt(attributes?.link?.href));
      }
    } else if (node instanceof Y.XmlFragment) {
      if (node instanceof Y.XmlElement && node.nodeName === 'mention') {
        const { kind, id } = node.getAttributes() as Record<string, unknown>;
        if (kind === 'document') add(found, id);
      }
      for (const child of node.toArray()) waiting.push(child);
    }
  }
  return [...found];
}

/** The document at an address, on whatever host: a server has many names, and names of documents are not met by chance. */
function documentAt(href: unknown): string | undefined {
  const address = safeUrl(href, 'link');
  const path = address === undefined ? undefined : /^\/d\/([^/]+)$/.exec(new URL(address).pathname)?.[1];
  try {
    return path === undefined ? undefined : decodeURIComponent(path);
  } catch {
    return undefined; // not an address that a page of ours has
  }
}

function add(found: Set<string>, name: unknown): void {
  if (typeof name !== 'string') return;
  try {
    found.add(documentName(name));
  } catch {
    // no document can be called that
  }
}
