import { uploadAt } from '../protocol/upload.ts';

// The one rule for addresses that come from people: which URL may become a link, which an image.
// Invariant: what `safeUrl` returns starts with an allowed scheme, or is an upload of the server that has the document; nothing else is ever put
// into `href` or `src`.

const SCHEMES = {
  link: ['http:', 'https:', 'mailto:', 'tel:'],
  image: ['http:', 'https:'],
} as const;

/** UTF-16 units of an address: what browsers and servers commonly take. */
export const URL_LENGTH = 2048;

/**
 * The address in normal form, or undefined when it is not an absolute URL of an allowed scheme. The browser's own parser decides, so
 * that `java\tscript:` and its relatives are seen as what a click would make of them. The one relative address is that of an upload, for an image.
 */
export function safeUrl(address: unknown, use: keyof typeof SCHEMES): string | undefined {
  if (typeof address !== 'string' || address.length > URL_LENGTH) return undefined;
  if (use === 'image' && uploadAt(address) !== undefined) return address;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined; // not absolute, or not a URL: both mean "no"
  }
  return (SCHEMES[use] as readonly string[]).includes(url.protocol) ? url.href : undefined;
}

/** What a person who typed `text` into an address field means: `example.org` is a web page, `me@example.org` a mailbox. */
export function completeUrl(text: string): string {
  const address = text.trim();
  if (address === '') return '';
  // `localhost:3000` and `example.org:8080` look like schemes.
  const hasPort = /^(?:localhost|[^:/?#]+\.[^:/?#]+):\d{1,5}(?:[/?#]|$)/.test(address);
  if (!hasPort && /^[a-z][a-z0-9+.-]*:/i.test(address)) return address;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`;
  return `https://${address.replace(/^\/+/, '')}`;
}
