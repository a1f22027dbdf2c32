// @vitest-environment happy-dom
// @vitest-environment-options { "settings": { "disableIframePageLoading": true } }

import type { Editor } from '@tiptap/core';
import { NodeSelection } from '@tiptap/pm/state';
import { afterEach, describe, expect, it } from 'vitest';
import { insertEmbed } from '../../lib/editor/content/embed.ts';
import { EMBED_SITES, embedOf, FRAME_ORIGINS } from '../../lib/editor/content/embed-sites.ts';
import { editorOf as openEditor } from '../support/editor.ts';
import { paste, press } from '../support/typed.ts';
import { closeWriters, two } from '../support/writers.ts';

const editors: Editor[] = [];

afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
  closeWriters();
});

function editorOf(content: unknown = ''): Editor {
  const editor = openEditor(content);
  editors.push(editor);
  return editor;
}

const embed = (url: unknown) => ({ type: 'doc', content: [{ type: 'embed', attrs: { url } }] });
const names = (editor: Editor) => editor.state.doc.content.content.map(({ type }) => type.name);
const VIDEO = 'https://www.youtube.com/watch?v=dQw4w9WgXcQ';

describe('sites', () => {
  it.each([
    [VIDEO, 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ'],
    [`${VIDEO}&t=1m30s&list=PL1`, 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=90'],
    ['https://youtu.be/dQw4w9WgXcQ?si=x', 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ'],
    ['http://m.youtube.com/shorts/dQw4w9WgXcQ', 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ'],
    ['https://vimeo.com/123456789/abcdef0123', 'https://player.vimeo.com/video/123456789?dnt=1&h=abcdef0123'],
    ['https://player.vimeo.com/video/123456789', 'https://player.vimeo.com/video/123456789?dnt=1'],
    [`https://www.loom.com/share/${'a1'.repeat(16)}?sid=1`, `https://www.loom.com/embed/${'a1'.repeat(16)}`],
    [
      'https://www.figma.com/file/AbCdEfGhIjKlMnOpQr/Name?node-id=1%3A2',
      'https://embed.figma.com/design/AbCdEfGhIjKlMnOpQr?embed-host=inkroom&node-id=1-2',
    ],
    ['https://codepen.io/ada/pen/AbCdEf', 'https://codepen.io/ada/embed/AbCdEf?default-tab=result'],
  ])('[EMBED-1] %s is shown from %s', (address, frame) => {
    expect(embedOf(address)?.frame).toBe(frame);
    expect(FRAME_ORIGINS).toContain(new URL(frame).origin);
  });

  it.each([
    'https://www.youtube.com/watch?v=short',
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ%22onload=',
    'https://www.youtube.com/embed/dQw4w9WgXcQ/../../x',
    'https://www.youtube.com.example.org/watch?v=dQw4w9WgXcQ',
    'https://www.youtube.com:8443/watch?v=dQw4w9WgXcQ',
    'https://www.youtube.com@example.org/watch?v=dQw4w9WgXcQ',
    'https://me:x@www.youtube.com/watch?v=dQw4w9WgXcQ',
    'https://example.org/?https://youtu.be/dQw4w9WgXcQ',
    'https://codepen.io/ada/pen/..%2F..%2Fx',
    'javascript://youtu.be/dQw4w9WgXcQ',
    'data:text/html,<script>alert(1)</script>',
    'ftp://youtu.be/dQw4w9WgXcQ',
    'youtu.be/dQw4w9WgXcQ',
    '',
  ])('[EMBED-2] %j is shown in no frame', (address) => {
    expect(embedOf(address)).toBe(undefined);
  });

  it('[EMBED-2] the table names each origin once, over HTTPS, without a path', () => {
    expect(new Set(FRAME_ORIGINS).size).toBe(EMBED_SITES.length);
    for (const origin of FRAME_ORIGINS) expect(new URL(origin).origin).toBe(origin);
  });
});

describe('a page in a text', () => {
  it('[EMBED-3] asks nothing of the site before a click, and then stands in a sandbox', () => {
    const editor = editorOf(embed(VIDEO));
    const { dom } = editor.view;
    expect(dom.querySelector('iframe')).toBe(null);
    const button = dom.querySelector('button');
    expect(button?.textContent).toBe('Show from www.youtube-nocookie.com');
    button?.click();
    const frame = dom.querySelector('iframe');
    expect(frame?.getAttribute('src')).toBe('https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ');
    expect(frame?.getAttribute('sandbox')?.split(' ')).toEqual(expect.arrayContaining(['allow-scripts']));
    expect(frame?.getAttribute('sandbox')).not.toMatch(/top-navigation|downloads|modals|forms/);
  });

  it('[EMBED-3] is opened with Enter too', () => {
    const editor = editorOf(embed(VIDEO));
    editor.view.dispatch(editor.state.tr.setSelection(NodeSelection.create(editor.state.doc, 0)));
    expect(press(editor, 'Enter')).toBe(true);
    expect(editor.view.dom.querySelector('iframe')).not.toBe(null);
    expect(names(editor)).toEqual(['embed']);
  });

  it.each([
    [null],
    [7],
    [{}],
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['https://example.org/"onload="x'],
    [VIDEO],
  ])('[EMBED-4] %j has no frame of its own making, and no address that may not be opened', (url) => {
    const editor = editorOf(embed(url));
    const html = editor.view.dom.innerHTML + editor.getHTML();
    expect(html).not.toMatch(/<iframe|javascript:|data:text|"onload/);
  });

  it('[EMBED-4] a page of another site is a card with a link', () => {
    const editor = editorOf(embed('https://example.org/a'));
    expect(editor.view.dom.querySelector('button')).toBe(null);
    const link = editor.view.dom.querySelector('a');
    expect([link?.getAttribute('href'), link?.rel]).toEqual(['https://example.org/a', 'noopener noreferrer nofollow']);
  });

  it('[EMBED-5] goes through HTML; a pasted frame is kept when its site is in the table', () => {
    expect(editorOf(editorOf(embed(VIDEO)).getHTML()).state.doc.firstChild?.attrs).toEqual({ url: VIDEO });
    const frames = editorOf(
      '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe><iframe src="https://evil.example/"></iframe><iframe srcdoc="<p>x</p>"></iframe>',
    );
    const found: unknown[] = [];
    frames.state.doc.descendants((node) => {
      if (node.type.name === 'embed') found.push(node.attrs.url);
    });
    expect(found).toEqual(['https://www.youtube.com/embed/dQw4w9WgXcQ']);
  });

  it('[EMBED-6] is put in the place of an empty line, or behind what has the caret, and one writes on behind it', () => {
    const empty = editorOf();
    insertEmbed(empty, VIDEO);
    expect(names(empty)).toEqual(['embed', 'paragraph']);
    const full = editorOf('<p>one</p><p>two</p>');
    full.commands.setTextSelection(2);
    insertEmbed(full, VIDEO);
    expect(names(full)).toEqual(['paragraph', 'embed', 'paragraph']);
    expect(full.state.selection.$from.parent.textContent).toBe('two');
  });
});

describe('an address pasted', () => {
  it.each([
    [VIDEO, 'embed'],
    ['https://example.org/photo.JPG?size=2', 'image'],
  ])('[EMBED-7] %s on an empty line becomes an %s, and undo gives the plain link back', (address, made) => {
    const [ada, bo] = two();
    paste(ada.editor, { text: `${address}\n` });
    expect(names(ada.editor)[0]).toBe(made);
    ada.tell(bo);
    expect(names(bo.editor)[0]).toBe(made);
    ada.editor.commands.undo();
    expect(ada.lines[0]).toBe(`paragraph: ${address}`);
    expect(ada.editor.getHTML()).toContain('<a href=');
    ada.tell(bo);
    expect(bo.lines).toEqual(ada.lines);
    ada.editor.commands.undo();
    expect(ada.lines).toEqual(['paragraph: ']);
  });

  it.each([
    'https://example.org/page',
    'see https://youtu.be/dQw4w9WgXcQ',
    'javascript:alert(1)//.png',
    'file:///x.png',
  ])('[EMBED-7] %j stays text', (text) => {
    const editor = editorOf();
    paste(editor, { text });
    expect(names(editor)).toEqual(['paragraph']);
  });

  it('[EMBED-7] within a line it stays text', () => {
    const editor = editorOf('<p>see </p>');
    editor.commands.setTextSelection(5);
    paste(editor, { text: VIDEO });
    expect(names(editor)).toEqual(['paragraph']);
  });
});
