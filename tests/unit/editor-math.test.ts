// @vitest-environment happy-dom

import type { Editor } from '@tiptap/core';
import { NodeSelection } from '@tiptap/pm/state';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { drawFormula, FORMULA_LENGTH } from '../../lib/editor/content/formula.ts';
import { selectedMath, setMath } from '../../lib/editor/content/math.ts';
import { editorOf as openEditor } from '../support/editor.ts';
import { press, typeInto } from '../support/typed.ts';

const editors: Editor[] = [];

afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
});

function editorOf(content: unknown = ''): Editor {
  const editor = openEditor(content);
  editors.push(editor);
  return editor;
}

const inline = (latex: unknown) => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'inlineMath', attrs: { latex } }] }],
});
const formulas = (editor: Editor): string[] => {
  const found: string[] = [];
  editor.state.doc.descendants((node) => {
    if (node.type.name.endsWith('Math')) found.push(`${node.type.name}: ${node.attrs.latex}`);
  });
  return found;
};
const markup = (node: Node) => (node as Element).outerHTML;

describe('drawing a formula', () => {
  it('[MATH-1] gives MathML to screen readers, and letters to the eyes', async () => {
    const formula = await drawFormula('\\frac{a}{b}', true);
    if (formula.state !== 'drawn') throw new Error(formula.state);
    const dom = formula.dom as Element;
    expect(dom.querySelector('math mfrac')).not.toBe(null);
    expect(dom.querySelector('.katex-html')?.getAttribute('aria-hidden')).toBe('true');
  });

  it('[MATH-2] that cannot be read says why', async () => {
    expect(await drawFormula('\\frac{a', false)).toMatchObject({
      state: 'invalid',
      message: /^Unexpected end|^Expected/,
    });
    expect(await drawFormula('x'.repeat(FORMULA_LENGTH + 1), false)).toEqual({ state: 'too long' });
  });

  it.each([
    ['\\href{javascript:alert(1)}{x}', 'href='],
    ['\\url{https://example.org}', 'href='],
    ['\\includegraphics{https://example.org/x.png}', '<img'],
    ['\\htmlStyle{position:fixed}{x}', 'position'],
    ['\\htmlClass{overlay}{x}', 'overlay'],
    ['\\htmlData{testid=x}{x}', 'data-testid'],
    ['x<img src=x onerror=alert(1)>', '<img'],
  ])('[MATH-3] %s brings no link, image or attribute along', async (latex, forbidden) => {
    const formula = await drawFormula(latex, false);
    if (formula.state !== 'drawn') return expect(formula.state).toBe('invalid');
    expect(markup(formula.dom).replace(/<annotation.*?<\/annotation>/s, '')).not.toContain(forbidden);
  });

  it.each([
    [
      'doubling',
      `\\def\\a{xx}${'bcdefghijklmnop'.replace(/./g, (to) => `\\def\\${to}{${`\\${String.fromCharCode(to.charCodeAt(0) - 1)}`.repeat(2)}}`)}\\p`,
    ],
    ['repeating', `\\newcommand\\a{${'x'.repeat(1_600)}}${'\\a'.repeat(180)}`],
    ['endless', '\\def\\a{\\a\\a}\\a'],
    ['by another name', `\\let\\a=\\def\\a\\b{${'x'.repeat(900)}}${'\\b'.repeat(400)}`],
    ['global', `\\gdef\\a{${'x'.repeat(900)}}${'\\a'.repeat(400)}`],
  ])('[MATH-4] no command can be defined: %s', async (_name, bomb) => {
    expect(bomb.length).toBeLessThanOrEqual(FORMULA_LENGTH);
    expect(await drawFormula(bomb, false)).toMatchObject({ state: 'invalid' });
    expect(await drawFormula('\\a', false)).toMatchObject({ state: 'invalid' }); // and nothing of it stays
  });

  it('[MATH-5] caps rules and spaces', async () => {
    const formula = await drawFormula('\\rule{9999em}{9999em}', false);
    if (formula.state !== 'drawn') throw new Error(formula.state);
    expect(markup(formula.dom).replace(/<annotation.*?<\/annotation>/s, '')).not.toMatch(
      /9999|(2[1-9]|[3-9]\d)(\.\d+)?em/,
    );
  });
});

