import { Editor } from '@tiptap/core';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { newDocument } from '../../lib/convert/new-document.ts';
import { editorExtensions } from '../../lib/editor/extensions.ts';
import { emptyWords } from './editor.ts';

// People with an editor each, on a document of their own; what one writes reaches another when it is told.

const writers: Writer[] = [];

/** After each test: y-tiptap and the editors hold timers and listeners. */
export function closeWriters(): void {
  for (const { editor, doc } of writers.splice(0)) {
    editor.destroy();
    doc.destroy();
  }
  document.body.replaceChildren();
}

export class Writer {
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly editor: Editor;
  #unsent: Uint8Array[] = [];

  constructor(fresh: Uint8Array) {
    Y.applyUpdate(this.doc, fresh, 'server');
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'server') this.#unsent.push(update);
    });
    const element = document.createElement('div');
    document.body.append(element);
    const { doc, awareness } = this;
    const extensions = editorExtensions({ doc, awareness, words: emptyWords });
    this.editor = new Editor({ element, injectCSS: false, extensions });
    writers.push(this);
  }

  /** How many updates nobody has been told. */
  get unsent(): number {
    return this.#unsent.length;
  }

  tell(...others: Writer[]): void {
    for (const update of this.#unsent.splice(0)) for (const { doc } of others) Y.applyUpdate(doc, update, 'server');
  }

  /** Writes at a position of the text, as a keyboard would. */
  write(position: number, text: string): void {
    this.editor.commands.setTextSelection(position);
    this.editor.view.dispatch(this.editor.state.tr.insertText(text));
  }

  /** Presses a key where the caret is; whether anything here took it. */
  press(key: string, modifiers: { mod?: boolean; shift?: boolean } = {}): boolean {
    const event = new KeyboardEvent('keydown', {
      key,
      ctrlKey: modifiers.mod === true,
      shiftKey: modifiers.shift === true,
      bubbles: true,
      cancelable: true,
    });
    this.editor.view.dom.dispatchEvent(event);
    return event.defaultPrevented;
  }

  /** Types letter by letter, so that shortcuts of Markdown are seen. */
  type(text: string): void {
    const { view } = this.editor;
    for (const letter of text) {
      const { from, to } = view.state.selection;
      const taken = view.someProp('handleTextInput', (handle) =>
        handle(view, from, to, letter, () => view.state.tr.insertText(letter, from, to)),
      );
      if (taken !== true) view.dispatch(view.state.tr.insertText(letter, from, to));
    }
  }

  /** Moves the caret in the page, to `offset` in the text that begins with `words`, before the browser tells anybody. */
  moveCaretUntold(words: string, offset: number): void {
    const { domObserver } = this.editor.view as unknown as { readonly domObserver: { flush(): void } };
    domObserver.flush(); // a browser has told by then what the page itself did
    const silence = (event: Event) => event.stopImmediatePropagation();
    window.addEventListener('selectionchange', silence, { capture: true });
    const texts = document.createTreeWalker(this.editor.view.dom, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      if (texts.currentNode.nodeValue?.startsWith(words)) document.getSelection()?.collapse(texts.currentNode, offset);
    }
    window.removeEventListener('selectionchange', silence, { capture: true });
  }

  /** Puts the caret at the end of the text `words`, which stands in the document once. */
  after(words: string): void {
    this.editor.commands.setTextSelection(this.#find(words) + words.length);
  }

  before(words: string): void {
    this.editor.commands.setTextSelection(this.#find(words));
  }

  #find(words: string): number {
    let found: number | undefined;
    this.editor.state.doc.descendants((node, position) => {
      const at = node.isText ? (node.text?.indexOf(words) ?? -1) : -1;
      if (at >= 0) found ??= position + at;
    });
    if (found === undefined) throw new Error(`"${words}" is not in the text`);
    return found;
  }

  get lines(): string[] {
    return this.editor.state.doc.content.content.map((node) => `${node.type.name}: ${node.textContent}`);
  }

  /** The line of the caret, with a bar where it stands. */
  get caret(): string {
    const { $head } = this.editor.state.selection;
    const { textContent } = $head.parent;
    return `${textContent.slice(0, $head.parentOffset)}|${textContent.slice($head.parentOffset)}`;
  }

  /** Ends the step that undo takes back. */
  pause(): void {
    const { undoManager } = this.editor.state['y-undo$' as never] as { undoManager: Y.UndoManager };
    undoManager.stopCapturing();
  }
}

export function two(html = ''): [Writer, Writer] {
  const fresh = newDocument({ title: '' });
  const [ada, bo] = [new Writer(fresh), new Writer(fresh)];
  if (html !== '') {
    ada.editor.commands.setContent(html);
    ada.tell(bo);
  }
  return [ada, bo];
}

/** Both hear what the other wrote meanwhile, until neither has anything to say; what the last rounds said is none of their doing. */
export function exchange(ada: Writer, bo: Writer): void {
  for (let round = 0; ada.unsent + bo.unsent > 0; round++) {
    if (round > 5) throw new Error('The two answer each other without end');
    ada.tell(bo);
    bo.tell(ada);
  }
}
