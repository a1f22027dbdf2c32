// @vitest-environment happy-dom

import { Editor } from '@tiptap/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mentionedPeople, readMention } from '../../lib/editor/content/mention.ts';
import { contentExtensions, type Neighbours } from '../../lib/editor/extensions.ts';
import { colorOf } from '../../lib/person/person.ts';
import { emptyWords } from '../support/editor.ts';

const editors: Editor[] = [];

afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
});

function editorWith(attrs: Record<string, unknown>, neighbours?: Neighbours): Editor {
  const editor = new Editor({
    injectCSS: false,
    extensions: contentExtensions(emptyWords, { neighbours }),
    content: {
      type: 'doc',
      content: [
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: 'a ' },
            { type: 'mention', attrs },
          ],
        },
      ],
    },
  });
  editors.push(editor);
  return editor;
}

const PERSON = { kind: 'person', id: 'ada', label: 'Ada' };
const PAGE = { kind: 'document', id: 'plans/2026 ä', label: 'Plans' };

const HOSTILE: Record<string, unknown>[] = [
  {},
  { kind: 'script', id: 'x', label: '<img src=x onerror=alert(1)>' },
  { kind: 'person', id: 7, label: 'Ada' },
  { kind: 'person', id: 'x'.repeat(1_000), label: 'Ada' },
  { kind: 'person', id: 'ada', label: { toString: 'no' } },
  { kind: 'person', id: 'ada', label: '\u202e\u0000' },
  { kind: 'document', id: '../../api/documents', label: 'x' },
  { kind: 'document', id: '..', label: 'x' },
  { kind: 'document', id: '\ud800', label: 'x' },
  { kind: 'document', id: 'a\nb', label: 'x' },
  { kind: 'document', id: 'x'.repeat(201), label: 'x' },
  { kind: ['person'], id: ['ada'], label: ['Ada'] },
];

describe('a mention', () => {
  it('[MENTION-1] of a person shows the name on the person’s colour; of a document it links to it', () => {
    const person = editorWith(PERSON).view.dom.querySelector<HTMLElement>('.mention');
    expect(person?.textContent).toBe('@Ada');
    expect(person?.style.getPropertyValue('--person')).toBe(colorOf('ada'));
    const page = editorWith(PAGE).view.dom.querySelector('a.mention');
    expect(page?.textContent).toBe('Plans');
    expect(page?.getAttribute('href')).toBe('/d/plans%2F2026%20%C3%A4');
  });

  it.each(HOSTILE)('[MENTION-2] with hostile attributes %j is text, and leads nowhere', (attrs) => {
    expect(readMention(attrs)).toBe(undefined);
    const editor = editorWith(attrs);
    const { dom } = editor.view;
    expect(dom.querySelector('a, img, script')).toBe(null);
    expect(dom.querySelector('.mention')?.textContent).toBe('@?');
    expect(editor.getHTML()).toBe('<p>a <span class="mention">@?</span></p>');
    expect(editor.getText()).toBe('a @?');
  });

  it('[MENTION-2] a link leads to a document of this server whatever its name is', () => {
    for (const id of [
      '//evil.example',
      'javascript:alert(1)',
      'https://evil.example',
      'a?b#c',
      'a/../b'.replace('..', '...'),
    ]) {
      const href =
        editorWith({ ...PAGE, id })
          .view.dom.querySelector('a')
          ?.getAttribute('href') ?? '';
      const url = new URL(href, 'https://inkroom.example');
      expect(url.origin).toBe('https://inkroom.example');
      expect(url.pathname).toBe(`/d/${encodeURIComponent(id)}`);
      expect(url.search + url.hash).toBe('');
    }
  });

  it('[MENTION-2] a label is one line of bounded length', () => {
    const label = `a\n\u202eb${'c'.repeat(5_000)}`;
    const shown = readMention({ ...PAGE, label })?.label ?? '';
    expect(shown).toMatch(/^a bc+$/);
    expect(shown.length).toBeLessThanOrEqual(200);
  });

  it.each([PERSON, PAGE])('[MENTION-3] is the same after it was copied and pasted: %j', (attrs) => {
    const editor = editorWith(attrs);
    const html = editor.getHTML();
    editor.commands.setContent(html);
    expect(editor.state.doc.firstChild?.lastChild?.attrs).toEqual(attrs);
    editor.commands.setContent('<p><span data-mention="person" data-id="">@x</span></p>');
    expect(editor.getText()).toBe('@x'); // hostile HTML: its text
  });

  it('[MENTION-4] of a document shows the title that it has now', () => {
    const shown: ((title: string) => void)[] = [];
    const forget = vi.fn();
    const open = vi.fn();
    const editor = editorWith(PAGE, {
      titleOf: (name, show) => {
        expect(name).toBe(PAGE.id);
        shown.push(show);
        return forget;
      },
      open,
    });
    const link = editor.view.dom.querySelector<HTMLElement>('a.mention');
    const before = JSON.stringify(editor.getJSON());
    for (const show of shown) show('Plans for winter');
    expect(link?.textContent).toBe('Plans for winter');
    for (const show of shown) show('');
    expect(link?.textContent).toBe('Untitled');
    expect(JSON.stringify(editor.getJSON())).toBe(before); // shown, not written

    link?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true }));
    expect(open).not.toHaveBeenCalled();
    link?.click();
    expect(open).toHaveBeenCalledWith(PAGE.id);
    editor.commands.clearContent();
    expect(forget).toHaveBeenCalledTimes(shown.length);
  });

  it('[MENTION-5] is deleted as one letter, from either side', () => {
    for (const [key, at] of [
      ['Backspace', 4],
      ['Delete', 3],
    ] as const) {
      const editor = editorWith(PERSON);
      editor.commands.setTextSelection(at);
      editor.view.someProp('handleKeyDown', (handle) => handle(editor.view, new KeyboardEvent('keydown', { key })));
      expect(editor.getText()).toBe('a ');
    }
  });

  it('[MENTION-6] people whom the text mentions are known, each once', () => {
    const editor = editorWith(PERSON);
    editor.commands.insertContentAt(1, [
      { type: 'mention', attrs: PERSON },
      { type: 'mention', attrs: PAGE },
      { type: 'mention', attrs: HOSTILE[1] ?? {} },
    ]);
    expect(mentionedPeople(editor.state.doc)).toEqual([PERSON]);
  });
});
