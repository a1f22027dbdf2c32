// @vitest-environment happy-dom

import { afterEach, describe, expect, it } from 'vitest';
import type * as Y from 'yjs';
import { CONTENT } from '../../lib/convert/new-document.ts';
import { showPosition } from '../../lib/editor/content/toggle-view.ts';
import { editorOf } from '../support/editor.ts';
import { closeWriters, exchange, two, type Writer } from '../support/writers.ts';

afterEach(closeWriters);

/** The blocks as words: `callout(paragraph"a")`. */
function outline(writer: Writer): string {
  const shape = (node: typeof writer.editor.state.doc): string =>
    node.isTextblock ? `${node.type.name}"${node.textContent}"` : `${node.type.name}(${inside(node)})`;
  const inside = (node: typeof writer.editor.state.doc) => node.content.content.map(shape).join(' ');
  return inside(writer.editor.state.doc).replaceAll('paragraph', 'p');
}

const CALLOUT = '<div data-callout="warning"><p>one</p><p>two</p></div><p>end</p>';
const TOGGLE = '<div data-toggle><p>line</p><p>hidden</p></div><p>end</p>';
const columnsOf = (...texts: string[]) =>
  `<div data-columns>${texts.map((text) => `<div data-column><p>${text}</p></div>`).join('')}</div><p>end</p>`;

/** The tree of the shared document, as others will read it. */
const shared = (writer: Writer) => writer.doc.getXmlFragment(CONTENT).toString();

describe('callouts', () => {
  it('[BLOCK-1] are made around the block with the caret, change their kind, and go again', () => {
    const [ada, bo] = two('<p>one</p><p>two</p>');
    ada.after('one');
    ada.editor.commands.setCallout('tip');
    ada.editor.commands.setCallout('danger');
    expect(outline(ada)).toBe('callout(p"one") p"two"');
    exchange(ada, bo);
    expect(shared(bo)).toContain('kind="danger"');
    expect(bo.editor.view.dom.querySelector<HTMLElement>('.callout')?.ariaLabel).toBe('Danger');
    ada.editor.commands.unsetCallout();
    expect(outline(ada)).toBe('p"one" p"two"');
    expect(ada.caret).toBe('one|');
    expect(ada.editor.commands.unsetCallout()).toBe(false);
  });

  it('[BLOCK-1] around a list take the whole list', () => {
    const [ada] = two('<ul><li><p>one</p></li><li><p>two</p></li></ul>');
    ada.after('one');
    ada.editor.commands.setCallout('info');
    expect(outline(ada)).toBe('callout(bulletList(listItem(p"one") listItem(p"two")))');
  });

  it('[BLOCK-1] a quote is made around a list too, and goes again', () => {
    const [ada] = two('<ul><li><p>one</p></li><li><p>two</p></li></ul><p>three</p><p>four</p>');
    ada.after('one');
    ada.editor.commands.toggleBlockquote();
    expect(outline(ada)).toBe('blockquote(bulletList(listItem(p"one") listItem(p"two"))) p"three" p"four"');
    ada.editor.commands.toggleBlockquote();
    expect(outline(ada)).toBe('bulletList(listItem(p"one") listItem(p"two")) p"three" p"four"');
    const end = ada.editor.state.doc.content.size;
    ada.editor.commands.setTextSelection({ from: end - 8, to: end - 2 });
    ada.editor.commands.toggleBlockquote();
    expect(outline(ada)).toContain('blockquote(p"three" p"four")');
    ada.after('three');
    ada.editor.commands.toggleBlockquote();
    expect(outline(ada)).toContain('p"three" blockquote(p"four")');
  });

  it.each([
    ['[!NOTE] ', 'info'],
    ['[!tip] ', 'tip'],
    ['[!Warning] ', 'warning'],
    ['> [!CAUTION] ', 'danger'],
  ])('[BLOCK-2] %j begins one', (typed, kind) => {
    const [ada] = two('<p></p>');
    ada.type(`${typed}words`);
    expect(outline(ada)).toBe('callout(p"words")');
    expect(ada.editor.getAttributes('callout')).toEqual({ kind });
  });

  it('[BLOCK-2] other words in brackets stay words, and Backspace takes the shortcut back', () => {
    const [ada] = two('<p></p>');
    ada.type('[!CONSTRUCTOR] [!NOPE] ');
    expect(outline(ada)).toBe('p"[!CONSTRUCTOR] [!NOPE] "');
    const [bo] = two('<p></p>');
    bo.type('[!NOTE] ');
    bo.press('Backspace');
    expect(outline(bo)).toBe('p"[!NOTE] "');
  });

  it.each([undefined, 'x', 7, {}, 'constructor', '"><script>'])('[BLOCK-3] of kind %j are shown as notes', (kind) => {
    const [ada, bo] = two(CALLOUT);
    const callout = bo.doc.getXmlFragment(CONTENT).get(0) as Y.XmlElement;
    callout.setAttribute('kind', kind as never);
    exchange(ada, bo);
    const shown = ada.editor.view.dom.querySelector<HTMLElement>('.callout');
    expect(shown?.dataset.callout).toBe('info');
    expect(ada.editor.getHTML()).toContain('data-callout="info"');
    expect(ada.unsent).toBe(0);
  });
});

