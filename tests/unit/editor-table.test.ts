// @vitest-environment happy-dom

import { CellSelection, TableMap } from '@tiptap/pm/tables';
import { afterEach, describe, expect, it } from 'vitest';
import type * as Y from 'yjs';
import { CONTENT } from '../../lib/convert/new-document.ts';
import { alignmentAt } from '../../lib/editor/content/alignment.ts';
import { closeWriters, exchange, two, type Writer } from '../support/writers.ts';

afterEach(closeWriters);

const tableOf = (...rows: string[]) =>
  `<table>${rows.map((row) => `<tr>${[...row].map((cell) => `<td><p>${cell}</p></td>`).join('')}</tr>`).join('')}</table>`;

/** The rows as words, cells set apart by bars. */
function grid(writer: Writer): string[] {
  return (writer.editor.state.doc.firstChild?.content.content ?? []).map((row) =>
    row.content.content.map((cell) => cell.textContent).join('|'),
  );
}

function problems({ editor }: Writer): unknown {
  const table = editor.state.doc.firstChild;
  return table?.type.name === 'table' ? TableMap.get(table).problems : 'no table';
}

/** Selects the cells from the one with the text `from` to the one with `to`. */
function select({ editor }: Writer, from: string, to: string): void {
  const cells = new Map<string, number>();
  editor.state.doc.descendants((node, position) => {
    if (node.type.spec.tableRole?.includes('cell')) cells.set(node.textContent, position);
  });
  editor.commands.setCellSelection({ anchorCell: cells.get(from) ?? -1, headCell: cells.get(to) ?? -1 });
}

const firstCell = (writer: Writer) => {
  const table = writer.doc.getXmlFragment(CONTENT).get(0) as Y.XmlElement;
  return (table.get(0) as Y.XmlElement).get(0) as Y.XmlElement;
};

describe('a table', () => {
  it('[TABLE-1] Tab goes from cell to cell and past the last begins a row; Shift+Tab goes back', () => {
    const [ada] = two(tableOf('ab', 'cd'));
    ada.after('a');
    ada.press('Tab');
    ada.type('B');
    ada.press('Tab', { shift: true });
    ada.type('A');
    ada.after('d');
    ada.press('Tab');
    ada.type('new');
    expect(grid(ada)).toEqual(['A|B', 'c|d', 'new|']);
  });

  it('[TABLE-2] cells are merged and split, and the other person has the same', () => {
    const [ada, bo] = two(tableOf('ab', 'cd'));
    select(ada, 'a', 'b');
    ada.editor.commands.mergeCells();
    exchange(ada, bo);
    expect(grid(bo)).toEqual(['ab', 'c|d']);
    expect(firstCell(bo).getAttribute('colspan')).toBe(2 as never);
    expect(bo.editor.view.dom.querySelector('td')?.getAttribute('colspan')).toBe('2');
    bo.after('a');
    bo.editor.commands.splitCell();
    exchange(ada, bo);
    expect(grid(ada)).toEqual(['ab|', 'c|d']);
    expect(problems(ada)).toBe(null);
  });

  it('[TABLE-3] has a header row and a header column', () => {
    const [ada, bo] = two(tableOf('ab', 'cd'));
    ada.after('a');
    ada.editor.commands.toggleHeaderRow();
    ada.editor.commands.toggleHeaderColumn();
    exchange(ada, bo);
    const kinds = [...bo.editor.view.dom.querySelectorAll('tr')].map((row) =>
      [...row.children].map(({ nodeName }) => nodeName).join(' '),
    );
    expect(kinds).toEqual(['TH TH', 'TH TD']);
  });

  it('[TABLE-4] a cell has a background of the palette, and is aligned as a whole', () => {
    const [ada, bo] = two(tableOf('ab', 'cd'));
    select(ada, 'a', 'c');
    ada.editor.commands.setCellAttribute('background', 'green');
    ada.editor.commands.setAlignment('right');
    exchange(ada, bo);
    const cells = [...bo.editor.view.dom.querySelectorAll<HTMLElement>('td')];
    expect(cells.map(({ dataset }) => `${dataset.background} ${dataset.align}`)).toEqual([
      'green right',
      'undefined undefined',
      'green right',
      'undefined undefined',
    ]);
    bo.after('a');
    bo.press('Enter');
    expect(alignmentAt(bo.editor.state)).toBe('right');
    bo.editor.commands.setAlignment('left');
    expect(alignmentAt(bo.editor.state)).toBe('left');
  });

  const hostile: ReadonlyArray<readonly [string, unknown]> = [
    ['colspan', 1e9],
    ['colspan', -1],
    ['colspan', Number.NaN],
    ['colspan', 'x'],
    ['rowspan', 1e9],
    ['rowspan', {}],
    ['colwidth', 'x'],
    ['colwidth', { length: 1e9 }],
    ['colwidth', [1e9]],
    ['background', 'url(https://evil.example)'],
    ['align', 'left; background: url(https://evil.example)'],
  ];

  it.each(hostile)('[TABLE-5] whose cell has the %s %j is laid out, and nothing is written', (name, value) => {
    const [ada, bo] = two(tableOf('ab', 'cd'));
    firstCell(bo).setAttribute(name, value as never);
    exchange(ada, bo);
    expect(grid(ada)).toEqual(['a|b', 'c|d']);
    expect(ada.editor.view.dom.innerHTML).not.toContain('evil');
    expect(ada.editor.getHTML()).not.toContain('evil');
    expect(ada.editor.view.dom.querySelectorAll('col').length).toBeLessThan(100);
    expect(ada.unsent).toBe(0);
    ada.after('d');
    ada.type('!');
    ada.editor.commands.addColumnAfter();
    exchange(ada, bo);
    expect(problems(ada)).toBe(null);
    expect(grid(bo)).toEqual(grid(ada));
  });
});

