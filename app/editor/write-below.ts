import type { Editor } from '@tiptap/react';

/** Puts the caret at the end of the text; behind a last block that takes no text, such as a table, it starts a new paragraph. */
export function writeBelow(editor: Editor): void {
  const last = editor.state.doc.lastChild;
  if (last?.isTextblock || last?.type.name.endsWith('List') || last?.type.name === 'blockquote') {
    editor.commands.focus('end');
    return;
  }
  editor.chain().insertContentAt(editor.state.doc.content.size, { type: 'paragraph' }).focus('end').run();
}
