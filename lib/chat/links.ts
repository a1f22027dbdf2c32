import { safeUrl } from '../convert/safe-url.ts';

// Addresses in the text of a message.
// Invariant: the parts, one after the other, are the text; `href` has passed the one rule for addresses.

export interface Part {
  readonly text: string;
  readonly href?: string;
}

/** An address ends before what more likely belongs to the sentence; a Chinese one goes on without a space. */
const ADDRESS =
  /\b(?:https?:\/\/|mailto:)[^\s<>"'`，。；：！？（）「」『』]*[^\s<>"'`，。；：！？（）「」『』.,;:!?)\]}]/giu;

export function linkParts(text: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    const href = safeUrl(address, 'link');
    if (href === undefined) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: address, href });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}
