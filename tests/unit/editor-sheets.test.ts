// @vitest-environment happy-dom

import type { Mark, Node } from '@tiptap/pm/model';
import { afterEach, describe, expect, it } from 'vitest';
import { Sheets } from '../../lib/editor/sheets.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { closeWriters, two, type Writer } from '../support/writers.ts';

afterEach(closeWriters);

const LINES = 400;

function long(): [Writer, Writer] {
  const lines = Array.from({ length: LINES }, (_, at) => (at % 7 === 3 ? `<h2>Part ${at}</h2>` : `<p>Line ${at}</p>`));
  return two(lines.join(''));
}

function sheetsOf({ editor }: Writer): Element[] {
  return [...editor.view.dom.querySelectorAll(':scope > .sheet')];
}

/** What is drawn, block for block, without the sheets around it. */
function drawn({ editor }: Writer): (string | null)[] {
  const { dom } = editor.view;
  return [...dom.children].flatMap((child) =>
    child.className === 'sheet' ? [...child.children].map(({ textContent }) => textContent) : [child.textContent],
  );
}

function words({ editor }: Writer): string[] {
  return editor.state.doc.children.map(({ textContent }) => textContent);
}

/** The position behind the words of a line. */
function endOf({ editor }: Writer, line: string): number {
  let found = 0;
  editor.state.doc.descendants((node, position) => {
    if (node.textContent === line) found = position + node.nodeSize - 1;
    return false;
  });
  return found;
}

describe('a long text', () => {
  it('[SHEET-1] is drawn in sheets, and a short one is not', () => {
    const [ada] = long();
    const sizes = sheetsOf(ada).map(({ children }) => children.length);
    expect(sizes.length).toBeGreaterThan(5);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(LINES);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64);
    expect(sheetsOf(two('<p>Hello</p>')[0])).toEqual([]);
  });

  it('[SHEET-1] and a sheet begins where no heading wants room above', () => {
    const firsts = sheetsOf(long()[0]).map(({ firstElementChild }) => firstElementChild?.localName);
    expect(new Set(firsts)).toEqual(new Set(['p']));
  });

  it('[SHEET-2] nothing of them is in the text, or in what others get', () => {
    const [ada, bo] = long();
    expect(ada.editor.state.doc.children.flatMap(({ marks }) => marks)).toEqual([]);
    expect(ada.unsent).toBe(0);
    ada.editor.commands.setTextSelection({ from: 1, to: 4_000 });
    ada.editor.commands.toggleBlockquote();
    ada.editor.state.doc.check();
    ada.tell(bo);
    expect(bo.lines).toEqual(ada.lines);
  });

  it('[SHEET-3] what is written touches its own block: all others stay the elements that they were', () => {
    const [ada, bo] = long();
    const before = [...ada.editor.view.dom.querySelectorAll('p, h2')];
    bo.write(endOf(bo, 'Line 300'), ' and another');
    bo.tell(ada);
    ada.write(endOf(ada, 'Line 99'), ' and mine');
    ada.editor.commands.splitBlock();
    const after = new Set(ada.editor.view.dom.querySelectorAll('p, h2'));
    expect(before.filter((element) => !after.has(element)).length).toBeLessThanOrEqual(1);
    expect(drawn(ada)).toEqual(words(ada));
  });

  it('[SHEET-3] a position is found on the page, and the place on the page gives the position', () => {
    const [ada] = long();
    const { view, state } = ada.editor;
    for (let at = 1; at < state.doc.content.size; at += 37) {
      const $at = state.doc.resolve(at);
      if (!$at.parent.isTextblock) continue;
      const { node, offset } = view.domAtPos(at);
      expect(view.posAtDOM(node, offset)).toBe(at);
      expect(view.nodeDOM($at.before(1))?.textContent).toBe($at.node(1).textContent);
    }
  });

  it.each(Array.from({ length: 5 }, (_, at) => seedOfRun() + at))(
    '[SHEET-4] whatever becomes of its blocks, they are drawn once and in order (seed %i)',
    (seed) => {
      const random = new Random(seed);
      const [ada, bo] = long();
      for (let round = 0; round < 12; round++) {
        for (const { editor } of [ada, bo]) {
          const { doc, tr } = editor.state;
          const from = random.between(0, doc.childCount - 1);
          const to = Math.min(doc.childCount, from + random.between(0, random.pick([3, 3, 250])));
          const start = doc.children.slice(0, from).reduce((sum, { nodeSize }) => sum + nodeSize, 0);
          const size = doc.children.slice(from, to).reduce((sum, { nodeSize }) => sum + nodeSize, 0);
          const copies = doc.children.slice(to, to + random.between(0, random.pick([2, 2, 2, 200])));
          if (size < doc.content.size) editor.view.dispatch(tr.replaceWith(start, start + size, copies));
        }
        ada.tell(bo);
        bo.tell(ada);
        for (const writer of [ada, bo]) expect(drawn(writer)).toEqual(words(writer));
      }
      expect(ada.lines).toEqual(bo.lines);
    },
  );
});

describe('the blocks of a sheet', () => {
  const marksOf = (blocks: readonly Node[]): (Mark | undefined)[] => blocks.map(({ marks }) => marks[0]);

  it('[SHEET-4] a new block goes where its neighbours are, and many get sheets of their own', () => {
    const [{ editor }] = long();
    const sheets = new Sheets();
    const { doc } = editor.state;
    const before = marksOf(sheets.drawnOf(doc));
    const one = doc.child(0);
    const more = editor.state.tr.insert(0, one).insert(doc.content.size + one.nodeSize, one).doc;
    const after = marksOf(sheets.drawnOf(more));
    expect(after).toEqual([before[0], ...before, before.at(-1)]);
    const many = editor.state.tr.insert(doc.content.size, doc.children).doc;
    const grown = marksOf(sheets.drawnOf(many));
    expect(new Set(grown).size).toBeGreaterThan(new Set(before).size + 5);
  });
});
