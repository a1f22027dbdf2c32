// @vitest-environment happy-dom

import { Editor } from '@tiptap/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { CONTENT, newDocument } from '../../lib/convert/new-document.ts';
import { isCaretState } from '../../lib/editor/carets.ts';
import { editorExtensions } from '../../lib/editor/extensions.ts';
import { emptyWords } from '../support/editor.ts';

const open: { editor: Editor; doc: Y.Doc }[] = [];

afterEach(() => {
  if (vi.isFakeTimers()) vi.advanceTimersByTime(10); // y-tiptap queues for all editors together: nothing of one test may wait in the next
  for (const { editor, doc } of open.splice(0)) {
    editor.destroy();
    doc.destroy();
  }
  document.body.replaceChildren();
  vi.useRealTimers();
});

function setUp(text = '') {
  vi.useFakeTimers();
  const doc = new Y.Doc();
  Y.applyUpdate(doc, newDocument({ title: '' }), 'server');
  const awareness = new Awareness(doc);
  const element = document.createElement('div');
  document.body.append(element);
  const extensions = editorExtensions({ doc, awareness, words: emptyWords });
  const editor = new Editor({ element, injectCSS: false, extensions });
  open.push({ editor, doc });
  if (text !== '') editor.commands.insertContentAt(1, text);
  /** Another machine's presence arrives, whatever it holds. */
  const show = (id: number, state: unknown, clock = 1) => {
    const theirs = new Awareness(new Y.Doc());
    theirs.states.set(id, state as Record<string, unknown>);
    theirs.meta.set(id, { clock, lastUpdated: 0 });
    applyAwarenessUpdate(awareness, encodeAwarenessUpdate(theirs, [id]), 'server');
    theirs.destroy();
    vi.advanceTimersByTime(10);
  };
  const at = (index: number) => {
    const paragraph = doc.getXmlFragment(CONTENT).get(0) as Y.XmlElement;
    return Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(paragraph.get(0) as Y.XmlText, index, -1));
  };
  const carets = () => [...element.querySelectorAll<HTMLElement>('.caret')];
  return { doc, awareness, editor, element, show, at, carets };
}

const BO = { id: 'bo', name: 'Bo', color: '#336bdb' };
const SOMEWHERE = { tname: CONTENT, assoc: 0 };

