// @vitest-environment happy-dom

import { readFileSync } from 'node:fs';
import type { Editor } from '@tiptap/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { NodeJson } from '../../lib/convert/document-json.ts';
import { readMarkdown } from '../../lib/convert/markdown/read-markdown.ts';
import { writeMarkdown } from '../../lib/convert/markdown/write-markdown.ts';
import { PALETTE, PALETTE_CSS } from '../../lib/convert/palette.ts';
import { PASTED_HTML, PASTED_TEXT } from '../../lib/editor/paste/paste.ts';
import { quietHtml } from '../../lib/editor/paste/quiet-html.ts';
import { editorOf } from '../support/editor.ts';

let editor: Editor;
const news = { onTooLong: vi.fn(), onMarkdown: vi.fn() };

afterEach(() => {
  editor.destroy();
  vi.clearAllMocks();
});

/** Pastes as a browser does: the event holds each format. `plain`: with Shift. */
function paste(formats: Record<string, string>, { plain = false } = {}): Event {
  const event = new Event('paste', { bubbles: true, cancelable: true });
  Object.assign(event, { clipboardData: { getData: (type: string) => formats[type] ?? '', files: [], items: [] } });
  Object.assign(editor.view, {
    input: { ...(editor.view as unknown as { input: object }).input, shiftKey: plain, lastKeyCode: 86 },
  });
  editor.view.dom.dispatchEvent(event);
  return event;
}

const markdown = () => writeMarkdown(editor.getJSON() as NodeJson);

describe('text', () => {
  it('[PASTE-3] that is Markdown is pasted as what it means', async () => {
    editor = editorOf('', news);
    paste({ 'text/plain': '# Ink\n\n- **black**\n- blue\n\n| a | b |\n| - | - |\n| 1 | 2 |' });
    await vi.waitFor(() => expect(news.onMarkdown).toHaveBeenCalled());
    expect(markdown()).toBe('# Ink\n\n- **black**\n- blue\n\n| a | b |\n| --- | --- |\n| 1 | 2 |');
  });

  it('[PASTE-3] that looks like none stays text', () => {
    editor = editorOf('', news);
    paste({ 'text/plain': 'one\n\ntwo * three' });
    expect(markdown()).toBe('one\n\ntwo * three');
    expect(news.onMarkdown).not.toHaveBeenCalled();
  });

  it('[PASTE-3] pasted with Shift or within code stays text', () => {
    editor = editorOf('', news);
    paste({ 'text/plain': '# Ink', 'text/html': '<h1>Ink</h1>' }, { plain: true });
    expect(markdown()).toBe('\\# Ink');
    editor.destroy();
    editor = editorOf('<pre><code>a</code></pre>', news);
    editor.commands.setTextSelection(2);
    paste({ 'text/plain': '# Ink\n- b' });
    expect(editor.state.doc.textContent).toBe('a# Ink\n- b');
    expect(news.onMarkdown).not.toHaveBeenCalled();
  });

  it('[PASTE-3] its own words are given back, unless something else was written', async () => {
    editor = editorOf('', news);
    paste({ 'text/plain': '- a\n- b' });
    await vi.waitFor(() => expect(news.onMarkdown).toHaveBeenCalled());
    editor.commands.insertContent('!');
    const written = markdown();
    news.onMarkdown.mock.calls[0]?.[0]();
    expect(markdown()).toBe(written);
  });

  it('[PASTE-3] is put where the caret is, its first line into the line there', async () => {
    editor = editorOf('<p>before after</p>', news);
    editor.commands.setTextSelection(8);
    paste({ 'text/plain': 'some **bold** ' });
    await vi.waitFor(() => expect(news.onMarkdown).toHaveBeenCalled());
    expect(editor.state.doc.childCount).toBe(1);
    expect(markdown()).toContain('**bold**');
  });
});

