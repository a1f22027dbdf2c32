import { DOMSerializer, type Schema } from '@tiptap/pm/model';
import { writeColors } from './colors.ts';
import { all, unwrap } from './reshape.ts';

// What a copied selection is for programs that take HTML: documents, mails, other editors, and ours.
// Invariant: pasted here it is what was copied, to the letter; the schema reads elements and `data-` attributes. Nothing else is in it that is only for this page:
// no classes, no instructions to a browser, no styles but the colours that have a name, no elements around a line that others would take for a line of its own.

/** For the browser that shows the text. */
const OURS_ALONE = [
  'loading',
  'decoding',
  'referrerpolicy',
  'target',
  'rel',
  'contenteditable',
  'tabindex',
  'draggable',
];

class CopiedHtml extends DOMSerializer {
  override serializeFragment(
    ...[fragment, options, target]: Parameters<DOMSerializer['serializeFragment']>
  ): ReturnType<DOMSerializer['serializeFragment']> {
    const dom = super.serializeFragment(fragment, options, target);
    if (!target) tidy(dom as DocumentFragment); // the whole, and not a part of it
    return dom;
  }
}

export function copiedHtml(schema: Schema): DOMSerializer {
  return new CopiedHtml(DOMSerializer.nodesFromSchema(schema), DOMSerializer.marksFromSchema(schema));
}

function tidy(dom: DocumentFragment): void {
  for (const element of all(dom, '*')) {
    if (!element.matches('code')) element.removeAttribute('class'); // of code it says the language
    for (const name of OURS_ALONE) element.removeAttribute(name);
  }
  for (const task of all(dom, 'li[data-type="taskItem"]')) {
    const box = task.querySelector(':scope > label > input');
    box?.parentElement?.replaceWith(box);
    for (const content of all(task, ':scope > div')) unwrap(content);
  }
  for (const callout of all(dom, '[data-callout] > div')) unwrap(callout);
  writeColors(dom);
}
