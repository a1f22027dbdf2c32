import type { Editor } from '@tiptap/core';

// What a person's keyboard and clipboard do to an editor that no browser stands behind.

/** Character by character, as a keyboard would: rules for what is typed see each. */
export function typeInto(editor: Editor, text: string): void {
  for (const letter of text) {
    const { view } = editor;
    const { from, to } = view.state.selection;
    const insert = () => view.state.tr.insertText(letter, from, to);
    if (!view.someProp('handleTextInput', (handle) => handle(view, from, to, letter, insert))) view.dispatch(insert());
  }
}

/** Resolves with whether something handled the key. */
export function press(editor: Editor, key: string, modifiers: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...modifiers });
  return editor.view.someProp('handleKeyDown', (handle) => handle(editor.view, event)) === true;
}

/** Pastes plain text, HTML, files: what ProseMirror does with a clipboard, the plugins first. */
export function paste(
  editor: Editor,
  { text = '', html = '', files = [] }: { text?: string; html?: string; files?: File[] },
) {
  const { view } = editor;
  const clipboardData = {
    types: [...(text ? ['text/plain'] : []), ...(html ? ['text/html'] : []), ...(files.length > 0 ? ['Files'] : [])],
    files,
    items: [],
    getData: (type: string) => (type === 'text/plain' ? text : type === 'text/html' ? html : ''),
  };
  const event = Object.assign(new Event('paste', { cancelable: true, bubbles: true }), { clipboardData });
  view.dom.dispatchEvent(event);
}
