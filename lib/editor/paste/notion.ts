import type { Pasted } from './pasted.ts';
import { all } from './reshape.ts';

// Notion: plain HTML with a comment `<!-- notionvc: ... -->`. A task is an item of an ordinary list that begins with `[ ]` or `[x]`; a toggle is a list
// of `details`, and a callout an `aside`.

export const notion = {
  applies: (source: string) => /notionvc|class="?to-do-list/.test(source),

  transform({ body }: Pasted): void {
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

function firstText(element: Element): Text | undefined {
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeValue?.trim() !== '') return node as Text;
  }
  return undefined;
}
