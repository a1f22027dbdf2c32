// @vitest-environment happy-dom

import { expect, it } from 'vitest';
import { editorOf } from '../support/editor.ts';

it.each([
  ['Home', '!one'],
  ['End', 'two!'],
])(
  '[EDIT-34] Ctrl+%s leaves a formula that is selected, and what is typed next does not replace it',
  (key, expected) => {
    const editor = editorOf('<p>one</p><div data-type="block-math" data-latex="x"></div><p>two</p>');
    const formula = editor.state.doc.child(1);
    expect(formula.isTextblock).toBe(false);
    editor.commands.setNodeSelection(5);
    editor.view.dom.dispatchEvent(
      new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, cancelable: true }),
    );
    editor.view.dispatch(editor.state.tr.insertText('!'));
    expect(editor.state.doc.child(1).eq(formula)).toBe(true);
    expect(editor.getText()).toContain(expected);
    editor.destroy();
  },
);
