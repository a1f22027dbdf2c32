// @vitest-environment happy-dom

import { NodeSelection } from '@tiptap/pm/state';
import { afterEach, describe, expect, it } from 'vitest';
import { closeWriters, two, type Writer } from '../support/writers.ts';

afterEach(closeWriters);

const TABLE = '<table><tr><td><p>a</p></td><td><p>b</p></td></tr><tr><td><p>c</p></td><td><p>d</p></td></tr></table>';

const selected = ({ editor }: Writer) => {
  const { selection } = editor.state;
  return selection instanceof NodeSelection ? selection.node.type.name : undefined;
};

/** What is selected, block by block. */
const words = ({ editor }: Writer) => {
  const { from, to } = editor.state.selection;
  return editor.state.doc.textBetween(from, to, '|');
};

/** There is no layout here: the caret is in the upper line of its block. */
const atTop = ({ editor }: Writer) => {
  editor.view.endOfTextblock = () => true;
};

describe('[EDIT-45] a block that cannot be written in', () => {
  it.each([
    ['image', '<img src="https://example.org/a.png">'],
    ['blockMath', '<div data-type="block-math" data-latex="x"></div>'],
    ['embed', '<div data-type="embed"><a href="https://example.org/a">a</a></div>'],
    ['board', '<div data-board="abcdefghijkl"></div>'],
  ])('%s is selected by Backspace and Delete beside it, and deleted by the next', (name, html) => {
    const [ada] = two(`<p>one</p>${html}<p>two</p>`);
    if (!ada.lines.some((line) => line.startsWith(name))) throw new Error(`no ${name}: ${ada.lines}`);
    ada.before('two');
    ada.press('Backspace');
    expect(selected(ada)).toBe(name);
    ada.after('one');
    ada.press('Delete');
    expect(selected(ada)).toBe(name);
    ada.press('Delete');
    expect(ada.lines).toEqual(['paragraph: one', 'paragraph: two']);
  });

  it('takes an empty line beside it away', () => {
    const [ada] = two('<img src="https://example.org/a.png"><p></p>');
    ada.editor.commands.setTextSelection(2);
    ada.press('Backspace');
    expect(ada.lines).toEqual(['image: ']);
  });
});

describe('[EDIT-46] at the upper edge', () => {
  it('of a heading, Backspace makes it text, and only then joins it to the line above', () => {
    const [ada] = two('<p>one</p><h2>two</h2>');
    ada.before('two');
    ada.press('Backspace');
    expect(ada.lines).toEqual(['paragraph: one', 'paragraph: two']);
    ada.press('Backspace');
    expect(ada.lines).toEqual(['paragraph: onetwo']);
  });

  it.each([
    ['table', TABLE, 'b'],
    ['callout', '<div data-callout="tip"><p>a</p></div>', 'a'],
    ['toggle', '<div data-toggle><p>a</p><p>b</p></div>', 'a'],
    ['columns', '<div data-columns><div data-column><p>a</p></div><div data-column><p>b</p></div></div>', 'b'],
  ])('of a %s that is the first block, ArrowUp begins a line above it', (name, html, line) => {
    const [ada] = two(html);
    ada.before(line);
    atTop(ada);
    ada.press('ArrowUp');
    ada.type('!');
    expect(ada.lines.map((block) => block.split(':')[0])).toEqual(['paragraph', name]);
    expect(ada.caret).toBe('!|');
  });

  it.each([
    ['in the second row', TABLE, 'c'],
    ['below another block', `<p>x</p>${TABLE}`, 'a'],
    ['in the second line', '<div data-callout="tip"><p>a</p><p>b</p></div>', 'b'],
  ])('%s it does not', (_where, html, line) => {
    const [ada] = two(html);
    const before = ada.lines.length;
    ada.before(line);
    atTop(ada);
    ada.press('ArrowUp');
    expect(ada.lines).toHaveLength(before);
  });
});

describe('[EDIT-47] several lines that become code', () => {
  it('are one block, without marks', () => {
    const [ada] = two('<p>let <strong>a</strong>;</p><h2>b</h2><p>c<br>d</p><p>rest</p>');
    ada.editor.commands.setTextSelection({ from: 2, to: 14 });
    ada.editor.commands.toggleCodeBlock();
    expect(ada.lines).toEqual(['codeBlock: let a;\nb\nc\nd', 'paragraph: rest']);
  });

  it('leave a list among them as it is', () => {
    const [ada] = two('<p>a</p><ul><li><p>b</p></li></ul>');
    ada.editor.commands.selectAll();
    ada.editor.commands.toggleCodeBlock();
    expect(ada.editor.state.doc.textContent).toBe('ab');
  });
});

describe('[EDIT-48] Ctrl+A', () => {
  it.each([
    ['code', '<p>x</p><pre><code>a\nb</code></pre>', 'a', 'a\nb'],
    ['a cell', `<p>x</p>${TABLE}`, 'd', 'd'],
  ])('in %s selects that, pressed again the document', (_what, html, line, inside) => {
    const [ada] = two(html);
    ada.before(line);
    ada.press('a', { mod: true });
    expect(words(ada)).toBe(inside);
    ada.press('a', { mod: true });
    expect(words(ada)).toBe(ada.editor.state.doc.textBetween(0, ada.editor.state.doc.content.size, '|'));
  });

  it('elsewhere selects the document at once', () => {
    const [ada] = two('<p>x</p><p>y</p>');
    ada.before('y');
    ada.press('a', { mod: true });
    expect(words(ada)).toBe('x|y');
  });
});

it('[EDIT-47] code that Enter began gives back by Backspace what was typed, without the Enter', () => {
  const [ada] = two('<p></p>');
  ada.editor.commands.setTextSelection(1);
  ada.type('```js');
  ada.press('Enter');
  expect(ada.lines).toEqual(['codeBlock: ']);
  ada.press('Backspace');
  expect(ada.lines).toEqual(['paragraph: ```js']);
});