describe('code', () => {
  const typescript = { 'vscode-editor-data': '{"version":1,"mode":"typescript"}', 'text/html': '<div>x</div>' };

  it('[PASTE-4] from an editor becomes a block in its language', () => {
    editor = editorOf('', news);
    paste({ ...typescript, 'text/plain': 'const a = 1;\r\nuse(a);\n' });
    expect(markdown()).toContain('```typescript\nconst a = 1;\nuse(a);\n```');
  });

  it('[PASTE-4] a name within a sentence is no block, and what claims to be an editor may be none', () => {
    editor = editorOf('<p>call</p>', news);
    editor.commands.setTextSelection(5);
    paste({ ...typescript, 'text/plain': 'use', 'text/html': 'use' });
    expect(markdown()).toBe('calluse');
    for (const data of ['{', '{"mode":7}', '{"mode":"</pre>"}', 'null']) {
      paste({ 'vscode-editor-data': data, 'text/plain': 'x', 'text/html': 'x' });
    }
    expect(markdown()).not.toContain('```');
  });

  it('[PASTE-4] of Markdown is Markdown', async () => {
    editor = editorOf('', news);
    paste({
      'vscode-editor-data': '{"mode":"markdown"}',
      'text/plain': '# Ink\ntext',
      'text/html': '<div># Ink</div>',
    });
    await vi.waitFor(() => expect(news.onMarkdown).toHaveBeenCalled());
    expect(markdown()).toBe('# Ink\n\ntext');
  });
});

describe('what is too long', () => {
  it('[PASTE-5] is refused whole, and said', () => {
    editor = editorOf('<p>here</p>', news);
    expect(paste({ 'text/html': 'x'.repeat(PASTED_HTML + 1) }).defaultPrevented).toBe(true);
    paste({ 'text/plain': 'x'.repeat(PASTED_TEXT + 1) });
    expect(news.onTooLong).toHaveBeenCalledTimes(2);
    expect(markdown()).toBe('here');
  });

  it('[PASTE-5] a long row of hostile tags is read in one pass', () => {
    editor = editorOf('');
    for (const part of ['<', '<a "', "<a b='", '<style>', '<!--', '<b style="x" ', '</', '<a/b/c ']) {
      const started = performance.now();
      quietHtml(part.repeat(200_000 / part.length));
      expect(performance.now() - started, part).toBeLessThan(3_000);
    }
  });
});

describe('copied text', () => {
  const copied = (from: number, to: number) => {
    editor.commands.setTextSelection({ from, to });
    return editor.view.serializeForClipboard(editor.state.selection.content()).text;
  };

  it('[PASTE-6] of blocks is Markdown, words of one block are just words', () => {
    editor = editorOf(readMarkdown('# Ink\n\nsome **bold** *x*\n\n- a\n- b'));
    expect(copied(6, 15)).toBe('some bold');
    expect(copied(1, editor.state.doc.content.size)).toBe('# Ink\n\nsome **bold** *x*\n\n- a\n- b');
  });

  const EVERYTHING =
    '# Ink\n\nsome **bold** $x^2$ ==mark== [l](https://e.org/)\n\n- [x] a\n  - [ ] b\n\n> [!TIP]\n>\n> Do\n>\n> > this\n\n```js\nlet a;\n```\n\n$$\ny\n$$\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n<details>\n<summary>Sum</summary>\n\nbody\n\n</details>\n\n![alt](https://example.org/a.png)\n\n---';

  it('[PASTE-7] as HTML has nothing that is of this page alone', () => {
    editor = editorOf(readMarkdown(EVERYTHING));
    editor.commands.selectAll();
    const html = editor.view.serializeForClipboard(editor.state.selection.content()).dom.innerHTML;
    expect(html).not.toMatch(
      /\sclass="(?!language-)|\sstyle="(?!background-color)|loading=|referrerpolicy|contenteditable|tabindex|target=/,
    );
    expect(html).toContain(
      '<li data-checked="true" data-type="taskItem"><input type="checkbox" checked="checked"><p>a</p>',
    );
    expect(html).toContain('<pre><code class="language-js">let a;</code></pre>');
    expect(html).toContain('$x^2$');
  });

  it('[PASTE-7] pasted here again it is what was copied, with and without the sign that it is ours', () => {
    editor = editorOf(readMarkdown(EVERYTHING));
    const before = markdown();
    editor.commands.selectAll();
    const { dom } = editor.view.serializeForClipboard(editor.state.selection.content());
    editor.view.pasteHTML(dom.innerHTML);
    expect(markdown()).toBe(before);
    dom.querySelector('[data-pm-slice]')?.removeAttribute('data-pm-slice');
    editor.commands.clearContent();
    editor.view.pasteHTML(dom.innerHTML);
    const plain = markdown();
    for (const words of ['# Ink', '**bold**', '- [x] a\n  - [ ] b', '> [!TIP]', '```js', '| 1 | 2 |', 'Sum', '---'])
      expect(plain).toContain(words);
  });
});