describe('the edges of callouts, toggles and columns', () => {
  it('[BLOCK-4] Enter in an empty last line leaves them', () => {
    const [ada] = two(CALLOUT);
    ada.after('two');
    ada.press('Enter');
    ada.press('Enter');
    ada.type('out');
    expect(outline(ada)).toBe('callout(p"one" p"two") p"out" p"end"');
    const [bo] = two(columnsOf('left', 'right'));
    bo.after('left');
    bo.press('Enter');
    bo.press('Enter');
    bo.type('out');
    expect(outline(bo)).toBe('columns(column(p"left") column(p"right")) p"out" p"end"');
  });

  it('[BLOCK-4] in an empty line between others it is just one more line', () => {
    const [ada] = two(CALLOUT);
    ada.after('one');
    ada.press('Enter');
    ada.press('Enter');
    ada.type('x');
    expect(outline(ada)).toBe('callout(p"one" p"" p"x" p"two") p"end"');
  });

  it('[BLOCK-4] the only line of a column is not left: an empty column can be written in', () => {
    const [ada] = two(columnsOf('left', ''));
    ada.after('left');
    ada.editor.commands.setTextSelection(ada.editor.state.selection.head + 4);
    ada.press('Enter');
    ada.type('x');
    expect(outline(ada)).toBe('columns(column(p"left") column(p"" p"x")) p"end"');
  });

  it('[BLOCK-5] Backspace at the start of a callout or toggle leaves its blocks where it stood', () => {
    const [ada] = two(CALLOUT);
    ada.before('one');
    ada.press('Backspace');
    expect(outline(ada)).toBe('p"one" p"two" p"end"');
    expect(ada.caret).toBe('|one');
    const [bo] = two(TOGGLE);
    bo.before('line');
    bo.press('Backspace');
    expect(outline(bo)).toBe('p"line" p"hidden" p"end"');
  });

  it.each([
    ['a', 'p"a" columns(column(p"b") column(p"c")) p"end"'],
    ['b', 'columns(column(p"a" p"b") column(p"c")) p"end"'],
    ['c', 'columns(column(p"a") column(p"b" p"c")) p"end"'],
  ])('[BLOCK-5] at the start of column %s it takes that column away, and no word', (column, left) => {
    const [ada] = two(columnsOf('a', 'b', 'c'));
    ada.before(column);
    ada.press('Backspace');
    expect(outline(ada)).toBe(left);
    expect(ada.caret).toBe(`|${column}`);
  });

  it('[BLOCK-5] an empty column goes without a trace', () => {
    const [ada] = two(columnsOf('a', '', 'c'));
    ada.after('a');
    ada.editor.commands.setTextSelection(ada.editor.state.selection.head + 4);
    ada.press('Backspace');
    expect(outline(ada)).toBe('columns(column(p"a") column(p"c")) p"end"');
    expect(ada.caret).toBe('a|');
  });

  it.each(['a', 'b'])('[BLOCK-6] of two columns, %s taken away, none is left', (column) => {
    const [ada] = two(columnsOf('a', 'b'));
    ada.before(column);
    ada.press('Backspace');
    expect(outline(ada)).toBe('p"a" p"b" p"end"');
    expect(ada.caret).toBe(`|${column}`);
  });

  it('[BLOCK-5] Backspace elsewhere deletes as usual', () => {
    const [ada] = two(columnsOf('a', 'bb'));
    ada.before('end');
    ada.press('Backspace');
    expect(outline(ada)).toBe(outline(two(columnsOf('a', 'bb'))[0]));
    const [bo] = two(CALLOUT);
    bo.before('two');
    bo.press('Backspace');
    expect(outline(bo)).toBe('callout(p"onetwo") p"end"');
  });
});