describe('a table that two people change at once', () => {
  function uneven(): [Writer, Writer] {
    const [ada, bo] = two(tableOf('ab', 'cd'));
    ada.after('d');
    ada.editor.commands.addRowAfter();
    bo.after('b');
    bo.editor.commands.addColumnAfter();
    ada.tell(bo);
    bo.tell(ada);
    return [ada, bo];
  }

  it('[TABLE-6] is the same for both, and nobody repairs it unasked', () => {
    const [ada, bo] = uneven();
    expect(ada.unsent + bo.unsent).toBe(0);
    expect(grid(ada)).toEqual(['a|b|', 'c|d|', '|']);
    expect(grid(bo)).toEqual(grid(ada));
    expect(bo.editor.view.dom.querySelectorAll('td')).toHaveLength(8);
  });

  it('[TABLE-7] is made even by the next who edits in it', () => {
    const [ada, bo] = uneven();
    bo.after('a');
    bo.type('!');
    expect(problems(bo)).toBe(null);
    exchange(ada, bo);
    expect(grid(ada)).toEqual(['a!|b|', 'c|d|', '||']);
  });

  it('[TABLE-7] or selects cells in it, and an edit elsewhere leaves it', () => {
    const [ada] = uneven();
    ada.editor.commands.insertContentAt(ada.editor.state.doc.content.size, '<p>below</p>');
    expect(problems(ada)).not.toBe(null);
    select(ada, 'a', 'd');
    expect(problems(ada)).toBe(null);
  });

  it('[TABLE-8] does not grow when both make it even at once', () => {
    const [ada, bo] = uneven();
    ada.after('a');
    ada.type('1');
    bo.after('d');
    bo.type('2');
    ada.tell(bo);
    bo.tell(ada);
    expect(ada.unsent + bo.unsent).toBe(0);
    expect(grid(ada)[2]).toBe('|||'); // one cell too many
    ada.type('3');
    exchange(ada, bo);
    for (const writer of [ada, bo]) {
      expect(problems(writer)).toBe(null);
      expect(grid(writer)).toEqual(['a13|b|', 'c|d2|', '||']);
    }
  });

  it('[TABLE-8] keeps every cell that has words', () => {
    const [ada, bo] = two(tableOf('ab', 'cd', 'ef'));
    ada.after('f');
    ada.editor.commands.addRowAfter();
    ada.press('Tab');
    ada.press('Tab');
    ada.type('kept');
    bo.after('b');
    bo.editor.commands.deleteColumn();
    exchange(ada, bo);
    bo.after('a');
    bo.type('!');
    exchange(ada, bo);
    expect(problems(ada)).toBe(null);
    expect(grid(ada).join()).toContain('kept');
    expect(grid(bo)).toEqual(grid(ada));
  });

  it('[TABLE-9] undo takes back what I did, and what made it even with it', () => {
    const [ada, bo] = uneven();
    ada.pause();
    ada.after('a');
    ada.type('!');
    ada.editor.commands.undo();
    expect(grid(ada)).toEqual(['a|b|', 'c|d|', '|']);
    exchange(ada, bo);
    expect(grid(bo)).toEqual(grid(ada));
  });

  it('[TABLE-7] selecting cells keeps the selection where the table is even', () => {
    const [ada] = two(tableOf('ab', 'cd'));
    select(ada, 'a', 'd');
    expect(ada.editor.state.selection).toBeInstanceOf(CellSelection);
  });
});

