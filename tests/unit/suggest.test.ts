// @vitest-environment happy-dom

import { readFileSync } from 'node:fs';
import { Editor } from '@tiptap/core';
import type { Transaction } from '@tiptap/pm/state';
import { afterEach, describe, expect, it } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { findEmoji, loadEmoji } from '../../app/editor/emoji/emoji.ts';
import { rowsOf, stepInRows } from '../../app/editor/emoji/emoji-grid.ts';
import { recentEmoji, rememberEmoji } from '../../app/editor/emoji/recent-emoji.ts';
import { INSERTIONS } from '../../app/editor/insertions.ts';
import { stepOf } from '../../app/editor/suggest/choice.ts';
import { insertionWords } from '../../app/editor/suggest/insertion-words.ts';
import { fold, matching, rank } from '../../app/editor/suggest/match.ts';
import { CATALOGUES } from '../../app/messages/catalogues.ts';
import { LOCALES } from '../../app/messages/locale.ts';
import { newDocument } from '../../lib/convert/new-document.ts';
import { editorExtensions } from '../../lib/editor/extensions.ts';
import { closeSuggestions, openSuggestions, suggest, suggesting, takeQuery } from '../../lib/editor/suggest.ts';
import { emptyWords } from '../support/editor.ts';

const ended: (() => void)[] = [];

afterEach(() => {
  for (const end of ended.splice(0)) end();
  document.body.replaceChildren();
});

class Writer {
  readonly doc = new Y.Doc();
  readonly editor: Editor;
  readonly keys: string[] = [];
  #unsent: Uint8Array[] = [];

  constructor(fresh: Uint8Array, content?: string) {
    const { doc } = this;
    Y.applyUpdate(doc, fresh, 'server');
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'server') this.#unsent.push(update);
    });
    const element = document.createElement('div');
    document.body.append(element);
    this.editor = new Editor({
      element,
      injectCSS: false,
      extensions: [
        ...editorExtensions({ doc, awareness: new Awareness(doc), words: emptyWords }),
        suggest({
          onKey: ({ key }) => {
            this.keys.push(key);
            return key === 'Enter';
          },
        }),
      ],
    });
    if (content !== undefined) this.editor.commands.setContent(content);
    this.editor.commands.setTextSelection(this.editor.state.doc.content.size);
    ended.push(() => {
      this.editor.destroy();
      doc.destroy();
    });
  }

  tell({ doc }: Writer): void {
    for (const update of this.#unsent.splice(0)) Y.applyUpdate(doc, update, 'server');
  }

  /** Letter by letter, as a keyboard does. */
  type(text: string): this {
    for (const letter of text) this.editor.view.dispatch(this.editor.state.tr.insertText(letter));
    return this;
  }

  dispatch(change: (tr: Transaction) => Transaction): void {
    this.editor.view.dispatch(change(this.editor.state.tr));
  }

  get asked(): string | undefined {
    const now = suggesting(this.editor.state);
    return now.open ? `${now.kind} "${now.query}"` : undefined;
  }

  get text(): string {
    return this.editor.state.doc.textContent;
  }
}

const alone = (content?: string) => new Writer(newDocument({ title: '' }), content);

