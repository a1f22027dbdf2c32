// @vitest-environment happy-dom

import { Editor } from '@tiptap/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { newDocument } from '../../lib/convert/new-document.ts';
import { editorExtensions } from '../../lib/editor/extensions.ts';
import { findingState, MATCHES, replaceAll, replaceCurrent, search, step } from '../../lib/editor/find/find.ts';
import { matcherOf, QUERY_LENGTH, type Query } from '../../lib/editor/find/matcher.ts';
import { editorOf, emptyWords } from '../support/editor.ts';

let editor: Editor;
afterEach(() => editor.destroy());

const query = (text: string, choices: Partial<Query> = {}): Query => ({
  text,
  matchCase: false,
  wholeWord: false,
  pattern: false,
  ...choices,
});

async function find(text: string, choices: Partial<Query> = {}): Promise<void> {
  search(editor.view, await matcherOf(query(text, choices)));
}

const found = () => findingState(editor.state);
const selected = () => editor.state.doc.textBetween(editor.state.selection.from, editor.state.selection.to);

describe('finding', () => {
  it('[FIND-1] reaches across marks and into every block, and not across what is no text', async () => {
    editor = editorOf(
      '<p>in<strong>k</strong></p><ul><li><p>ink</p></li></ul><table><tr><td>ink</td></tr></table><p>in<span data-type="inline-math" data-latex="x"></span>k</p>',
    );
    await find('ink');
    expect(found()).toEqual({ count: 3, current: 1, capped: false });
    expect(editor.view.dom.querySelectorAll('.found').length).toBeGreaterThanOrEqual(3);
    await find('\ufffc');
    expect(found().count).toBe(0);
  });

  it.each([
    ['ink', {}, 3],
    ['ink', { matchCase: true }, 2],
    ['ink', { wholeWord: true }, 2],
    ['in.', { pattern: true }, 3],
    ['in.', {}, 0],
    ['^ink', { pattern: true, matchCase: true }, 1],
    ['(', { pattern: true }, 0],
    ['(?=a)', { pattern: true }, 0],
    ['x*', { pattern: true }, 0],
    ['', {}, 0],
    ['[x', {}, 0],
    ['i'.repeat(QUERY_LENGTH + 1), {}, 0],
  ])('[FIND-2] %j with %j finds %i', async (text, choices, count) => {
    editor = editorOf('<p>ink</p><p>Ink inkwell</p>');
    await find(text, choices);
    expect(found().count).toBe(count);
  });

  it('[FIND-2] a pattern that would hold a backtracking engine for ever is answered', async () => {
    editor = editorOf(`<p>${'a'.repeat(5_000)}!</p>`);
    await find('(a+)+$', { pattern: true });
    expect(found().count).toBe(0);
  });

  it('[FIND-2] so many that nobody will go through them are counted to a bound', async () => {
    editor = editorOf(`<p>${'a'.repeat(MATCHES + 5)}</p>`);
    await find('a');
    expect(found()).toEqual({ count: MATCHES, current: 1, capped: true });
    expect(editor.view.dom.querySelectorAll('.found').length).toBeLessThanOrEqual(1_000);
  });

  it('[FIND-3] next and previous go around, from the caret on', async () => {
    editor = editorOf('<p>one ink</p><p>two ink</p><p>three ink</p>');
    editor.commands.setTextSelection(12);
    await find('ink');
    expect(found().current).toBe(2);
    step(editor.view, 1);
    step(editor.view, 1);
    expect(found().current).toBe(1);
    step(editor.view, -1);
    expect(found().current).toBe(3);
    expect(selected()).toBe('ink');
  });
});

describe('while others write', () => {
  it('[FIND-4] one stays at the same match, and new ones are counted', async () => {
    const fresh = newDocument({ title: '' });
    const docs = [new Y.Doc(), new Y.Doc()] as const;
    for (const doc of docs) Y.applyUpdate(doc, fresh);
    const writers = docs.map(
      (doc) =>
        new Editor({
          injectCSS: false,
          extensions: editorExtensions({ doc, awareness: new Awareness(doc), words: emptyWords }),
        }),
    );
    const [mine, theirs] = writers;
    if (!mine || !theirs) throw new Error('two are needed');
    editor = mine;
    mine.commands.setContent('<p>ink</p><p>ink</p><p>ink</p>');
    Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0]));
    await find('ink');
    step(mine.view, 1);
    expect(found()).toMatchObject({ current: 2, count: 3 });
    theirs.commands.insertContentAt(0, '<p>ink and ink</p>');
    Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1]));
    expect(found()).toMatchObject({ current: 4, count: 5 });
    search(mine.view, undefined);
    expect(found().count).toBe(0);
    theirs.destroy();
  });
});

describe('replacing', () => {
  it('[FIND-5] keeps the marks, goes on behind what it wrote, and is one step of undo', async () => {
    editor = editorOf('<p>ink <strong>ink</strong> ink</p>');
    await find('ink');
    replaceCurrent(editor.view, 'inkink');
    expect(editor.state.doc.textContent).toBe('inkink ink ink');
    expect(found()).toMatchObject({ count: 4, current: 3 });
    await find('ink', { wholeWord: true });
    expect(replaceAll(editor.view, 'water')).toBe(2);
    expect(editor.getHTML()).toBe('<p>inkink <strong>water</strong> water</p>');
    expect(replaceAll(editor.view, 'x')).toBe(0);
    await find('water');
    replaceAll(editor.view, '');
    expect(editor.state.doc.textContent).toBe('inkink  ');
  });

  it('[FIND-5] a viewer replaces nothing', async () => {
    editor = editorOf('<p>ink</p>');
    editor.setEditable(false);
    await find('ink');
    expect(replaceAll(editor.view, 'x')).toBe(0);
    replaceCurrent(editor.view, 'x');
    expect(editor.state.doc.textContent).toBe('ink');
  });
});
