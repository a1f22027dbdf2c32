// @vitest-environment happy-dom

import { Editor } from '@tiptap/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { newDocument } from '../../lib/convert/new-document.ts';
import { editorExtensions } from '../../lib/editor/extensions.ts';
import { emptyWords } from '../support/editor.ts';

const open: { editor: Editor; doc: Y.Doc }[] = [];

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.advanceTimersByTime(10); // y-tiptap queues for all editors together: nothing of one test may wait in the next
  for (const { editor, doc } of open.splice(0)) {
    editor.destroy();
    doc.destroy();
  }
  document.body.replaceChildren();
  vi.useRealTimers();
});

function setUp() {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, newDocument({ title: '' }), 'server');
  const element = document.createElement('div');
  document.body.append(element);
  const awareness = new Awareness(doc);
  const extensions = editorExtensions({ doc, awareness, words: emptyWords });
  const editor = new Editor({ element, injectCSS: false, extensions });
  open.push({ editor, doc });
  editor.commands.setTextSelection(1);
  /** Key by key, as fast as one can. */
  const type = (text: string) => {
    for (const letter of text) {
      vi.advanceTimersByTime(80);
      editor.view.dispatch(editor.state.tr.insertText(letter));
    }
  };
  const undo = () => {
    editor.commands.undo();
    return editor.getText({ blockSeparator: '/' });
  };
  return { editor, doc, type, undo };
}

describe('one undo', () => {
  it('[UNDO-1] takes back a word of what was typed without a pause', () => {
    const { type, undo } = setUp();
    type('one two  three.');
    expect(undo()).toBe('one two  ');
    expect(undo()).toBe('one ');
    expect(undo()).toBe('');
  });

  it('[UNDO-1] takes back several deletions at once, but no typing with them', () => {
    const { editor, type, undo } = setUp();
    type('abcdef');
    for (let n = 0; n < 3; n++) {
      vi.advanceTimersByTime(80);
      const { head } = editor.state.selection;
      editor.view.dispatch(editor.state.tr.delete(head - 1, head));
    }
    expect(editor.getText()).toBe('abc');
    expect(undo()).toBe('abcdef');
    expect(undo()).toBe('');
  });

  it('[UNDO-1] takes back a change of looks without the word that was typed before it', () => {
    const { editor, type, undo } = setUp();
    type('plan');
    editor.commands.setHeading({ level: 2 });
    expect(undo()).toBe('plan');
    expect(editor.state.doc.firstChild?.type.name).toBe('paragraph');
  });

  it('[UNDO-2] puts the caret back to where the undone edit was', () => {
    const { editor, doc, type, undo } = setUp();
    editor.commands.setContent('<p>first</p><p>second</p>');
    editor.commands.setTextSelection(4);
    type('X');
    editor.commands.setTextSelection(14);
    // And words of others before it.
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    const block = other.getXmlFragment('content').get(0) as Y.XmlElement;
    (block.get(0) as Y.XmlText).insert(0, '> ');
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), 'server');
    expect(undo()).toBe('> first/second');
    expect(editor.state.selection.head).toBe(6);
    editor.commands.setTextSelection(14);
    editor.commands.redo();
    expect(editor.getText({ blockSeparator: '/' })).toBe('> firXst/second');
    expect(editor.state.selection.head).toBe(7);
  });

  it('[UNDO-3] is not touched by what others write meanwhile', () => {
    const { doc, type, undo } = setUp();
    type('mine');
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    const block = other.getXmlFragment('content').get(0) as Y.XmlElement;
    (block.get(0) as Y.XmlText).insert(4, ' theirs');
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), 'server');
    type('!');
    expect(undo()).toBe(' theirs');
  });

  it.each([
    { key: 'z', code: 90, shiftKey: false },
    { key: 'Z', code: 90, shiftKey: true },
    { key: 'y', code: 89, shiftKey: false },
  ])(
    '[UNDO-4] the keys do nothing else where there is nothing more to take back, or back again ($key)',
    ({ key, code, shiftKey }) => {
      const { editor, type } = setUp();
      const press = () => {
        const event = new KeyboardEvent('keydown', {
          key,
          keyCode: code,
          ctrlKey: true,
          shiftKey,
          bubbles: true,
          cancelable: true,
        });
        editor.view.dom.dispatchEvent(event);
        return event.defaultPrevented;
      };
      if (shiftKey || key === 'y') {
        type('one');
        expect(press()).toBe(true);
        expect(editor.getText()).toBe('one');
      } else {
        expect(press()).toBe(true); // the browser would undo what it believes to have been typed
      }
    },
  );
});
