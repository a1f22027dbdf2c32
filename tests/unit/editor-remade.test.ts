// @vitest-environment happy-dom

import { Editor } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { afterEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { CONTENT } from '../../lib/convert/new-document.ts';
import { editorExtensions } from '../../lib/editor/extensions.ts';
import { moveTo } from '../../lib/editor/move-blocks.ts';
import { Bound, comparable, schema } from '../support/bound.ts';
import { BoundNetwork } from '../support/bound-network.ts';
import { emptyWords } from '../support/editor.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { editAtRandom } from '../support/random-edits.ts';
import { closeWriters, exchange, two, type Writer } from '../support/writers.ts';

const all: Bound[] = [];

afterEach(() => {
  for (const bound of all.splice(0)) bound.close();
  closeWriters();
});

const REMAKING = ['changeType', 'changeType', 'wrap', 'wrap', 'lift', 'join', 'move', 'split'] as const;
const FIRST_LETTER = 0x4e00;

function paragraph(words: string): Node {
  return schema.nodes.paragraph?.create(null, schema.text(words)) as Node;
}

function typeSomewhere(typist: Bound, letter: string, random: Random): void {
  typist.edit((tr) => {
    const places: number[] = [];
    tr.doc.descendants((node, at) => {
      if (node.isTextblock) places.push(at + 1 + random.between(0, node.content.size));
    });
    tr.insertText(letter, random.pick(places));
  });
}

/** How often each letter is in the text in the end, of those that two typed, each once, while a third made other blocks of those they stand in. */
function play(seed: number): number[] {
  const random = new Random(seed);
  const people = [100, 101, 102].map((client) => new Bound('ours', client)) as [Bound, Bound, Bound];
  all.push(...people);
  const network = new BoundNetwork(people);
  const [ada, bo, cy] = people;
  ada.edit((tr) => tr.replaceWith(0, tr.doc.content.size, ['one', 'two', 'three'].map(paragraph)));
  network.settle();
  let letter = FIRST_LETTER;
  for (let round = 0; round < 60; round++) {
    const person = random.pick([ada, ada, bo, bo, cy]);
    if (person === cy) editAtRandom(cy, random, REMAKING);
    else typeSomewhere(person, String.fromCharCode(letter++), random);
    network.deliver(random);
  }
  network.settle();
  for (const { text } of people) expect(comparable(text), `seed ${seed}`).toEqual(comparable(ada.text));
  expect(comparable(ada.fresh())).toEqual(comparable(ada.text));
  const { textContent } = ada.text;
  return Array.from(
    { length: letter - FIRST_LETTER },
    (_, at) => textContent.split(String.fromCharCode(FIRST_LETTER + at)).length - 1,
  );
}

const seeds = Array.from({ length: 30 }, (_, at) => seedOfRun() + at);

describe('what two type while a third makes other blocks of theirs', () => {
  it.each(seeds)('[EDIT-37] is there in the end, each letter once (seed %i)', (seed) => {
    expect(new Set(play(seed))).toEqual(new Set([1]));
  });
});

describe('a block that becomes another one while I type in it', () => {
  const becomes: [string, (bo: Writer) => unknown, string[]][] = [
    ['a heading', (bo) => bo.editor.commands.setHeading({ level: 2 }), ['heading: one big two', 'paragraph: three']],
    ['a heading, typed as Markdown', (bo) => bo.type('## '), ['heading: one big two', 'paragraph: three']],
    ['an item', (bo) => bo.editor.commands.toggleBulletList(), ['bulletList: one big two', 'paragraph: three']],
    ['an item, typed as Markdown', (bo) => bo.type('- '), ['bulletList: one big two', 'paragraph: three']],
    ['a task', (bo) => bo.editor.commands.toggleTaskList(), ['taskList: one big two', 'paragraph: three']],
    ['a quote', (bo) => bo.editor.commands.setBlockquote(), ['blockquote: one big two', 'paragraph: three']],
    ['code', (bo) => bo.editor.commands.setCodeBlock(), ['codeBlock: one big two', 'paragraph: three']],
    [
      'a heading, and then something else',
      (bo) => bo.editor.chain().setHeading({ level: 1 }).run() && bo.editor.commands.toggleOrderedList(),
      ['orderedList: one big two', 'paragraph: three'],
    ],
  ];

  it.each(becomes)('[EDIT-37] has my letters and my caret: %s', (_, make, lines) => {
    const [ada, bo] = two('<p>one two</p><p>three</p>');
    ada.after('one');
    bo.before('one');
    ada.type(' big');
    make(bo);
    exchange(ada, bo);
    expect(ada.lines).toEqual(lines);
    expect(ada.caret).toBe('one big| two');
    ada.type('ger');
    exchange(ada, bo);
    for (const { lines: shown } of [ada, bo]) expect(shown[0]).toContain(': one bigger two');
  });

  it('[EDIT-37] even if that is undone', () => {
    const [ada, bo] = two('<p>zero</p><p>one two</p>');
    bo.before('one');
    bo.pause();
    bo.editor.commands.setHeading({ level: 2 });
    exchange(ada, bo);
    ada.after('one');
    ada.type(' big');
    bo.editor.commands.undo();
    exchange(ada, bo);
    for (const { lines } of [ada, bo]) expect(lines).toEqual(['paragraph: zero', 'paragraph: one big two']);
    expect(ada.caret).toBe('one big| two');
  });

  it('[EDIT-37] even if it is moved elsewhere', () => {
    const [ada, bo] = two('<p>one two</p><p>three</p><ul><li><p>four</p></li></ul>');
    ada.after('one');
    ada.type(' big');
    moveTo(bo.editor.view, { from: 0, to: 9 }, 16);
    exchange(ada, bo);
    expect(ada.lines).toEqual(['paragraph: three', 'paragraph: one big two', 'bulletList: four']);
    expect(ada.caret).toBe('one big| two');
    ada.type('!');
    moveTo(bo.editor.view, { from: 7, to: 20 }, 21);
    exchange(ada, bo);
    for (const { lines } of [ada, bo]) expect(lines).toEqual(['paragraph: three', 'bulletList: one big! twofour']);
    expect(ada.caret).toBe('one big!| two');
  });

  it('[EDIT-37] what is written in a block that is deleted, and not moved, goes with it', async () => {
    const [ada, bo] = two('<p>one</p><p>two</p>');
    ada.after('one');
    ada.type(' more');
    bo.editor.commands.deleteRange({ from: 0, to: 5 });
    await Promise.resolve();
    bo.editor.commands.insertContentAt(0, '<p>one</p>');
    exchange(ada, bo);
    for (const { lines } of [ada, bo]) expect(lines).toEqual(['paragraph: one', 'paragraph: two']);
  });

  it('[EDIT-37] even if it was empty', () => {
    const [ada, bo] = two();
    ada.type('Plan');
    bo.type('# ');
    exchange(ada, bo);
    for (const { lines } of [ada, bo]) expect(lines).toEqual(['heading: Plan']);
    expect(ada.caret).toBe('Plan|');
  });

  it('[EDIT-37] or is joined to the one above', () => {
    const [ada, bo] = two('<p>one</p><p>two</p>');
    ada.after('two');
    ada.type(' three');
    bo.before('two');
    bo.press('Backspace');
    exchange(ada, bo);
    for (const { lines } of [ada, bo]) expect(lines).toEqual(['paragraph: onetwo three']);
    expect(ada.caret).toBe('onetwo three|');
  });

  it('[EDIT-37] even if it is an empty line that they take away', () => {
    const [ada, bo] = two('<ul><li><p>one</p></li></ul><p></p><p>two</p>');
    ada.editor.commands.setTextSelection(10);
    bo.editor.commands.setTextSelection(10);
    ada.type('here');
    bo.editor.commands.deleteRange({ from: 9, to: 11 });
    exchange(ada, bo);
    for (const { lines } of [ada, bo]) expect(lines).toEqual(['bulletList: onehere', 'paragraph: two']);
    expect(ada.caret).toBe('onehere|');
  });

  it('[EDIT-37] and keeps the marks of my letters where it may have them', () => {
    for (const [make, marks] of [
      [(bo: Writer) => bo.editor.commands.setHeading({ level: 2 }), ['bold']],
      [(bo: Writer) => bo.editor.commands.setCodeBlock(), []],
    ] as const) {
      const [ada, bo] = two('<p>one</p>');
      ada.after('one');
      ada.editor.commands.insertContent({ type: 'text', text: ' two', marks: [{ type: 'bold' }] });
      make(bo);
      exchange(ada, bo);
      const last = ada.editor.state.doc.firstChild?.lastChild;
      expect(last?.marks.map(({ type }) => type.name)).toEqual(marks);
      expect(bo.lines).toEqual(ada.lines);
    }
  });

  it('[EDIT-37] my undo takes back what I typed, and not what it became', () => {
    const [ada, bo] = two('<p>one</p>');
    ada.after('one');
    ada.type(' two');
    bo.editor.commands.setHeading({ level: 2 });
    exchange(ada, bo);
    ada.editor.commands.undo();
    exchange(ada, bo);
    for (const { lines } of [ada, bo]) expect(lines).toEqual(['heading: one']);
  });

  it('[EDIT-37] whatever somebody else says that a block continues, the editor lives', () => {
    const hostile = [7, 'x', {}, [], [[1]], [['a', 'b']], [[-1, 0.5, 1]], [[1, 2, 3]], [null], [Array(1_000).fill(1)]];
    for (const value of hostile) {
      const [ada, bo] = two('<p>one</p>');
      ada.after('one');
      ada.type(' two');
      bo.editor.commands.setHeading({ level: 2 });
      (bo.doc.getXmlFragment(CONTENT).get(0) as Y.XmlElement).setAttribute('continues', value as never);
      bo.tell(ada);
      exchange(ada, bo);
      expect(bo.lines).toEqual(ada.lines);
      ada.editor.commands.setParagraph();
      exchange(ada, bo);
      expect(bo.lines).toEqual(ada.lines);
    }
  });

  it('[EDIT-37] what is told of it stays small, however many blocks an edit ends', () => {
    const [ada, bo] = two('<p>a.</p>'.repeat(500));
    ada.tell(bo);
    const size = () => Y.encodeStateAsUpdate(ada.doc).length;
    const before = size();
    ada.editor.commands.deleteRange({ from: 2, to: ada.editor.state.doc.content.size - 2 });
    expect(size() - before).toBeLessThan(500);
    ada.editor.commands.undo();
    const again = size();
    ada.editor.chain().selectAll().toggleBulletList().run();
    expect((size() - again) / 500).toBeLessThan(120);
  });

  it('[EDIT-37] two editors of one document bring it along once', () => {
    const [ada, bo] = two('<p>one</p>');
    const element = document.body.appendChild(document.createElement('div'));
    const extensions = editorExtensions({ doc: ada.doc, awareness: ada.awareness, words: emptyWords });
    const second = new Editor({ element, injectCSS: false, extensions });
    ada.after('one');
    ada.type(' two');
    bo.editor.commands.setHeading({ level: 2 });
    exchange(ada, bo);
    for (const { lines } of [ada, bo]) expect(lines).toEqual(['heading: one two']);
    expect(second.state.doc.textContent).toBe('one two');
    second.destroy();
  });
});
