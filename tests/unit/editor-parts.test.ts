// @vitest-environment happy-dom

import { expect, it, vi } from 'vitest';
import { editorOf } from '../support/editor.ts';

// Parts of the editor that are loaded when they are needed, while there is no connection. What was written or pasted is there all the same.

type Formulas = typeof import('../../lib/editor/content/formula.ts');
const FORMULAS = '../../lib/editor/content/formula.ts';

const away = vi.hoisted(() => () => {
  throw new Error('The part could not be loaded.');
});
vi.mock('katex', away);
vi.mock('../../lib/convert/markdown/read-markdown.ts', away);
// A module that throws does so once only in the test runner: each editor here asks once more.
vi.mock('../../lib/editor/content/formula.ts', async (original) => ({
  ...(await original<Formulas>()),
  drawFormula: async () => ({ state: 'unavailable' }),
}));

it('[MATH-2] a formula is not drawn while what draws it cannot be loaded', async () => {
  const { drawFormula } = await vi.importActual<Formulas>(FORMULAS);
  expect(await drawFormula('x^2', false)).toEqual({ state: 'unavailable' });
});

it('[MATH-2] a formula that is not drawn shows its source, and says why', async () => {
  const editor = editorOf('<p><span data-type="inline-math" data-latex="x^2"></span></p>');
  const formula = () => editor.view.dom.querySelector('.math');
  await vi.waitFor(() => expect(formula()?.getAttribute('title')).toBe('Not now.'));
  expect(formula()?.textContent).toBe('x^2');
  editor.destroy();
});

it('[PASTE-8] Markdown comes in as text while what reads it cannot be loaded', async () => {
  const editor = editorOf('');
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', '# Ink\n\n- black');
  const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true } as ClipboardEventInit);
  editor.view.dom.dispatchEvent(paste);
  await vi.waitFor(() => expect(editor.getText()).not.toBe(''));
  expect(editor.getText({ blockSeparator: '\n' })).toBe('# Ink\n- black');
  editor.destroy();
});
