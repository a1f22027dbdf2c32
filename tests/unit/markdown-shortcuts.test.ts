// @vitest-environment happy-dom

import type { Editor } from '@tiptap/core';
import { afterEach, expect, it } from 'vitest';
import type { NodeJson } from '../../lib/convert/document-json.ts';
import { writeMarkdown } from '../../lib/convert/markdown/write-markdown.ts';
import { editorOf } from '../support/editor.ts';

let editor: Editor;
afterEach(() => editor.destroy());

/** Letter by letter, as a keyboard does it: each may be the last of a shortcut. */
function type(text: string): void {
  const { view } = editor;
  for (const letter of text) {
    const { from, to } = view.state.selection;
    const taken = view.someProp('handleTextInput', (handle) =>
      handle(view, from, to, letter, () => view.state.tr.insertText(letter, from, to)),
    );
    if (!taken) view.dispatch(view.state.tr.insertText(letter, from, to));
  }
}

it.each([
  ['# a', '# a'],
  ['## a', '## a'],
  ['### a', '### a'],
  ['#### a', '#### a'],
  ['- a', '- a'],
  ['* a', '- a'],
  ['+ a', '- a'],
  ['1. a', '1. a'],
  ['3. a', '3. a'],
  ['[ ] a', '- [ ] a'],
  ['[x] a', '- [x] a'],
  ['- [ ] a', '- [ ] a'],
  ['- [x] a', '- [x] a'],
  ['1. [] a', '- [ ] a'],
  ['2) a', '2. a'],
  ['> a', '> a'],
  ['```ts a', '```ts\na\n```'],
  ['---', '---'],
  ['**a** b', '**a** b'],
  ['__a__ b', '**a** b'],
  ['*a* b', '*a* b'],
  ['_a_ b', '*a* b'],
  ['~~a~~ b', '~~a~~ b'],
  ['`a` b', '`a` b'],
  ['==a== b', '==a== b'],
  ['[a](https://b.org/) c', '[a](https://b.org/) c'],
  ['[a](javascript:b) c', '\\[a\\](javascript:b) c'],
])('[MD-11] %j, typed, becomes %j', (typed, markdown) => {
  editor = editorOf('<p></p>');
  editor.commands.setTextSelection(1);
  type(typed);
  expect(writeMarkdown(editor.getJSON() as NodeJson)).toBe(markdown);
});