describe('where words stand', () => {
  /** What stands elsewhere than where reading begins: its text, and the side. */
  const aligned = () => {
    const found: Record<string, unknown> = {};
    editor.state.doc.descendants((node) => {
      const side = node.attrs.textAlign ?? node.attrs.align;
      if (side) found[node.textContent] = side;
    });
    return found;
  };

  it.each([
    ['a style', '<p style="color: red; text-align: center">one</p><p>two</p>', { one: 'center' }],
    ['an attribute, as Word writes', '<h2 align="Right">one</h2>', { one: 'right' }],
    [
      'what is around it',
      '<div style="text-align:center"><p>one</p><p style="text-align:left">two</p></div>',
      { one: 'center' },
    ],
    ['a tag of old pages', '<center>one</center><p>two</p>', { one: 'center' }],
    ['a block that becomes a paragraph', '<div style="text-align: -webkit-right">one</div>', { one: 'right' }],
    ['the last heading that there is', '<h6 align="center">one</h6>', { one: 'center' }],
    [
      'a title of Word',
      '<html xmlns:w="urn:schemas-microsoft-com:office:word"><p class=MsoTitle align=center>one</p></html>',
      { one: 'center' },
    ],
    ['justified text, which is only a look', '<p style="text-align: justify">one</p>', {}],
    ['no side at all', '<p style="text-align: evil">one</p><p data-align="evil">two</p>', {}],
  ])('[PASTE-13] is kept of %s', (_, html, sides) => {
    editor = editorOf('', news);
    editor.view.pasteHTML(`<p>words of the line that has the caret</p>${html}`);
    expect(aligned()).toEqual(sides);
  });

  it('[PASTE-13] is kept of the cells of a table, header or not', () => {
    editor = editorOf('', news);
    editor.view.pasteHTML(
      '<table><tr><th align="center">a</th><th>b</th></tr><tr><td>c</td><td style="text-align: right">d</td></tr></table>',
    );
    expect(aligned()).toEqual({ a: 'center', d: 'right' });
  });

  it('[PASTE-13] is copied as CSS, which other programs read', () => {
    editor = editorOf('<p>one</p><h2 data-align="center">two</h2>');
    editor.commands.selectAll();
    const { dom } = editor.view.serializeForClipboard(editor.state.selection.content());
    expect(dom.innerHTML).toMatch(/<h2 data-align="center" style="text-align: ?center;?">two/);
    const html = dom.innerHTML.replace(/ data-(?:align|pm-slice)="[^"]*"/g, '');
    editor.view.pasteHTML(html);
    expect(aligned()).toEqual({ two: 'center' });
  });

  it('[PASTE-14] letters below and above the line stay there, whether a tag or a style says so', () => {
    editor = editorOf('', news);
    paste({ 'text/html': '<p>H<sub>2</sub>O, x<span style="font-size: 0.6em; vertical-align: super">2</span></p>' });
    expect(markdown()).toBe('H<sub>2</sub>O, x<sup>2</sup>');
    editor.commands.selectAll();
    editor.commands.setSubscript();
    expect(markdown()).toBe('<sub>H2O, x2</sub>');
  });
});

describe('an address', () => {
  const ADDRESS = 'https://example.org/x';

  it.each([
    ['before a word', '<p>see here</p>', 5, 'see https://example.org/xhere'],
    ['at the end', '<p>see </p>', 5, 'see https://example.org/x'],
  ])('[PASTE-9] pasted %s is a link, and its neighbours are not', (_where, html, at, text) => {
    editor = editorOf('');
    editor.commands.setContent(html, { parseOptions: { preserveWhitespace: 'full' } });
    editor.commands.setTextSelection(at);
    paste({ 'text/plain': ADDRESS });
    expect(editor.state.doc.textContent).toBe(text);
    const linked: string[] = [];
    editor.state.doc.descendants((node) => {
      if (node.marks.some(({ type }) => type.name === 'link')) linked.push(node.text ?? '');
    });
    expect(linked).toEqual([ADDRESS]);
  });

  it.each([
    ['within code', '<p><code>see here</code></p>', false],
    ['with Shift', '<p>see here</p>', true],
  ])('[PASTE-9] pasted %s is letters', (_where, html, plain) => {
    editor = editorOf(html);
    editor.commands.setTextSelection(5);
    paste({ 'text/plain': ADDRESS }, { plain });
    expect(editor.state.doc.textContent).toBe(`see ${ADDRESS}here`);
    expect(editor.getHTML()).not.toContain('<a');
  });
});

