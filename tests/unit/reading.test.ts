// @vitest-environment happy-dom

import { Editor } from '@tiptap/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Dimming, setDimming } from '../../lib/editor/dimming.ts';
import { contentExtensions } from '../../lib/editor/extensions.ts';
import { headingsOf } from '../../lib/editor/outline.ts';
import { countDocument, countRange, countText, readingMinutes } from '../../lib/editor/word-count.ts';
import { editorOf, emptyWords } from '../support/editor.ts';

let editor: Editor | undefined;
afterEach(() => {
  editor?.destroy();
  editor = undefined;
  vi.useRealTimers();
});

describe('focus mode', () => {
  const open = (content: string): Editor => {
    const element = document.body.appendChild(document.createElement('div'));
    const extensions = [...contentExtensions(emptyWords), Dimming];
    editor = new Editor({ element, injectCSS: false, extensions, content });
    return editor;
  };
  const lit = () => [...(editor?.view.dom.querySelectorAll('.is-lit') ?? [])].map((one) => one.textContent);

  it('[READ-3] says which block one is in, only while it is on, and writes nothing', () => {
    const { state, view } = open('<p>one</p><ul><li><p>two</p></li><li><p>three</p></li></ul><p>four</p>');
    editor?.commands.setTextSelection(2);
    expect([lit(), view.dom.hasAttribute('data-dimmed')]).toEqual([[], false]);
    setDimming(editor as Editor, true);
    expect([lit(), view.dom.hasAttribute('data-dimmed')]).toEqual([['one'], true]);
    editor?.commands.setTextSelection(9);
    expect(lit()).toEqual(['two']);
    expect(view.dom.querySelector('ul')?.className).toContain('holds-lit');
    editor?.commands.setTextSelection({ from: 2, to: 17 });
    expect(lit()).toEqual(['one', 'twothree']);
    editor?.commands.setTextSelection(9);
    editor?.commands.insertContent('!');
    expect(lit()[0]).toContain('!');
    editor?.commands.deleteRange({ from: 9, to: 10 });
    setDimming(editor as Editor, false);
    expect([lit(), view.dom.hasAttribute('data-dimmed')]).toEqual([[], false]);
    expect(editor?.state.doc.eq(state.doc)).toBe(true);
  });
});

describe('the contents', () => {
  it('[READ-1] are the headings that have words, at any depth', () => {
    editor = editorOf('<h1>One</h1><blockquote><h2>Two</h2></blockquote><h3></h3><p>text</p>');
    expect(headingsOf(editor.state.doc)).toEqual([
      { position: 0, level: 1, text: 'One' },
      { position: 6, level: 2, text: 'Two' },
    ]);
  });

  it('[READ-1] as a block store nothing, and follow the text', () => {
    vi.useFakeTimers();
    editor = editorOf('<nav data-contents></nav><h1>One</h1>');
    const shown = () =>
      [...(editor?.view.dom.querySelectorAll('.contents button') ?? [])].map((one) => one.textContent);
    expect(shown()).toEqual(['One']);
    editor.commands.insertContentAt(editor.state.doc.content.size, '<h2>Two</h2>');
    vi.advanceTimersByTime(1_000);
    expect(shown()).toEqual(['One', 'Two']);
    expect(editor.getJSON().content?.[0]).toEqual({ type: 'tableOfContents' });
    expect(JSON.stringify(editor.getJSON())).not.toContain('id');
    editor.view.dom.querySelector<HTMLElement>('.contents button:last-child')?.click();
    expect(editor.state.selection.$from.parent.textContent).toBe('Two');
  });
});

describe('words', () => {
  it.each([
    ['', 0, 0],
    ['one, two — three.', 3, 17],
    ["it's 3.5 km", 3, 11],
    ['你好世界', 2, 4],
    ['👩‍💻 works', 1, 9],
  ])('[READ-2] of %j there are %i', (text, words, characters) => {
    expect(countText(text)).toMatchObject({ words, characters });
  });

  it('[READ-2] of a document are those of its blocks, of a selection those within', () => {
    editor = editorOf('<p>one two</p><ul><li><p>three</p></li></ul>');
    expect(countDocument(editor.state.doc)).toMatchObject({ words: 3, characters: 12 });
    expect(countRange(editor.state.doc, 1, 4)).toMatchObject({ words: 1, characters: 3 });
  });

  it('[READ-2] take time to read', () => {
    expect(readingMinutes(countText(''))).toBe(0);
    expect(readingMinutes(countText('word '.repeat(231)))).toBe(2);
    expect(readingMinutes(countText('文字'.repeat(201)))).toBeGreaterThanOrEqual(1);
  });
});