describe('[EDIT-49] a selection from within a table to beyond it', () => {
  const html = `<p>before</p>${tableOf('ab', 'cd')}<ul><li><p>after</p></li></ul>`;
  const select = ({ editor }: Writer, from: string, to: string) => {
    const at = (words: string) => {
      let found = 0;
      editor.state.doc.descendants((node, position) => {
        if (node.text === words) found = position;
      });
      return found;
    };
    editor.commands.setTextSelection({ from: at(from), to: at(to) + (to.length > 1 ? 2 : 1) });
  };
  const cells = ({ editor }: Writer) => {
    const texts: string[] = [];
    editor.state.doc.descendants((node) => {
      if (node.type.spec.tableRole === 'cell') texts.push(node.textContent);
    });
    return texts;
  };

  it.each([
    ['b', 'after', ['a', '', '', ''], ['before', 'a', 'ter']],
    ['before', 'b', ['', '', 'c', 'd'], ['', 'cd', 'after']],
  ])('from %s to %s empties cells and takes none away', (from, to, left, lines) => {
    const [ada, bo] = two(html);
    select(ada, from, to);
    ada.press('Delete');
    expect(cells(ada)).toEqual(left);
    expect(ada.lines.map((line) => line.split(': ')[1])).toEqual(lines);
    exchange(ada, bo);
    expect(cells(bo)).toEqual(left);
    expect(TableMap.get(ada.editor.state.doc.child(1)).problems).toBeNull();
  });

  it('is cut as it is copied, and leaves the cells', () => {
    const [ada] = two(html);
    select(ada, 'b', 'after');
    const copied = ada.editor.view.serializeForClipboard(ada.editor.state.selection.content()).dom.innerHTML;
    const held = new Map<string, string>();
    const event = new Event('cut', { bubbles: true, cancelable: true });
    const clipboardData = {
      clearData: () => held.clear(),
      setData: (type: string, data: string) => held.set(type, data),
    };
    ada.editor.view.dom.dispatchEvent(Object.assign(event, { clipboardData }));
    expect(event.defaultPrevented).toBe(true);
    expect(held.get('text/html')).toBe(copied);
    expect(held.get('text/plain')).toContain('af');
    expect(cells(ada)).toEqual(['a', '', '', '']);
    expect(ada.lines.map((line) => line.split(': ')[1])).toEqual(['before', 'a', 'ter']);
  });

  it('is replaced by what is typed', () => {
    const [ada] = two(html);
    select(ada, 'd', 'after');
    ada.type('!');
    expect(cells(ada)).toEqual(['a', 'b', 'c', '!']);
    expect(ada.editor.state.doc.lastChild?.textContent).toBe('ter');
  });
});
