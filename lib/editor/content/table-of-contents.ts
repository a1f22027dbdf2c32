import { type Editor, Node } from '@tiptap/core';
import { TextSelection } from '@tiptap/pm/state';
import { type Heading, headingsOf, sameHeadings } from '../outline.ts';
import { showPosition } from './toggle-view.ts';

// A list of the document's headings, as a block of the text.
// Invariant: it stores nothing, neither the list nor ids of the headings: what it shows is made from the text that is there.

/** Milliseconds after an edit until the list follows: a heading that is being typed need not be made anew with each letter. */
const FOLLOW_MS = 200;

export interface ContentsWords {
  label: string;
  /** Shown where there are no headings yet. */
  empty: string;
}

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    tableOfContents: {
      insertTableOfContents: () => ReturnType;
    };
  }
}

/** `words().contents` names the list. */
export function tableOfContents(words: () => { contents: ContentsWords }) {
  return Node.create({
    name: 'tableOfContents',
    group: 'block',
    atom: true,

    parseHTML: () => [{ tag: 'nav[data-contents]' }],
    renderHTML: () => ['nav', { 'data-contents': '' }],
    renderText: () => '',

    addNodeView:
      () =>
      ({ editor }) => {
        const dom = document.createElement('nav');
        dom.className = 'contents';
        dom.contentEditable = 'false';
        let shown: readonly Heading[] | undefined;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const show = () => {
          timer = undefined;
          const { label, empty } = words().contents;
          dom.ariaLabel = label;
          const headings = headingsOf(editor.state.doc);
          if (shown && headings.length > 0 && sameHeadings(shown, headings)) return;
          shown = headings;
          dom.replaceChildren(...(headings.length > 0 ? headings.map((heading) => entry(editor, heading)) : [empty]));
        };
        const follow = ({ transaction }: { transaction: { docChanged: boolean } }) => {
          if (transaction.docChanged) timer ??= setTimeout(show, FOLLOW_MS);
        };
        editor.on('transaction', follow);
        show();
        return {
          dom,
          ignoreMutation: () => true,
          stopEvent: (event) => event.type === 'click' || event.type === 'keydown',
          destroy: () => {
            clearTimeout(timer);
            editor.off('transaction', follow);
          },
        };
      },

    addCommands() {
      return {
        insertTableOfContents:
          () =>
          ({ commands }) =>
            commands.insertContent({ type: this.name }),
      };
    },
  });
}

function entry(editor: Editor, { position, level, text }: Heading): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.dataset.level = String(level);
  button.addEventListener('click', () => goToHeading(editor, position));
  return button;
}

/** Puts the caret behind the heading's words and brings it into sight. */
export function goToHeading(editor: Editor, position: number): void {
  const { view } = editor;
  const heading = view.state.doc.nodeAt(position);
  if (heading?.type.name !== 'heading') return;
  const end = position + 1 + heading.content.size;
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, end)));
  view.focus();
  showPosition(view, position + 1);
  const element = view.nodeDOM(position);
  if (element instanceof Element) element.scrollIntoView({ block: 'start' });
}
