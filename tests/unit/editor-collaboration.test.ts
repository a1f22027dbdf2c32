// @vitest-environment happy-dom

import { undoDepth } from '@tiptap/pm/history';
import { yCursorPluginKey } from '@tiptap/y-tiptap';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { TITLE_LENGTH } from '../../lib/convert/kinds.ts';
import { CONTENT, documentTitle, META, newDocument, TITLE } from '../../lib/convert/new-document.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { closeWriters, two as twoWriters, type Writer } from '../support/writers.ts';

afterEach(() => {
  closeWriters();
  vi.restoreAllMocks();
});

function two(lines: readonly string[] = []): [Writer, Writer] {
  return twoWriters(lines.map((line) => `<p>${line}</p>`).join(''));
}

describe('a fresh document', () => {
  it('[EDIT-1] has one empty paragraph, its title, and nothing else', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, newDocument({ title: 'A plan' }));
    expect(doc.getXmlFragment(CONTENT).toString()).toBe('<paragraph></paragraph>');
    expect(doc.getMap(META).toJSON()).toEqual({ title: 'A plan' });
    expect(documentTitle(doc)).toBe('A plan');
  });

  it('[EDIT-1] a title is cut to its bound, and what is no text is no title', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, newDocument({ title: 'x'.repeat(TITLE_LENGTH + 1) }));
    expect(documentTitle(doc)).toHaveLength(TITLE_LENGTH);
    doc.getMap(META).set(TITLE, { length: 3 });
    expect(documentTitle(doc)).toBe('');
    expect(documentTitle(new Y.Doc())).toBe('');
  });

  it('[EDIT-2] an editor that opens a document writes nothing', () => {
    const [ada] = two();
    expect(ada.lines).toEqual(['paragraph: ']);
    const told = vi.fn();
    ada.doc.on('update', told);
    ada.editor.commands.focus('end');
    expect(told).not.toHaveBeenCalled();
  });

  it('[EDIT-3] undoing everything and redoing it leaves no extra paragraph', () => {
    const [ada] = two();
    ada.write(1, 'Hello');
    ada.pause();
    ada.editor.commands.splitBlock();
    ada.write(8, 'World');
    while (ada.editor.commands.undo());
    expect(ada.lines).toEqual(['paragraph: ']);
    while (ada.editor.commands.redo());
    expect(ada.lines).toEqual(['paragraph: Hello', 'paragraph: World']);
  });
});

describe('undo', () => {
  it('[EDIT-4] takes back only what I wrote', () => {
    const [ada, bo] = two();
    ada.write(1, 'mine ');
    ada.tell(bo);
    bo.write(1, 'yours ');
    bo.tell(ada);
    expect(ada.lines).toEqual(['paragraph: yours mine ']);
    ada.editor.commands.undo();
    expect(ada.lines).toEqual(['paragraph: yours ']);
    expect(ada.editor.commands.undo()).toBe(false);
    expect(undoDepth(ada.editor.state)).toBe(0); // no second history
  });

  it('[EDIT-5] of a block that I made leaves the words that others put into it', () => {
    const [ada, bo] = two();
    ada.write(1, 'Plan');
    ada.pause();
    ada.editor.commands.setHeading({ level: 2 });
    ada.tell(bo);
    bo.write(5, ' for winter');
    bo.tell(ada);
    expect(ada.lines).toEqual(['heading: Plan for winter']);
    ada.editor.commands.undo();
    expect(ada.lines.join(' ')).toContain(' for winter');
    ada.tell(bo);
    expect(bo.lines).toEqual(ada.lines);
  });
});

describe('an empty block', () => {
  const interleavings = Array.from({ length: 20 }, (_, round) => seedOfRun() + round);

  /** Both write at the caret, letter by letter; what one writes reaches the other now and then. */
  function begin(writers: [Writer, Writer], random: Random): void {
    const left = ['ABCDE', 'vwxyz'].map((text) => [...text]);
    while (left.some(({ length }) => length > 0)) {
      const one = random.between(0, 1);
      const [writer, other] = one === 0 ? writers : [writers[1], writers[0]];
      const letter = left[one]?.shift();
      if (letter !== undefined) writer.editor.view.dispatch(writer.editor.state.tr.insertText(letter));
      if (random.between(0, 2) === 0) writer.tell(other);
    }
    const [ada, bo] = writers;
    ada.tell(bo);
    bo.tell(ada);
    ada.tell(bo);
    bo.tell(ada);
  }

  it.each(interleavings)('[EDIT-17] that two people begin at once holds each letter once (seed %i)', (seed) => {
    const writers = two();
    const [ada, bo] = writers;
    const random = new Random(seed);
    for (const { editor } of writers) editor.commands.setTextSelection(1);
    begin(writers, random);
    expect(bo.lines).toEqual(ada.lines);
    expect(['paragraph: ABCDEvwxyz', 'paragraph: vwxyzABCDE']).toContain(ada.lines[0]);
    // And one that was made in the editor.
    ada.editor.commands.setTextSelection(11);
    ada.editor.commands.splitBlock();
    ada.tell(bo);
    bo.editor.commands.setTextSelection(13);
    begin(writers, random);
    expect(bo.lines).toEqual(ada.lines);
    expect(['paragraph: ABCDEvwxyz', 'paragraph: vwxyzABCDE']).toContain(ada.lines[1]);
  });

  it('[EDIT-17] in a table too, and undoing it leaves nothing', () => {
    const [ada, bo] = two();
    ada.editor.commands.insertTable({ rows: 2, cols: 2, withHeaderRow: false });
    ada.tell(bo);
    for (const writer of [ada, bo]) writer.editor.commands.setTextSelection(5);
    ada.write(5, 'ada');
    bo.write(5, 'bo');
    ada.tell(bo);
    bo.tell(ada);
    expect(['adabo', 'boada']).toContain(ada.editor.state.doc.textContent);
    expect(bo.editor.state.doc.textContent).toBe(ada.editor.state.doc.textContent);
    bo.editor.commands.undo();
    bo.tell(ada);
    while (ada.editor.commands.undo());
    expect(ada.lines).toEqual(['paragraph: ']);
  });
});

