// @vitest-environment happy-dom

import { afterEach, describe, expect, it } from 'vitest';
import { closeWriters, exchange, two, type Writer } from '../support/writers.ts';

afterEach(closeWriters);

const code = (...lines: string[]) => `<pre><code>${lines.join('\n')}</code></pre>`;

const written = ({ editor }: Writer) => editor.state.doc.firstChild?.textContent;

function select({ editor }: Writer, from: number, to: number): void {
  editor.commands.setTextSelection({ from, to });
}

describe('[EDIT-42] in code', () => {
  it('Tab indents at the caret, and all selected lines', () => {
    const [ada] = two(code('if (a)', 'b', '', 'c'));
    ada.before('b');
    expect(ada.press('Tab')).toBe(true);
    expect(written(ada)).toBe('if (a)\n  b\n\nc');
    select(ada, 9, 15);
    ada.press('Tab');
    expect(written(ada)).toBe('if (a)\n    b\n\n  c');
  });

  it('a line of which only the break before it is selected stays', () => {
    const [ada] = two(code('a', 'b'));
    select(ada, 1, 3);
    ada.press('Tab');
    expect(written(ada)).toBe('  a\nb');
  });

  it('Shift+Tab takes it back as far as there is any, and keeps the focus', () => {
    const [ada] = two(code('   a', '\tb', 'c'));
    select(ada, 1, 9);
    expect(ada.press('Tab', { shift: true })).toBe(true);
    expect(written(ada)).toBe(' a\nb\nc');
    ada.press('Tab', { shift: true });
    expect(written(ada)).toBe('a\nb\nc');
    expect(ada.press('Tab', { shift: true })).toBe(true);
    expect(written(ada)).toBe('a\nb\nc');
  });

  it('a block with tabs gets tabs', () => {
    const [ada] = two(code('a', '\tb'));
    ada.before('a');
    ada.press('Tab');
    expect(written(ada)).toBe('\ta\n\tb');
  });

  it('Enter begins the next line below the first letter of this one', () => {
    const [ada] = two(code('  a(b)'));
    ada.after('a(');
    ada.press('Enter');
    expect(written(ada)).toBe('  a(\n  b)');
    expect(ada.caret).toBe('  a(\n  |b)');
  });

  it('Enter three times leaves the block, from an indented line too', () => {
    const [ada] = two(code('  a'));
    ada.after('a');
    for (let presses = 0; presses < 3; presses++) ada.press('Enter');
    ada.type('b');
    expect(ada.lines).toEqual(['codeBlock:   a', 'paragraph: b']);
  });

  it('what somebody else types in a line while it is indented is kept', () => {
    const [ada, bo] = two(code('one', 'two'));
    select(ada, 1, 8);
    ada.press('Tab');
    bo.after('tw');
    bo.type('!');
    exchange(ada, bo);
    expect(written(ada)).toBe('  one\n  tw!o');
    expect(written(bo)).toBe('  one\n  tw!o');
  });

  it('ArrowUp from the first line of the first block begins a line above it', () => {
    const [ada] = two(code('a'));
    ada.before('a');
    ada.editor.view.endOfTextblock = () => true;
    ada.press('ArrowUp');
    ada.type('b');
    expect(ada.lines).toEqual(['paragraph: b', 'codeBlock: a']);
  });
});
