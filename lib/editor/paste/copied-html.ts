import { DOMSerializer, type Schema } from '@tiptap/pm/model';
import type { Boards } from '../content/board.ts';
import { writeAlignment } from './alignment.ts';
import { packBoards } from './carried-boards.ts';
import { writeColors } from './colors.ts';
import { all, unwrap } from './reshape.ts';

// What a copied selection is for programs that take HTML: documents, mails, other editors, and ours.
// Invariant: pasted here it is what was copied, to the letter; the schema reads elements and `data-` attributes. Nothing else is in it that is only for this page:
// no classes, no instructions to a browser, no styles but alignment and the colours that have a name, no elements around a line that others would take for a line of its own.

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
  boards: Boards | undefined;

  override serializeFragment(
    ...[fragment, options, target]: Parameters<DOMSerializer['serializeFragment']>
  ): ReturnType<DOMSerializer['serializeFragment']> {
    const dom = super.serializeFragment(fragment, options, target);
    if (target) return dom; // a part of it
    tidy(dom as DocumentFragment);
    packBoards(dom as DocumentFragment, this.boards);
    return dom;
  }
}

/** What is drawn on `boards` goes along. */
export function copiedHtml(schema: Schema, boards?: Boards): DOMSerializer {
  const made = new CopiedHtml(DOMSerializer.nodesFromSchema(schema), DOMSerializer.marksFromSchema(schema));
  made.boards = boards;
  return made;
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
  writeAlignment(dom);
}