describe('an edit of others', () => {
  it('[EDIT-6] leaves my caret between the same two characters', () => {
    const [ada, bo] = two(['one', 'two three', 'four']);
    ada.editor.commands.setTextSelection(10);
    expect(ada.caret).toBe('two |three');
    bo.write(1, 'zero ');
    bo.write(15, '>');
    bo.tell(ada);
    expect(ada.lines[1]).toBe('paragraph: two >three');
    expect(ada.caret).toBe('two |>three');
    bo.write(11, 'and ');
    bo.tell(ada);
    expect(ada.caret).toBe('and two |>three');
  });

  it('[EDIT-6] even if another block has the words that mine had', () => {
    const [ada, bo] = two(['same', 'same', 'same but longer']);
    ada.editor.commands.setTextSelection(3);
    bo.write(1, 'X');
    bo.tell(ada);
    expect(ada.caret).toBe('Xsa|me');
  });

  it('[EDIT-6] at the very beginning of the document too', () => {
    const [ada, bo] = two(['first', 'last']);
    ada.editor.commands.setTextSelection(1);
    bo.write(3, '-');
    bo.tell(ada);
    expect(ada.caret).toBe('|fi-rst');
  });

  it('[EDIT-6] and if the block is gone the caret stays near', () => {
    const [ada, bo] = two(['one', 'two', 'three']);
    ada.editor.commands.setTextSelection(7);
    bo.editor.commands.deleteRange({ from: 5, to: 10 });
    bo.tell(ada);
    expect(ada.lines).toEqual(['paragraph: one', 'paragraph: three']);
    expect(ada.editor.state.selection.head).toBeLessThanOrEqual(ada.editor.state.doc.content.size);
  });

  it('[EDIT-6] and one that the browser has moved, and not told of yet, stays where it went', () => {
    const [ada, bo] = two(['one', 'two']);
    ada.editor.view.dom.tabIndex = 0; // what makes an element focusable here
    ada.editor.view.focus();
    ada.editor.commands.setTextSelection(4);
    ada.moveCaretUntold('two', 1);
    bo.write(9, '!');
    bo.tell(ada);
    expect(ada.caret).toBe('t|wo!');

    ada.moveCaretUntold('one', 2);
    bo.awareness.setLocalStateField('user', { id: 'bo', name: 'Bo', color: '#336699' });
    ada.editor.view.dispatch(ada.editor.state.tr.setMeta(yCursorPluginKey, { awarenessUpdated: true }));
    expect(ada.caret).toBe('on|e');
  });

  it('[EDIT-33] and a key acts there too', () => {
    const [ada] = two(['one', 'two']);
    ada.editor.view.dom.tabIndex = 0;
    ada.editor.view.focus();
    ada.editor.commands.setTextSelection(4);
    ada.moveCaretUntold('two', 1);
    ada.press('Enter');
    expect(ada.lines).toEqual(['paragraph: one', 'paragraph: t', 'paragraph: wo']);
  });

  it('[EDIT-7] leaves the marks chosen for what I type next', () => {
    const [ada, bo] = two(['one', 'two']);
    ada.editor.commands.setTextSelection(4);
    ada.editor.commands.toggleBold();
    bo.write(6, 'X');
    bo.tell(ada);
    expect(ada.editor.isActive('bold')).toBe(true);
    ada.editor.view.dispatch(ada.editor.state.tr.insertText('!'));
    expect(ada.editor.getHTML()).toContain('<strong>!</strong>');
  });

  it('[EDIT-8] makes me write nothing: no link appears at words that I have not typed', () => {
    const [ada, bo] = two(['see https://example.org', 'two']);
    ada.editor.chain().selectAll().unsetLink().run();
    ada.tell(bo);
    const told = vi.fn();
    bo.doc.on('update', (_update: Uint8Array, origin: unknown) => origin === 'server' || told());
    ada.write(28, 'X');
    ada.tell(bo);
    expect(bo.lines[1]).toBe('paragraph: twXo');
    expect(bo.editor.getHTML()).not.toContain('<a');
    expect(told).not.toHaveBeenCalled();
  });

  it('[EDIT-9] does not scroll; my undo does', () => {
    const [ada, bo] = two(['one', 'two']);
    ada.pause();
    ada.write(1, 'mine ');
    ada.tell(bo);
    const scrolls: boolean[] = [];
    ada.editor.on('transaction', ({ transaction }) =>
      scrolls.push(transaction.docChanged && transaction.scrolledIntoView),
    );
    bo.write(12, 'X');
    bo.tell(ada);
    expect(scrolls).toEqual([false]);
    ada.editor.commands.undo();
    expect(ada.lines).toEqual(['paragraph: one', 'paragraph: tXwo']);
    expect(scrolls).toContain(true);
  });
});
