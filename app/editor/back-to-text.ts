import type { Editor } from '@tiptap/react';

/** For a menu or panel that closes: the text has the focus at once, as the next key is the text's. */
export function backToText(editor: Editor): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    editor.view.focus();
  };
}
