import { safeUrl } from '../../convert/safe-url.ts';
import { withinServer } from '../content/image-content.ts';
import { styleOf } from './pasted-style.ts';
import { STYLE } from './quiet-html.ts';
import { all, unwrap } from './reshape.ts';

// What no paste may bring: code, frames, forms, what was not to be seen, pictures that only count their readers, addresses of other schemes.

const DROPPED =
  'script, style, link, meta, base, title, iframe, frame, object, embed, applet, svg, canvas, video, audio, map, button, select, textarea, template, noscript, dialog, [hidden], col, colgroup, caption:empty';

export function dropUnsafe(body: HTMLElement): void {
  const comments = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const found: Node[] = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  for (const comment of found) comment.parentNode?.removeChild(comment);
  for (const element of all(body, DROPPED)) element.remove();
  for (const element of all(body, `[${STYLE}*="none"], [${STYLE}*="mso-hide"]`)) {
    if (styleOf(element, 'display') === 'none' || styleOf(element, 'mso-hide') === 'all') element.remove();
  }
  for (const image of all(body, 'img')) cleanImage(image);
  for (const link of all(body, 'a')) cleanLink(link);
}

const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component})+$/u;

function cleanImage(image: Element): void {
  const alt = image.getAttribute('alt') ?? '';
  if (alt !== '' && alt.length < 20 && EMOJI.test(alt) && !/^\d+$/.test(alt)) {
    image.replaceWith(alt);
    return;
  }
  const src = safeUrl(withinServer(image.getAttribute('src') ?? ''), 'image');
  if (src === undefined || isTiny(image)) image.remove();
  else image.setAttribute('src', src);
}

/** A picture of one point tells a sender that the message was opened, and shows nothing. */
function isTiny(image: Element): boolean {
  return ['width', 'height'].some((side) => {
    const size = image.getAttribute(side) ?? styleOf(image, side);
    return size !== '' && /^[\d.]+(?:px|pt)?$/.test(size.trim()) && Number.parseFloat(size) <= 2;
  });
}

function cleanLink(link: Element): void {
  const href = safeUrl(directAddress(link.getAttribute('href') ?? ''), 'link');
  if (href === undefined || link.textContent?.trim() === '') unwrap(link);
  else link.setAttribute('href', href);
}

/** Google's and Outlook's detours, which count who follows a link, end here. */
function directAddress(href: string): string {
  const url = URL.parse(href);
  if (!url) return href;
  if (/^www\.google\.[a-z.]{2,6}$/.test(url.hostname) && url.pathname === '/url')
    return url.searchParams.get('q') ?? url.searchParams.get('url') ?? href;
  if (url.hostname.endsWith('.safelinks.protection.outlook.com')) return url.searchParams.get('url') ?? href;
  return href;
}
