// @vitest-environment happy-dom

import { afterEach, describe, expect, it, vi } from 'vitest';
import { applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { CONTENT, newDocument } from '../../lib/convert/new-document.ts';
import { blockAt, blocksOf } from '../../lib/editor/blocks.ts';
import { othersAreIn } from '../../lib/editor/carets.ts';
import {
  deleteBlocks,
  dropPlace,
  duplicateBlocks,
  moveBlocks,
  moveTo,
  selectBlock,
  writeBehind,
} from '../../lib/editor/move-blocks.ts';
import { closeWriters, Writer } from '../support/writers.ts';

afterEach(closeWriters);

function people(html: string): [Writer, Writer] {
  const fresh = newDocument({ title: '' });
  const [ada, bo] = [new Writer(fresh), new Writer(fresh)];
  ada.editor.commands.setContent(html);
  ada.tell(bo);
  ada.pause();
  return [ada, bo];
}

const htmlOf = ({ editor }: Writer) =>
  editor.getHTML().replace(/ (class|data-type|data-checked|start|rel|target)="[^"]*"/g, '');

/** The block around the text `words`. */
function around(writer: Writer, words: string) {
  writer.after(words);
  const blocks = blocksOf(writer.editor.state.selection);
  if (!blocks) throw new Error(`no block around ${words}`);
  return blocks;
}

function textOf(writer: Writer, words: string): string {
  const { from, to } = around(writer, words);
  return writer.editor.state.doc.textBetween(from, to, '|');
}

const LIST = '<ul><li><p>one</p><ul><li><p>inner</p></li></ul></li><li><p>two</p></li></ul>';

describe('a block', () => {
  it('[MOVE-1] is a paragraph, an item of a list with what is in it, a table as a whole; the first line of a quote is the quote', () => {
    const [ada] = people(
      `<p>plain</p>${LIST}<blockquote><p>said</p><p>more</p></blockquote><table><tbody><tr><td><p>cell</p></td></tr></tbody></table>`,
    );
    expect(textOf(ada, 'plain')).toBe('plain');
    expect(textOf(ada, 'one')).toBe('one|inner');
    expect(textOf(ada, 'inner')).toBe('inner');
    expect(textOf(ada, 'said')).toBe('said|more');
    expect(textOf(ada, 'more')).toBe('more');
    const { from } = around(ada, 'cell');
    expect(ada.editor.state.doc.nodeAt(from)?.type.name).toBe('table');
  });

  it('[MOVE-1] a rule is one too, and several that are selected are taken together', () => {
    const [ada] = people('<p>a</p><hr><p>b</p><p>c</p>');
    expect(blockAt(ada.editor.state.doc, 3)).toEqual({ from: 3, to: 4 });
    ada.editor.commands.setTextSelection({ from: 5, to: 9 });
    expect(blocksOf(ada.editor.state.selection)).toEqual({ from: 4, to: 10 });
  });
});

describe('moving', () => {
  it('[MOVE-2] goes up and down, keeps the caret, and is one step of undo', () => {
    const [ada] = people('<p>a</p><p>b</p><p>c</p>');
    ada.after('b');
    expect(moveBlocks(ada.editor.view, 'up')).toBe(true);
    expect(htmlOf(ada)).toBe('<p>b</p><p>a</p><p>c</p>');
    expect(ada.caret).toBe('b|');
    expect(moveBlocks(ada.editor.view, 'up')).toBe(false);
    ada.editor.commands.undo();
    expect(htmlOf(ada)).toBe('<p>a</p><p>b</p><p>c</p>');
    ada.after('b');
    moveBlocks(ada.editor.view, 'down');
    expect(htmlOf(ada)).toBe('<p>a</p><p>c</p><p>b</p>');
    expect(ada.caret).toBe('b|');
  });

  it('[MOVE-3] what somebody else writes in the moved block at that moment is kept', () => {
    for (const direction of ['up', 'down'] as const) {
      const [ada, bo] = people('<p>above</p><p>mine</p><p>below</p>');
      ada.after('mine');
      moveBlocks(ada.editor.view, direction);
      bo.after('mine');
      bo.type(' and yours'); // Bo has not heard of it yet
      ada.tell(bo);
      bo.tell(ada);
      expect(htmlOf(ada)).toContain('<p>mine and yours</p>');
      expect(htmlOf(bo)).toBe(htmlOf(ada));
      expect(bo.caret).toBe('mine and yours|');
    }
  });

  it('[MOVE-3] of two that change places, the one in which nobody else has a caret is made anew', async () => {
    const [ada, bo] = people('<p>above</p><p>mine</p>');
    const above = bo.doc.getXmlFragment(CONTENT).get(0);
    const text = above instanceof Y.XmlElement ? above.get(0) : undefined;
    if (!(text instanceof Y.XmlText)) throw new Error('no text');
    const cursor = Y.createRelativePositionFromTypeIndex(text, 2);
    bo.awareness.setLocalState({ user: { name: 'Bo' }, cursor: { anchor: cursor, head: cursor } });
    applyAwarenessUpdate(ada.awareness, encodeAwarenessUpdate(bo.awareness, [bo.doc.clientID]), 'server');
    await vi.waitFor(() => expect(othersAreIn(ada.editor.state, 0, 7)).toBe(true)); // y-tiptap draws carets a moment later
    expect(othersAreIn(ada.editor.state, 7, 13)).toBe(false);
    ada.after('mine');
    moveBlocks(ada.editor.view, 'up');
    bo.after('above');
    bo.type(' it all');
    ada.tell(bo);
    bo.tell(ada);
    expect(htmlOf(ada)).toBe('<p>mine</p><p>above it all</p>');
    expect(htmlOf(bo)).toBe(htmlOf(ada));
  });

  it('[MOVE-3] the letters of two blocks are never mixed', () => {
    const [ada, bo] = people('<p>first line</p><p>second line</p><p>third line</p>');
    ada.after('first line');
    expect(moveTo(ada.editor.view, around(ada, 'first line'), ada.editor.state.doc.content.size)).toBe(true);
    bo.after('second line');
    bo.type('!');
    ada.tell(bo);
    bo.tell(ada);
    expect(htmlOf(ada)).toBe('<p>second line!</p><p>third line</p><p>first line</p>');
    expect(htmlOf(bo)).toBe(htmlOf(ada));
    expect(ada.caret).toBe('first line|');
  });

  it('[MOVE-4] items stay items of a list, and take their list along when there is none', () => {
    const [ada] = people(`<p>top</p>${LIST}<p>end</p>`);
    ada.after('two');
    moveBlocks(ada.editor.view, 'up');
    expect(htmlOf(ada)).toContain('<ul><li><p>two</p></li><li><p>one</p><ul><li><p>inner</p></li></ul></li></ul>');
    moveBlocks(ada.editor.view, 'up');
    expect(htmlOf(ada)).toBe(
      '<ul><li><p>two</p></li></ul><p>top</p><ul><li><p>one</p><ul><li><p>inner</p></li></ul></li></ul><p>end</p>',
    );
    expect(ada.caret).toBe('two|');
  });

  it('[MOVE-4] dropped on a list a paragraph is an item; a task becomes a point of it; what cannot be one goes beside it', () => {
    const [ada] = people(
      '<p>words</p><ul data-type="taskList"><li data-type="taskItem" data-checked="true"><p>task</p></li></ul><pre><code>code</code></pre><ul><li><p>point</p></li></ul>',
    );
    const drop = (words: string, onto: string) => {
      const target = around(ada, onto);
      const dragged = around(ada, words);
      const place = dropPlace(ada.editor.state, dragged, target, 'after');
      expect(place && moveTo(ada.editor.view, dragged, place.position)).toBe(true);
    };
    drop('words', 'point');
    drop('task', 'words');
    expect(htmlOf(ada)).toBe(
      '<pre><code>code</code></pre><ul><li><p>point</p></li><li><p>words</p></li><li><p>task</p></li></ul>',
    );
    drop('code', 'point');
    expect(htmlOf(ada)).toMatch(/<\/ul><pre><code>code<\/code><\/pre>$/);
  });

  it('[MOVE-4] a place within itself is none', () => {
    const [ada] = people(LIST);
    const inner = around(ada, 'inner');
    const outer = around(ada, 'one');
    expect(dropPlace(ada.editor.state, outer, inner, 'after')).toBe(undefined);
    expect(moveTo(ada.editor.view, outer, inner.from)).toBe(false);
  });
});

describe('the other things that are done to a block', () => {
  it('[MOVE-5] a copy stands behind it, with the caret in it', () => {
    const [ada] = people('<p>a</p><p>b</p>');
    ada.after('a');
    duplicateBlocks(ada.editor.view);
    expect(htmlOf(ada)).toBe('<p>a</p><p>a</p><p>b</p>');
    ada.type('!');
    expect(htmlOf(ada)).toBe('<p>a</p><p>a!</p><p>b</p>');
  });

  it('[MOVE-5] deleting the last item takes the list away, and the last block leaves an empty paragraph', () => {
    const [ada] = people('<p>a</p><ul><li><p>only</p></li></ul>');
    ada.after('only');
    deleteBlocks(ada.editor.view);
    expect(htmlOf(ada)).toBe('<p>a</p>');
    deleteBlocks(ada.editor.view);
    expect(htmlOf(ada)).toBe('<p></p>');
    ada.editor.commands.undo();
    expect(htmlOf(ada)).toBe('<p>a</p>');
  });

  it('[MOVE-5] writing behind it makes a paragraph, an item in a list, and nothing where the line is empty', () => {
    const [ada] = people('<ul><li><p>a</p></li></ul><p></p>');
    ada.after('a');
    writeBehind(ada.editor.view);
    ada.type('b');
    expect(htmlOf(ada)).toBe('<ul><li><p>a</p></li><li><p>b</p></li></ul><p></p>');
    ada.editor.commands.focus('end');
    writeBehind(ada.editor.view);
    expect(ada.editor.state.doc.childCount).toBe(2);
  });

  it('[MOVE-5] taking hold of it leaves a selection that is in it, and writes nothing', () => {
    const [ada] = people('<p>words</p><hr>');
    ada.editor.commands.setTextSelection({ from: 2, to: 4 });
    const { unsent } = ada;
    selectBlock(ada.editor.view, { from: 0, to: 7 });
    expect(ada.editor.state.selection.from).toBe(2);
    selectBlock(ada.editor.view, { from: 7, to: 8 });
    expect(blocksOf(ada.editor.state.selection)).toEqual({ from: 7, to: 8 });
    expect(ada.unsent).toBe(unsent);
  });
});