describe('a sign that is typed', () => {
  it.each([
    ['/', 'insert ""'],
    ['／', 'insert ""'],
    ['/tab', 'insert "tab"'],
    ['words /tab', 'insert "tab"'],
    ['/heading 2', 'insert "heading 2"'],
    ['@', 'mention ""'],
    ['＠林', 'mention "林"'],
    ['請@小明', 'mention "小明"'],
    ['(@Ada Lovelace', 'mention "Ada Lovelace"'],
    [':smi', 'emoji "smi"'],
    ['well :)', 'emoji ")"'],
  ])('[SUGGEST-1] %j asks for %s', (typed, asked) => {
    expect(alone().type(typed).asked).toBe(asked);
  });

  it.each([
    'and/or',
    'https://example.org',
    '1/2',
    '//',
    '/ ',
    '/a/',
    '是/否',
    'me@example.org',
    '10:30',
    'note: x',
    '注意：笑',
    ': ',
  ])('[SUGGEST-2] in %j there is none', (typed) => {
    expect(alone().type(typed).asked).toBe(undefined);
  });

  it('[SUGGEST-2] in code there is none', () => {
    expect(alone('<pre><code></code></pre>').type('/').asked).toBe(undefined);
    const inline = alone();
    inline.editor.commands.toggleCode();
    expect(inline.type('/').asked).toBe(undefined);
  });

  it('[SUGGEST-3] ends when the caret leaves it, when the sign goes, and when it is told to', () => {
    const ada = alone().type('a /ta');
    ada.editor.commands.setTextSelection(1);
    expect(ada.asked).toBe(undefined);
    ada.editor.commands.setTextSelection(6);
    expect(ada.asked).toBe(undefined); // nothing was typed

    const bo = alone().type('/t');
    bo.dispatch((tr) => tr.delete(2, 3));
    expect(bo.asked).toBe('insert ""');
    bo.dispatch((tr) => tr.delete(1, 2));
    expect(bo.asked).toBe(undefined);

    const cy = alone().type('/t');
    closeSuggestions(cy.editor.view);
    expect(cy.type('a').asked).toBe(undefined);
    cy.dispatch((tr) => tr.delete(2, 4)); // back to the sign, by deleting
    expect(cy.asked).toBe(undefined);
  });

  it('[SUGGEST-4] of somebody else asks for nothing here, and what is asked for here outlasts what others write', () => {
    const fresh = newDocument({ title: '' });
    const [ada, bo] = [new Writer(fresh), new Writer(fresh)];
    ada.type('/');
    ada.tell(bo);
    expect(bo.text).toBe('/');
    expect(bo.asked).toBe(undefined);

    ada.type('tab');
    bo.editor.commands.insertContentAt(0, '<p>above</p>');
    bo.tell(ada);
    expect(ada.text).toBe('above/tab');
    expect(ada.asked).toBe('insert "tab"');
    takeQuery(ada.editor.view);
    expect(ada.text).toBe('above');
  });

  it('[SUGGEST-4] is not one when it is pasted, or comes back by undo', () => {
    const ada = alone();
    ada.dispatch((tr) => tr.insertText('/').setMeta('uiEvent', 'paste'));
    expect(ada.asked).toBe(undefined);
    ada.editor.commands.undo();
    expect(ada.text).toBe('');
    ada.editor.commands.redo();
    expect(ada.text).toBe('/');
    expect(ada.asked).toBe(undefined);
  });

  it('[SUGGEST-5] writes nothing and draws nothing: an input method goes on beside it', () => {
    const ada = alone().type('/');
    const before = ada.editor.view.dom.innerHTML;
    const paragraph = ada.editor.view.dom.firstChild;
    let writes = 0;
    ada.doc.on('update', () => {
      writes += 1;
    });
    closeSuggestions(ada.editor.view);
    openSuggestions(ada.editor.view, 'insert');
    expect(ada.asked).toBe('insert ""');
    expect(ada.editor.view.dom.innerHTML).toBe(before);
    expect(ada.editor.view.dom.firstChild).toBe(paragraph);
    expect(writes).toBe(0);
  });

  it('[SUGGEST-6] goes with what was chosen in one step of undo, which takes nothing else back', () => {
    const ada = alone().type('words /tab');
    takeQuery(ada.editor.view);
    expect(ada.text).toBe('words ');
    ada.editor.chain().setHeading({ level: 2 }).run();
    expect(ada.editor.state.doc.firstChild?.type.name).toBe('heading');
    ada.editor.commands.undo();
    expect(ada.text).toBe('words /tab');
    expect(ada.editor.state.doc.firstChild?.type.name).toBe('paragraph');
    expect(ada.asked).toBe(undefined);
  });

  it('[SUGGEST-7] gets the keys first, as long as it is open', () => {
    const ada = alone().type('a');
    const press = (key: string) =>
      ada.editor.view.someProp('handleKeyDown', (handle) =>
        handle(ada.editor.view, new KeyboardEvent('keydown', { key })),
      );
    press('Enter');
    expect(ada.keys).toEqual([]);
    expect(ada.editor.state.doc.childCount).toBe(2);
    ada.type('/');
    press('Enter');
    expect(ada.keys).toEqual(['Enter']);
    expect(ada.editor.state.doc.childCount).toBe(2);
  });
});

describe('the keys of a list', () => {
  const step = (key: string, active: number, count: number, more = {}) =>
    stepOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more }, active, count);

  it('[SUGGEST-8] arrows go around, Enter and Tab choose, Escape closes, and the rest is the text’s', () => {
    expect(step('ArrowDown', 2, 3)).toEqual({ do: 'move', to: 0 });
    expect(step('ArrowUp', 0, 3)).toEqual({ do: 'move', to: 2 });
    expect(step('PageDown', 0, 30)).toEqual({ do: 'move', to: 6 });
    expect(step('PageUp', 3, 30)).toEqual({ do: 'move', to: 0 });
    expect(step('n', 0, 3, { ctrlKey: true })).toEqual({ do: 'move', to: 1 });
    for (const key of ['Enter', 'Tab']) expect(step(key, 0, 3)).toEqual({ do: 'choose' });
    expect(step('Escape', 0, 0)).toEqual({ do: 'close' });
    for (const key of ['a', 'ArrowLeft', 'ArrowRight', 'Home', 'Backspace']) expect(step(key, 0, 3)).toBe(undefined);
    expect(step('Enter', 0, 3, { shiftKey: true })).toBe(undefined); // a line break
    for (const key of ['Enter', 'Tab', 'ArrowDown']) expect(step(key, 0, 0)).toBe(undefined);
  });
});

