// @vitest-environment happy-dom

import type { Editor } from '@tiptap/core';
import { describe, expect, it, vi } from 'vitest';
import { editorOf } from '../support/editor.ts';

const CODE = 'const a = 1;';

function code(language: string): string {
  return `<pre><code class="language-${language}">${CODE}</code></pre>`;
}

/** The words that have a colour, per block of the text. */
function coloured({ view }: Editor): string[][] {
  return [...view.dom.children].map((block) =>
    [...block.querySelectorAll('[class*="hljs-"]')].map(({ textContent }) => textContent ?? ''),
  );
}

describe('[SHEET-5] the colours of code', () => {
  it('stay the elements that they are when something else is written', () => {
    const editor = editorOf(`<p>Hello</p>${code('typescript')}`);
    const before = [...editor.view.dom.querySelectorAll('[class*="hljs-"]')];
    expect(coloured(editor)).toEqual([[], ['const', '1']]);
    editor.view.dispatch(editor.state.tr.insertText('Oh. ', 1));
    expect([...editor.view.dom.querySelectorAll('[class*="hljs-"]')]).toEqual(before);
    expect(before.every((element) => element.isConnected)).toBe(true);
  });

  it('follow what is written in it, at both of its ends too', () => {
    const editor = editorOf(`${code('typescript')}${code('typescript')}`);
    const { tr } = editor.state;
    editor.view.dispatch(tr.insertText(' let b = 2;', 1 + CODE.length).insertText('if ', 1));
    expect(coloured(editor)).toEqual([
      ['if', 'const', '1', 'let', '2'],
      ['const', '1'],
    ]);
  });

  it('come with a language, and go with it', () => {
    const editor = editorOf(code('none'));
    expect(coloured(editor)).toEqual([[]]);
    editor.view.dispatch(editor.state.tr.setNodeAttribute(0, 'language', 'typescript'));
    expect(coloured(editor)).toEqual([['const', '1']]);
    editor.view.dispatch(editor.state.tr.setNodeAttribute(0, 'language', null));
    expect(coloured(editor)).toEqual([[]]);
  });

  it('go when code becomes a paragraph, and come when a paragraph becomes code', () => {
    const editor = editorOf(code('typescript'));
    editor.commands.setTextSelection(2);
    editor.commands.setParagraph();
    expect(coloured(editor)).toEqual([[]]);
    editor.commands.setCodeBlock({ language: 'typescript' });
    expect(coloured(editor)).toEqual([['const', '1']]);
  });

  it('of many blocks come by and by, wherever they are by then', () => {
    vi.useFakeTimers();
    const editor = editorOf(code('typescript').repeat(10));
    const count = () => coloured(editor).filter(({ length }) => length > 0).length;
    expect(count()).toBe(0);
    editor.view.dispatch(editor.state.tr.insert(0, editor.schema.node('paragraph')));
    editor.view.dispatch(editor.state.tr.delete(1 + editor.schema.node('paragraph').nodeSize, 40));
    vi.runAllTimers();
    expect(count()).toBe(editor.state.doc.childCount - 1);
    editor.destroy();
    vi.useRealTimers();
  });
});
