import type { CalloutKind } from '../content/callout.ts';
import type { Pasted } from './pasted.ts';
import { all, rename, unwrap } from './reshape.ts';

// Notion: plain HTML with a comment `<!-- notionvc: ... -->`. A task is an item of an ordinary list that begins with `[ ]` or `[x]`; a toggle is a list
// of `details`, and a callout an `aside` that begins with its icon. What Notion exports has a `figure` for it.

/** What an icon says of a callout's kind. Any other one is kept as the letter that it is. */
const ICONS: Readonly<Record<string, CalloutKind>> = {
  '💡': 'tip',
  '✅': 'tip',
  '👍': 'tip',
  '⚠': 'warning',
  '🚧': 'warning',
  '🔔': 'warning',
  '❗': 'danger',
  '‼': 'danger',
  '🚨': 'danger',
  '🛑': 'danger',
  '⛔': 'danger',
  '🚫': 'danger',
  '❌': 'danger',
  '🔥': 'danger',
  ℹ: 'info',
  '📌': 'info',
  '📝': 'info',
  '🗒': 'info',
};

const FIRST_ICON = /^\s*(\p{Extended_Pictographic})\ufe0f?\s*/u;

export const notion = {
  applies: (source: string) => /notionvc|class="?to-do-list|<figure[^>]*\bcallout\b/.test(source),

  transform({ body }: Pasted): void {
    for (const box of all(body, 'aside, figure.callout')) makeCallout(box);
    for (const item of all(body, 'li')) {
      const box = item.querySelector(':scope > .checkbox, :scope > input[type="checkbox"]');
      if (box) {
        item.setAttribute('data-checked', String(box.matches('.checkbox-on, [checked]')));
        box.remove();
        continue;
      }
      const text = firstText(item);
      const [sign, tick] = /^\s*\[([ xX]?)\]\s*/.exec(text?.nodeValue ?? '') ?? [];
      if (!text || sign === undefined) continue;
      text.nodeValue = (text.nodeValue ?? '').slice(sign.length);
      item.setAttribute('data-checked', String(tick?.toLowerCase() === 'x'));
    }
  },
};

function makeCallout(box: Element): void {
  for (const icon of all(box, 'img')) if (isIcon(icon)) icon.remove();
  const text = firstText(box);
  const [sign, icon] = FIRST_ICON.exec(text?.nodeValue ?? '') ?? [];
  const kind = icon === undefined ? undefined : ICONS[icon];
  if (text && sign !== undefined && kind) {
    text.nodeValue = (text.nodeValue ?? '').slice(sign.length);
    dropEmpty(text.parentElement, box);
  }
  // The icon and the words stand beside each other in the export.
  for (const part of all(box, ':scope > div')) unwrap(part);
  rename(box, 'div', { 'data-callout': kind ?? 'info' });
}

/** Notion's own icons are pictures of its server. */
function isIcon(image: Element): boolean {
  return /\/icons\/|notion-static-icons|class="?icon/.test(image.outerHTML);
}

function dropEmpty(element: Element | null, within: Element): void {
  let empty = element;
  while (empty && empty !== within && empty.textContent?.trim() === '') {
    const { parentElement } = empty;
    empty.remove();
    empty = parentElement;
  }
}

function firstText(element: Element): Text | undefined {
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeValue?.trim() !== '') return node as Text;
  }
  return undefined;
}