describe('what fits a query', () => {
  const find = (query: string, locale: (typeof LOCALES)[number]) => {
    return matching(INSERTIONS, query, ({ name }) =>
      insertionWords(name, CATALOGUES[locale], locale === 'en' ? undefined : CATALOGUES.en),
    ).map(({ name }) => name);
  };

  it('[SUGGEST-9] the name comes before other words, and beginnings before what is inside', () => {
    expect(rank('tab', { names: ['Table'], keywords: [] })).toBeLessThan(
      rank('tab', { names: ['Grid'], keywords: ['table'] }) ?? 0,
    );
    expect(find('tab', 'en')[0]).toBe('table');
    expect(find('h2', 'en')[0]).toBe('heading2');
    expect(find('heading 3', 'en')).toEqual(['heading3']);
    expect(find('ＴＡＢＬＥ', 'en')[0]).toBe('table');
    expect(find('表', 'zh-Hant')).toContain('table');
    expect(find('xyzzy', 'en')).toEqual([]);
    expect(fold(' Élan ')).toBe('elan');
  });

  it.each(INSERTIONS.map(({ name }) => name))(
    '[SUGGEST-10] %s is found by its name, in English in both languages',
    (name) => {
      for (const locale of LOCALES) {
        expect(find(CATALOGUES[locale].insert[name], locale)[0], locale).toBe(name);
      }
      expect(find(CATALOGUES.en.insert[name], 'zh-Hant')).toContain(name);
    },
  );
});

describe('emoji', () => {
  it('[EMOJI-1] are found by their codes and names, in the reader’s language and in English', async () => {
    const [english, chinese] = await Promise.all([loadEmoji('en'), loadEmoji('zh-Hant')]);
    const find = (all: typeof english, query: string) => findEmoji(all, query, 8).map(({ character }) => character);
    expect(find(english, 'smile')[0]).toBe('😄');
    expect(find(english, '+1')[0]).toBe('👍️');
    expect(find(english, 'tada')).toContain('🎉');
    expect(find(chinese, '貓')).toContain('🐱');
    expect(find(chinese, 'cat')).toContain('🐱');
    expect(find(english, '貓')).toEqual([]);
    expect(find(english, 'zzzz')).toEqual([]);
    expect(findEmoji(english, '', 5)).toHaveLength(5);
    expect(english.length).toBeGreaterThan(1_500);
  }, 60_000); // reading two megabytes through the test runner's own loader

  it('[EMOJI-2] what is called so comes before countries that are abbreviated so', async () => {
    const all = await loadEmoji('en');
    const find = (query: string) => findEmoji(all, query, 200).map(({ character }) => character);
    expect(find('sm').slice(0, 2)).toEqual(['😃', '😄']);
    expect(find('sm').indexOf('🇸🇲')).toBeGreaterThan(find('sm').indexOf('😄'));
    expect(find('san marino')[0]).toBe('🇸🇲');
    expect(find('us')[0]).toBe('🇺🇸'); // :us: is its code
    expect(find('he')[0]).not.toMatch(/\p{Regional_Indicator}/u);
  });

  it('[EMOJI-3] in rows of any length the keys go where they point, and not out of them', () => {
    const rows = rowsOf([3, 10]); // under two headings: three, eight, two
    expect(rows).toEqual([3, 8, 2]);
    const go = (key: string, at: number) => stepInRows(key, at, rows);
    expect([go('ArrowRight', 2), go('ArrowRight', 12), go('ArrowLeft', 3), go('ArrowLeft', 0)]).toEqual([3, 12, 2, 0]);
    expect([go('ArrowDown', 1), go('ArrowDown', 8), go('ArrowDown', 12)]).toEqual([4, 12, 12]);
    expect([go('ArrowUp', 12), go('ArrowUp', 9), go('ArrowUp', 1)]).toEqual([4, 2, 1]);
    expect([go('PageDown', 0), go('PageUp', 12)]).toEqual([11, 1]);
    expect([go('a', 0), go('Home', 3), stepInRows('ArrowDown', 0, [])]).toEqual([undefined, undefined, undefined]);
  });

  it('[EMOJI-3] what was chosen last comes first, once, and only so many', () => {
    expect(recentEmoji()).toEqual([]);
    for (const one of ['😀', '🎉', '😀']) rememberEmoji(one);
    expect(recentEmoji()).toEqual(['😀', '🎉']);
    for (let at = 0; at < 40; at++) rememberEmoji(String.fromCodePoint(0x1f400 + at));
    expect(recentEmoji()).toHaveLength(16);
    for (const damaged of ['{', '7', 'null', '[1, {}, "😀"]']) {
      localStorage.setItem('inkroom.emoji', damaged);
      expect(recentEmoji().every((one) => typeof one === 'string')).toBe(true);
    }
    expect(recentEmoji()).toEqual(['😀']);
  });

  it('[EMOJI-1] come with the page only when they are asked for', () => {
    const source = readFileSync('app/editor/emoji/emoji.ts', 'utf8');
    expect(source).not.toMatch(/^import .*emojibase/m);
  });
});
