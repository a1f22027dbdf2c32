// @vitest-environment happy-dom

import { Editor } from '@tiptap/core';
import { TextSelection } from '@tiptap/pm/state';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { frameFile, framePage, POLICY } from '../../app/diagram/files.ts';
import { diagramBeside } from '../../lib/editor/content/code-block.ts';
import { DIAGRAM_LENGTH, type Drawn } from '../../lib/editor/content/diagram-view.ts';
import { contentExtensions } from '../../lib/editor/extensions.ts';
import { emptyWords } from '../support/editor.ts';

const editors: Editor[] = [];

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
  vi.useRealTimers();
});

/** Draws what begins with "graph", when it is told to. */
class Drawer {
  readonly asked: string[] = [];
  readonly #answers: (() => void)[] = [];

  draw = (source: string): Promise<Drawn> => {
    this.asked.push(source);
    return new Promise((resolve) => this.#answers.push(() => resolve(drawingOf(source))));
  };

  async answer(at: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(0);
    this.#answers[at]?.();
    await vi.advanceTimersByTimeAsync(0);
  }
}

function drawingOf(source: string): Drawn {
  if (!source.startsWith('graph')) return { state: 'refused', message: `No graph: ${source}` };
  const address = `data:image/svg+xml,${source}`;
  return { state: 'drawn', diagram: { light: address, dark: `${address}-dark`, width: 40, height: 20, label: source } };
}

function editorWith(drawer: Drawer | undefined, source: string, language = 'mermaid'): Editor {
  const editor = new Editor({
    injectCSS: false,
    extensions: contentExtensions(emptyWords, { drawDiagram: drawer?.draw }),
    content: `<p>a</p><pre><code class="language-${language}">${source}</code></pre><p>b</p>`,
  });
  editors.push(editor);
  return editor;
}

const stateOf = ({ view }: Editor) => view.dom.querySelector('.diagram')?.getAttribute('data-state');
const problemOf = ({ view }: Editor) => view.dom.querySelector('.diagram-problem')?.textContent;

describe('a diagram', () => {
  it('[DIAGRAM-1] is an image with a description, beside its source', async () => {
    const drawer = new Drawer();
    const editor = editorWith(drawer, 'graph 1');
    expect(stateOf(editor)).toBe('source');
    await drawer.answer(0);
    expect(stateOf(editor)).toBe('drawn');
    const [light, dark] = editor.view.dom.querySelectorAll('img');
    expect([light?.getAttribute('src'), dark?.getAttribute('src')]).toEqual([
      'data:image/svg+xml,graph 1',
      'data:image/svg+xml,graph 1-dark',
    ]);
    expect(light?.alt).toBe('Diagram: graph 1');
    expect(editor.view.dom.querySelector('.diagram code')?.textContent).toBe('graph 1');
    expect(editor.getHTML()).toContain('<pre><code class="language-mermaid">graph 1</code></pre>');
  });

  it('[DIAGRAM-2] that cannot be drawn says why, and keeps the last picture that could', async () => {
    const drawer = new Drawer();
    const editor = editorWith(drawer, 'graph 1');
    await drawer.answer(0);
    editor.view.dispatch(editor.state.tr.insertText('x', 4));
    await vi.advanceTimersByTimeAsync(1_000);
    await drawer.answer(1);
    expect(stateOf(editor)).toBe('outdated');
    expect(problemOf(editor)).toBe('No graph: xgraph 1');
    expect(editor.view.dom.querySelector('img')?.getAttribute('src')).toBe('data:image/svg+xml,graph 1');
  });

  it('[DIAGRAM-2] is drawn when the typing rests, and an answer that is overtaken counts for nothing', async () => {
    const drawer = new Drawer();
    const editor = editorWith(drawer, 'graph');
    await vi.advanceTimersByTimeAsync(0);
    for (const letter of ' 12') {
      editor.view.dispatch(editor.state.tr.insertText(letter, editor.state.doc.child(0).nodeSize + 6));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(drawer.asked).toEqual(['graph']);
    await drawer.answer(0);
    expect(stateOf(editor)).toBe('source');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(drawer.asked).toEqual(['graph', 'graph21 ']);
    await drawer.answer(1);
    expect(stateOf(editor)).toBe('drawn');
  });

  it('[DIAGRAM-3] that is too long is not drawn, and after its end none is', async () => {
    const drawer = new Drawer();
    const editor = editorWith(drawer, `graph ${'x'.repeat(DIAGRAM_LENGTH)}`);
    await vi.advanceTimersByTimeAsync(0);
    expect(drawer.asked).toEqual([]);
    expect(problemOf(editor)).toBe('Too long.');
    editor.view.dispatch(editor.state.tr.insertText('x', 4));
    editor.destroy();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(drawer.asked).toEqual([]);
  });

  it('[DIAGRAM-4] is entered where the caret would step over it, and shows its source then', () => {
    const editor = editorWith(new Drawer(), 'graph 1');
    editor.commands.setTextSelection(2);
    const inside = diagramBeside(editor.state, 'down');
    expect(inside?.from).toBe(4);
    expect(diagramBeside(editor.state, 'up')).toBe(undefined);
    editor.commands.setTextSelection(editor.state.doc.content.size - 1);
    expect(diagramBeside(editor.state, 'left')?.from).toBe(11);
    expect(editor.view.dom.querySelector('.diagram-edited')).toBe(null);
    editor.view.dispatch(editor.state.tr.setSelection(TextSelection.create(editor.state.doc, 5)));
    expect(editor.view.dom.querySelector('.diagram-edited')).not.toBe(null);
  });

  it('[DIAGRAM-5] is code where nothing draws, and code of another language is code', () => {
    for (const editor of [editorWith(undefined, 'graph 1'), editorWith(new Drawer(), 'a', 'css')]) {
      expect(editor.view.dom.querySelector('.diagram')).toBe(null);
      expect(editor.view.dom.querySelector('pre > code')).not.toBe(null);
    }
    const editor = editorWith(new Drawer(), 'graph 1', 'css');
    editor.view.dispatch(editor.state.tr.setNodeAttribute(3, 'language', 'mermaid'));
    expect(editor.view.dom.querySelector('.diagram')).not.toBe(null);
  });
});

describe('the frame that draws', () => {
  it('[DIAGRAM-6] has an origin of its own, without network, and may be framed by this server only', () => {
    expect(POLICY).toContain("default-src 'none'");
    expect(POLICY).toMatch(/sandbox allow-scripts$/);
    expect(POLICY).toContain("frame-ancestors 'self'");
    expect(POLICY).not.toMatch(/script-src[^;]*unsafe|connect-src/);
  });

  it('[DIAGRAM-6] is made of its own script and Mermaid, and gives out no other file', async () => {
    expect(await framePage()).toMatch(/src="\/diagram\/\d+\.\d+\.\d+\/frame\.mjs"/);
    expect(await frameFile('frame.mjs')).toContain('mermaid.render');
    expect(await frameFile('mermaid/mermaid.esm.min.mjs')).toContain('chunks/mermaid.esm.min/');
    for (const path of [
      'files.ts',
      'mermaid/../package.json',
      'mermaid/chunks/mermaid.esm.min/../../../package.json',
      'mermaid/..%2f..%2fpackage.json',
      'mermaid/chunks/../../../../package.mjs',
      'mermaid/none.mjs',
      '../../package.json',
      '/etc/passwd',
    ])
      expect(await frameFile(path)).toBe(undefined);
  });
});
