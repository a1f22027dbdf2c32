import { Editor } from '@tiptap/core';
import { contentExtensions, type Words } from '../../lib/editor/extensions.ts';
import type { PasteNews } from '../../lib/editor/paste/paste.ts';

// An editor of a document that nobody shares, for tests of what its content does.

/** The words that nodes are given: none, except where a test looks at one. */
export const emptyWords = (): Words => ({
  placeholder: '',
  task: 'Done',
  callout: { info: 'Note', tip: 'Tip', warning: 'Warning', danger: 'Danger' },
  contents: { label: 'Contents', empty: 'No headings yet' },
  math: { empty: 'Empty formula', tooLong: 'Too long.', invalid: 'Not a formula:', unavailable: 'Not now.' },
  diagram: { label: 'Diagram', tooLong: 'Too long.', unavailable: 'Not now.' },
  image: { refused: 'Not allowed.', broken: (host) => `Nothing from ${host}.` },
  embed: { show: (host) => `Show from ${host}`, open: 'Open', refused: 'Not allowed.' },
  board: { label: 'Whiteboard', empty: 'Empty.', open: 'Open' },
  mention: { untitled: 'Untitled' },
  toggle: { button: 'Show or hide', empty: 'Empty' },
});

export function editorOf(content: unknown, pasteNews?: PasteNews): Editor {
  const element = document.createElement('div');
  document.body.append(element);
  const extensions = contentExtensions(emptyWords, { pasteNews });
  return new Editor({ element, injectCSS: false, extensions, content: content as never });
}