describe('formulas in a text', () => {
  it('[MATH-10] are drawn, and show their source when they cannot be', async () => {
    const editor = editorOf(inline('x^2'));
    const dom = editor.view.dom.querySelector('.math');
    expect(dom?.textContent).toBe('x^2');
    await vi.waitFor(() => expect(dom?.getAttribute('data-state')).toBe('drawn'));
    expect(dom?.querySelector('math')).not.toBe(null);

    editor.view.dispatch(editor.state.tr.setNodeAttribute(1, 'latex', '\\frac{'));
    expect(dom?.querySelector('math')).not.toBe(null); // the last one stays until the next is known
    await vi.waitFor(() => expect(dom?.getAttribute('data-state')).toBe('refused'));
    expect(dom?.textContent).toBe('\\frac{');
    expect(dom?.getAttribute('title')).toMatch(/^Not a formula: /);
  });

  it.each([[null], [7], [{}], [['x']], ['<img src=x onerror=alert(1)>'], ['x'.repeat(100_000)]])(
    '[MATH-11] live with whatever an attribute holds: %j',
    async (latex) => {
      const editor = editorOf(inline(latex));
      await vi.waitFor(() => expect(editor.view.dom.querySelector('.math')).not.toBe(null));
      await vi.waitFor(() =>
        expect(editor.view.dom.querySelector('.math')?.getAttribute('data-state')).toMatch(/empty|drawn|refused/),
      );
      expect(editor.view.dom.querySelector('.math img')).toBe(null);
      expect(editor.view.dom.textContent?.length).toBeLessThan(5_000);
      expect(() => editorOf(editor.getHTML())).not.toThrow();
    },
  );

  it('[MATH-12] go through HTML, and are LaTeX between dollars as plain text', () => {
    const editor = editorOf(
      '<p>a <span data-type="inline-math" data-latex="x &lt; y"></span></p><div data-type="block-math" data-latex="\\sum"></div>',
    );
    expect(formulas(editor)).toEqual(['inlineMath: x < y', 'blockMath: \\sum']);
    expect(formulas(editorOf(editor.getHTML()))).toEqual(formulas(editor));
    expect(editor.getText()).toContain('$x < y$');
    expect(editor.getText()).toContain('$$\\sum$$');
  });

  it.each([
    ['so $x^2$', ['inlineMath: x^2']],
    ['($\\alpha$', ['inlineMath: \\alpha']],
    ['$x$', ['inlineMath: x']],
    ['$$\\frac{a}{b}$$', ['blockMath: \\frac{a}{b}']],
    ['it costs $5 and $6', []],
    ['from $5-$6', []],
    ['$5k-$10k', []],
    ['a US $5 million or C$6', []],
    ['US$x$', []],
    ['$ x $', []],
    ['so $$x$$', []],
  ])('[MATH-13] typing %j makes %j', (typed, made) => {
    const editor = editorOf();
    typeInto(editor, typed);
    expect(formulas(editor)).toEqual(made);
  });

  it('[MATH-13] leaves dollars in code alone, and Backspace gives them back', () => {
    const code = editorOf('<pre><code></code></pre>');
    typeInto(code, '$x$');
    expect(formulas(code)).toEqual([]);

    const text = editorOf();
    typeInto(text, 'so $x$');
    expect(formulas(text)).toEqual(['inlineMath: x']);
    expect(press(text, 'Backspace')).toBe(true);
    expect(text.getText()).toBe('so $x$');
    expect(formulas(text)).toEqual([]);
  });

  it('[MATH-13] behind a block formula one writes on', () => {
    const editor = editorOf();
    typeInto(editor, '$$x$$');
    typeInto(editor, 'so');
    expect(editor.state.doc.content.content.map(({ type, textContent }) => `${type.name} ${textContent}`)).toEqual([
      'blockMath ',
      'paragraph so',
    ]);
  });

  it('[MATH-14] are made, changed and removed at the selection', () => {
    const editor = editorOf('<p>ab</p>');
    editor.commands.setTextSelection(2);
    setMath(editor, 'inlineMath', ' x ');
    expect(formulas(editor)).toEqual(['inlineMath: x']);
    editor.view.dispatch(editor.state.tr.setSelection(NodeSelection.create(editor.state.doc, 2)));
    expect(selectedMath(editor.state.selection)).toEqual({ kind: 'inlineMath', latex: 'x' });
    setMath(editor, 'inlineMath', 'y');
    expect(formulas(editor)).toEqual(['inlineMath: y']);
    expect(selectedMath(editor.state.selection)?.latex).toBe('y');
    setMath(editor, 'inlineMath', '  ');
    expect(formulas(editor)).toEqual([]);
    expect(editor.getText()).toBe('ab');

    editor.commands.setTextSelection(2);
    setMath(editor, 'blockMath', 'z');
    expect(editor.state.doc.content.content.map(({ type }) => type.name)).toEqual([
      'paragraph',
      'blockMath',
      'paragraph',
    ]);
  });
});
