import type { NodeJson } from '../../convert/document-json.ts';
import { safeUrl } from '../../convert/safe-url.ts';
import { uploadAt } from '../../protocol/upload.ts';

// What an image's attributes say, where anything may be.
// Invariant: what `readImage` returns can be shown as it is.

/** UTF-16 units of a caption or a description. */
export const IMAGE_TEXT_LENGTH = 1_000;
/** Percent of the column. Less than the smallest could not be taken hold of. */
export const IMAGE_WIDTH = { smallest: 10, largest: 100, step: 5 } as const;

export const IMAGE_PLACES = ['left', 'center', 'right'] as const;
export type ImagePlace = (typeof IMAGE_PLACES)[number];

export interface ImageContent {
  src: string | undefined;
  alt: string;
  caption: string;
  /** Percent of the column; undefined for its own size. */
  width: number | undefined;
  align: ImagePlace;
}

export function readImage({ src, alt, caption, width, align }: Readonly<Record<string, unknown>>): ImageContent {
  return {
    src: safeUrl(src, 'image'),
    alt: readText(alt),
    caption: readText(caption),
    width: typeof width === 'number' && Number.isFinite(width) ? withinColumn(width) : undefined,
    align: IMAGE_PLACES.find((place) => place === align) ?? 'left',
  };
}

export function withinColumn(percent: number): number {
  return Math.round(Math.min(IMAGE_WIDTH.largest, Math.max(IMAGE_WIDTH.smallest, percent)));
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, IMAGE_TEXT_LENGTH) : '';
}

/** What addresses of image files end in. */
const IMAGE_FILE = /\.(?:png|jpe?g|gif|webp|avif|svg)$/i;

/** The address when it is that of an image, by its name. */
export function imageAddress(address: string): string | undefined {
  const url = safeUrl(withinServer(address), 'image');
  if (url === undefined || uploadAt(url) !== undefined) return url;
  return IMAGE_FILE.test(new URL(url).pathname) ? url : undefined;
}

/** An upload's address that names this page's host, as it is in the document: without. Any other stays as it is. */
export function withinServer(address: string): string {
  const url = URL.parse(address);
  return url && url.origin === pageOrigin() && uploadAt(url.pathname) !== undefined ? url.pathname : address;
}

/** The reverse, for what leaves the page: an address that is right elsewhere too. */
export function withHost(address: string): string {
  const origin = pageOrigin();
  return uploadAt(address) !== undefined && origin !== undefined ? `${origin}${address}` : address;
}

/** A document whose images and boards are found from elsewhere too. */
export function withHosts(node: NodeJson): NodeJson {
  const { type, attrs, content } = node;
  const added: Record<string, unknown> = {};
  if (type === 'image' && typeof attrs?.src === 'string') added.src = withHost(attrs.src);
  if (type === 'board') added.page = pageAddress();
  return {
    ...node,
    ...(attrs === undefined ? {} : { attrs: { ...attrs, ...added } }),
    ...(content === undefined ? {} : { content: content.map(withHosts) }),
  };
}

/** Of the document that is shown; undefined on a page that shows something else. */
export function pageAddress(): string | undefined {
  const { origin, pathname } = globalThis.location ?? {};
  return pathname?.startsWith('/d/') ? `${origin}${pathname}` : undefined;
}

/** Undefined where there is no page. */
function pageOrigin(): string | undefined {
  const origin = globalThis.location?.origin;
  return origin === 'null' ? undefined : origin;
}