describe('lines', () => {
  it.each([
    ['<ul><li><p>a</p></li><li><p>b</p></li></ul>', 'one\ntwo', '- aone\n- two\n- b'],
    ['<ol><li><p>a</p></li></ol>', 'one\r\n\r\ntwo\r\n', '1. aone\n2. two'],
    [
      '<ul data-type="taskList"><li data-type="taskItem" data-checked="true"><p>a</p></li></ul>',
      'one\ntwo',
      '- [x] aone\n- [ ] two',
    ],
    ['<ul><li><p>a</p></li></ul>', 'one', '- aone'],
    ['<p>a</p>', 'one\ntwo', 'aone\n\ntwo'],
  ])('[PASTE-11] pasted into %s are lines of it', (html, text, expected) => {
    editor = editorOf(html);
    let end = 0;
    editor.state.doc.descendants((node, position) => {
      if (node.text === 'a') end = position + 1;
    });
    editor.commands.setTextSelection(end);
    paste({ 'text/plain': text });
    expect(markdown()).toBe(expected);
  });

  it('[PASTE-11] pasted with Shift are paragraphs', () => {
    editor = editorOf('<ul><li><p>a</p></li></ul>');
    editor.commands.setTextSelection(4);
    paste({ 'text/plain': 'one\ntwo' }, { plain: true });
    expect(markdown()).toBe('- aone\n\n  two');
  });
});

describe('colours', () => {
  const COLOURED =
    '<p>a <span data-text-color="red">red</span> <mark data-color="teal">marked</mark></p>' +
    '<table><tr><td data-background="blue"><p>cell</p></td><td><p>b</p></td></tr></table>';
  const copy = () => {
    editor.commands.selectAll();
    return editor.view.serializeForClipboard(editor.state.selection.content()).dom.innerHTML;
  };

  it('[PASTE-10] are copied as CSS beside their names', () => {
    editor = editorOf(COLOURED);
    const html = copy();
    expect(html).toMatch(/<span data-text-color="red" style="color: ?#b3261e;?">red/);
    expect(html).toMatch(/<mark data-color="teal" style="background-color: ?#cdeeea;?">marked/);
    expect(html).toMatch(/<td data-background="blue" style="background-color: ?#d9e6fd;?">/);
  });

  it('[PASTE-10] are read back from a program that keeps the CSS and not the names', () => {
    editor = editorOf(COLOURED);
    const before = editor.getHTML();
    const html = copy()
      .replace(/ data-(?:text-color|color|background|pm-slice)="[^"]*"/g, '')
      .replace('#b3261e', 'rgb(179, 38, 30)');
    editor.view.pasteHTML(html);
    expect(editor.getHTML()).toBe(before);
  });

  it('[PASTE-10] are no others than ours', () => {
    editor = editorOf('');
    editor.view.pasteHTML(
      '<p style="color: #b3261f">a <span style="background: yellow; color: red" data-text-color="no">b</span></p><div style="color:#b3261e"><p>c</p><p>d</p></div>',
    );
    expect(editor.getHTML()).toBe('<p>a b</p><p>c</p><p>d</p>');
  });

  it('[PASTE-10] are those of the light page', () => {
    const css = readFileSync('app/tokens.css', 'utf8');
    const light = css.slice(css.indexOf('[data-theme="light"]'), css.indexOf('color-scheme: dark'));
    for (const name of PALETTE) {
      expect(light).toContain(`--color-${name}: ${PALETTE_CSS[name].text};`);
      expect(light).toContain(`--paper-${name}: ${PALETTE_CSS[name].paper};`);
    }
  });
});