describe('carets of others', () => {
  it('[EDIT-10] stay where they are when an edit of several steps deletes behind what was the end of the text', () => {
    const { show, at, carets, editor, element } = setUp('Hello');
    show(7, { user: BO, cursor: { anchor: at(2), head: at(2) } });
    const { tr } = editor.state;
    editor.view.dispatch(tr.insertText(', everybody', 6).delete(12, 17));
    expect(editor.state.doc.textContent).toBe('Hello, ever');
    vi.advanceTimersByTime(10);
    expect(carets()).toHaveLength(1);
    expect(element.querySelector('.caret')?.previousSibling?.textContent).toBe('He');
  });

  it('[EDIT-10] stand where they are, with name and colour, and not in the text', () => {
    const { show, at, carets, editor, element } = setUp('Hello');
    show(7, { user: BO, cursor: { anchor: at(2), head: at(4) } });
    const [caret] = carets();
    expect(caret?.dataset.name).toBe('Bo');
    expect(caret?.style.getPropertyValue('--person')).toBe('#336bdb');
    expect(caret?.previousSibling?.textContent).toBe('ll');
    expect(element.querySelector('.caret-selection')?.textContent).toBe('ll');
    expect(element.textContent).toBe('Hello');
    expect(editor.getText()).toBe('Hello');
  });

  it('[EDIT-11] show the name when they move, and hide it again', () => {
    const { show, at, carets } = setUp('Hello');
    const active = () => carets()[0]?.dataset.active !== undefined;
    show(7, { user: BO, cursor: { anchor: at(2), head: at(2) } });
    expect(active()).toBe(true);
    vi.advanceTimersByTime(3_000);
    expect(active()).toBe(false);
    show(7, { user: BO, cursor: { anchor: at(3), head: at(3) } }, 2);
    expect(active()).toBe(true);
  });

  it('[EDIT-32] stand below their caret where above there is no room, and to the left of it at the right edge', () => {
    const { show, at, carets } = setUp('Hello');
    const rect = vi.spyOn(Element.prototype, 'getBoundingClientRect');
    const over = vi.spyOn(document, 'elementFromPoint');
    const bar = document.createElement('header');
    const seen = (left: number, what: Element | null, index: number) => {
      rect.mockReturnValue({ left, top: 110, right: left, bottom: 130 } as DOMRect);
      over.mockReturnValue(what);
      show(7, { user: BO, cursor: { anchor: at(index), head: at(index) } }, index);
      vi.advanceTimersByTime(100);
      const [caret] = carets();
      return [caret?.hasAttribute('data-below'), caret?.hasAttribute('data-left')];
    };
    vi.spyOn(document.documentElement, 'clientWidth', 'get').mockReturnValue(400);
    expect(seen(100, null, 1)).toEqual([false, false]);
    expect(seen(100, bar, 2)).toEqual([true, false]);
    expect(seen(401, document.body, 3)).toEqual([false, true]);
    vi.restoreAllMocks();
  });

  it('[EDIT-12] of hostile states are not drawn, and the editor lives', () => {
    const { show, at, carets, editor, doc } = setUp('Hello');
    const cursor = { anchor: at(1), head: at(1) };
    const position = (change: object) => ({ anchor: { ...at(1), ...change }, head: at(1) });
    const states: unknown[] = [
      { user: 'Bo', cursor },
      { user: null, cursor },
      { user: [], cursor },
      { user: { ...BO, name: { toString: 'x' } }, cursor },
      { user: { ...BO, name: '\u202e \u0000' }, cursor },
      { user: BO, cursor: 'here' },
      { user: BO, cursor: {} },
      { user: BO, cursor: { anchor: null, head: null } },
      { user: BO, cursor: { anchor: {}, head: {} } },
      { user: BO, cursor: position({ item: { client: 1, clock: -1 } }) },
      { user: BO, cursor: position({ item: { client: 1.5, clock: 0.5 } }) },
      { user: BO, cursor: position({ item: { client: '__proto__', clock: 0 } }) },
      { user: BO, cursor: position({ item: 'x' }) },
      { user: BO, cursor: position({ item: null, type: { client: Number.MAX_SAFE_INTEGER + 1, clock: 0 } }) },
      { user: BO, cursor: position({ item: null, type: null, tname: 'elsewhere' }) },
    ];
    states.forEach((state, at) => {
      show(100 + at, state);
    });
    expect(carets()).toEqual([]);
    expect(doc.share.has('elsewhere')).toBe(false);
    editor.view.dispatch(editor.state.tr.insertText('!', 6));
    expect(editor.getText()).toBe('Hello!');
  });

  it('[EDIT-12] of unknown places are not drawn', () => {
    const { show, carets } = setUp('Hello');
    const nowhere = { item: { client: 12345, clock: 7 }, assoc: 0 };
    show(7, { user: BO, cursor: { anchor: nowhere, head: nowhere } });
    expect(carets()).toEqual([]);
  });

  it('[EDIT-13] keep a colour that is none out of the style', () => {
    const { show, at, carets } = setUp('Hello');
    show(7, { user: { ...BO, color: 'red; background: url(//evil.example)' }, cursor: { anchor: at(1), head: at(1) } });
    expect(carets()[0]?.style.getPropertyValue('--person')).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('[EDIT-14] a state without a person or a place is no caret', () => {
    expect(isCaretState({ user: BO, cursor: { anchor: SOMEWHERE, head: SOMEWHERE } }, 1)).toBe(true);
    expect(isCaretState({ user: BO }, 1)).toBe(false);
    expect(isCaretState({ cursor: { anchor: SOMEWHERE, head: SOMEWHERE } }, 1)).toBe(false);
    expect(isCaretState(null, 1)).toBe(false);
  });
});

describe('my caret', () => {
  it('[EDIT-15] is not told again when others write elsewhere', () => {
    const { awareness, doc, editor } = setUp('Hello');
    vi.spyOn(editor.view, 'hasFocus').mockReturnValue(true);
    editor.commands.setTextSelection(3);
    const first = JSON.stringify(awareness.getLocalState()?.cursor);
    expect(first).toContain('anchor');
    const told = vi.fn();
    awareness.on('update', told);
    const paragraph = doc.getXmlFragment(CONTENT).get(0) as Y.XmlElement;
    doc.transact(() => (paragraph.get(0) as Y.XmlText).insert(5, ' world'), 'server');
    expect(editor.getText()).toBe('Hello world');
    expect(told).not.toHaveBeenCalled();
    editor.commands.setTextSelection(1);
    expect(told).toHaveBeenCalled();
  });

  it('[EDIT-36] draws nobody anew when it moves; a new block shows those again that it has hidden', () => {
    const { show, at, carets, editor } = setUp('Hello');
    vi.spyOn(editor.view, 'hasFocus').mockReturnValue(true);
    show(7, { user: BO, cursor: { anchor: at(2), head: at(2) } });
    const dispatched = vi.fn();
    editor.on('transaction', dispatched);
    editor.commands.setTextSelection(4);
    vi.advanceTimersByTime(10);
    expect(dispatched).toHaveBeenCalledTimes(1);
    editor.commands.splitBlock();
    vi.advanceTimersByTime(10);
    expect(carets()).toHaveLength(1);
  });

  it('[EDIT-16] has nobody beside it while an input method composes', () => {
    const { show, at, carets, editor, element } = setUp('Hello');
    show(7, { user: BO, cursor: { anchor: at(2), head: at(4) } });
    expect(carets()).toHaveLength(1);
    const text = element.querySelector('.ProseMirror');
    text?.dispatchEvent(new CompositionEvent('compositionstart'));
    expect(carets()).toHaveLength(0);
    expect(element.querySelector('.caret-selection')).toBe(null);
    text?.dispatchEvent(new CompositionEvent('compositionend'));
    vi.advanceTimersByTime(100);
    expect(editor.view.composing).toBe(false);
    expect(carets()).toHaveLength(1);
  });
});