describe('columns', () => {
  it('[BLOCK-7] are made around the block with the caret, become more and fewer, and go again', () => {
    const [ada, bo] = two('<p>one</p><p>two</p>');
    ada.after('one');
    ada.editor.commands.setColumns(2);
    expect(outline(ada)).toBe('columns(column(p"one") column(p"")) p"two"');
    expect(ada.caret).toBe('one|');
    ada.editor.commands.setColumns(3);
    ada.write(ada.editor.state.selection.head + 4, 'middle');
    expect(outline(ada)).toBe('columns(column(p"one") column(p"middle") column(p"")) p"two"');
    ada.editor.commands.setColumns(2);
    expect(outline(ada)).toBe('columns(column(p"one") column(p"middle")) p"two"');
    exchange(ada, bo);
    expect(outline(bo)).toBe(outline(ada));
    ada.editor.commands.unsetColumns();
    expect(outline(ada)).toBe('p"one" p"middle" p"two"');
  });

  it('[BLOCK-7] fewer columns keep the words of those that go', () => {
    const [ada] = two(columnsOf('a', 'b', 'c'));
    ada.after('c');
    ada.editor.commands.setColumns(2);
    expect(outline(ada)).toBe('columns(column(p"a") column(p"b" p"c")) p"end"');
    expect(ada.caret).toBe('c|');
  });

  it('[BLOCK-7] are not made in a table, and a list goes in as a whole', () => {
    const [ada] = two('<table><tr><td><p>cell</p></td></tr></table><ul><li><p>item</p></li></ul>');
    ada.after('cell');
    expect(ada.editor.commands.setColumns(2)).toBe(false);
    ada.after('item');
    ada.editor.commands.setColumns(2);
    expect(outline(ada)).toContain('columns(column(bulletList(listItem(p"item"))) column(p""))');
  });

  it('[BLOCK-8] of which two people take one away each leave the third, shown alone; nobody repairs it unasked', () => {
    const [ada, bo] = two(columnsOf('a', '', ''));
    const second = 1 + 5 + 2;
    const third = second + 4;
    ada.editor.commands.setTextSelection(second);
    bo.editor.commands.setTextSelection(third);
    ada.press('Backspace');
    bo.press('Backspace');
    ada.tell(bo);
    bo.tell(ada);
    expect(outline(ada)).toBe('columns(column(p"a")) p"end"');
    expect(outline(bo)).toBe(outline(ada));
    expect(ada.unsent + bo.unsent).toBe(0);
    ada.before('a');
    ada.press('Backspace');
    expect(outline(ada)).toBe('p"a" p"end"');
  });
});

describe('toggles', () => {
  const isOpen = (writer: Writer) => writer.editor.view.dom.querySelector('.toggle')?.hasAttribute('data-open');
  const button = (writer: Writer) => writer.editor.view.dom.querySelector<HTMLElement>('.toggle-button');

  it('[BLOCK-10] are made of the block with the caret, which is the line, and go again', () => {
    const [ada, bo] = two('<h2>Question</h2><p>end</p>');
    ada.after('Question');
    ada.editor.commands.setToggle();
    expect(outline(ada)).toBe('toggle(heading"Question" p"") p"end"');
    expect(ada.caret).toBe('Question|');
    exchange(ada, bo);
    expect(outline(bo)).toBe(outline(ada));
    ada.editor.commands.unsetToggle();
    expect(outline(ada)).toBe('heading"Question" p"" p"end"');
  });

  it('[BLOCK-10] of a list have a line of their own', () => {
    const [ada] = two('<ul><li><p>one</p></li></ul>');
    ada.after('one');
    ada.editor.commands.setToggle();
    expect(outline(ada)).toBe('toggle(p"" bulletList(listItem(p"one")))');
  });

  it('[BLOCK-11] open and close for one person only, by button and by key, and say which', () => {
    const [ada, bo] = two(TOGGLE);
    expect(button(ada)?.ariaExpanded).toBe('false');
    expect(button(ada)?.ariaLabel).toBe('Show or hide');
    expect(ada.editor.view.dom.textContent).toBe('linehiddenend'); // the buttons have no words in the text
    button(ada)?.click();
    expect([isOpen(ada), isOpen(bo)]).toEqual([true, false]);
    expect(button(ada)?.ariaExpanded).toBe('true');
    ada.after('line');
    ada.press('Enter', { mod: true });
    expect(isOpen(ada)).toBe(false);
    expect(ada.unsent).toBe(0);
  });

  it('[BLOCK-12] what has my caret is shown; closing takes the caret out', () => {
    const [ada] = two(TOGGLE);
    ada.after('hidden');
    expect(isOpen(ada)).toBe(true);
    button(ada)?.click();
    expect(isOpen(ada)).toBe(false);
    expect(ada.caret).toBe('line|');
    expect(ada.unsent).toBe(0);
  });

  it('[BLOCK-12] a position can be shown without going there', () => {
    const [, bo] = two(`<p></p><div data-toggle><p>outer</p>${TOGGLE}</div>`);
    const open = () => bo.editor.view.dom.querySelectorAll('.toggle[data-open]').length;
    expect(open()).toBe(0);
    showPosition(bo.editor.view, 18);
    expect(open()).toBe(2);
  });

  it("[BLOCK-13] stay as I left them when others write in them, and don't close under my hands", () => {
    const [ada, bo] = two(TOGGLE);
    button(ada)?.click();
    bo.after('hidden');
    bo.type(' words');
    exchange(ada, bo);
    expect(isOpen(ada)).toBe(true);
    expect(outline(ada)).toContain('hidden words');
  });

  it('[BLOCK-14] Enter at the end of an open line goes on inside', () => {
    const [ada] = two(TOGGLE);
    ada.after('line');
    ada.press('Enter', { mod: true });
    ada.press('Enter');
    ada.type('first');
    expect(outline(ada)).toBe('toggle(p"line" p"first" p"hidden") p"end"');
  });

  it('[BLOCK-14] Enter at the end of a closed line begins the next toggle, and in an empty one ends them', () => {
    const [ada] = two(TOGGLE);
    ada.after('line');
    ada.press('Enter');
    ada.type('next');
    expect(outline(ada)).toBe('toggle(p"line" p"hidden") toggle(p"next") p"end"');
    ada.press('Enter');
    ada.type('more');
    ada.press('Enter');
    expect(outline(ada)).toBe('toggle(p"line" p"hidden") toggle(p"next") toggle(p"more") toggle(p"") p"end"');
    ada.press('Enter');
    expect(outline(ada)).toBe('toggle(p"line" p"hidden") toggle(p"next") toggle(p"more") p"" p"end"');
  });

  it('[BLOCK-14] a fresh one is open, with its first line ready', () => {
    const [ada] = two('<p></p>');
    ada.editor.commands.setToggle();
    ada.type('line');
    ada.press('Enter');
    ada.type('body');
    expect(outline(ada)).toBe('toggle(p"line" p"body")');
    expect(isOpen(ada)).toBe(true);
  });

  it('[BLOCK-15] of other pages (details) come in with their line', () => {
    const editor = editorOf('<details><summary>Line <b>x</b></summary><p>body</p></details>');
    expect(editor.state.doc.firstChild?.content.content.map((node) => node.textContent)).toEqual(['Line x', 'body']);
    editor.destroy();
  });

  it('[BLOCK-16] whose line two people change at once lose nothing below it', () => {
    const [ada, bo] = two(TOGGLE);
    ada.after('line');
    ada.editor.commands.setHeading({ level: 2 });
    bo.after('line');
    bo.editor.commands.setHeading({ level: 3 });
    exchange(ada, bo);
    expect(outline(ada)).toBe(outline(bo));
    expect(outline(ada)).toContain('p"hidden"');
    expect(ada.editor.state.doc.firstChild?.type.name).toBe('toggle');
  });
});
