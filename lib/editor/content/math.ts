import { type Editor, InputRule, Node, type NodeViewRenderer } from '@tiptap/core';
import type { Selection } from '@tiptap/pm/state';
import { closeUndoStep } from '../undo-step.ts';
import { drawFormula, FORMULA_LENGTH, readLatex } from './formula.ts';
import { placeBlock, replaceTextblock, selectedNode } from './place-block.ts';

// Formulas: in a line, and as a block. Names and the attribute are those of TipTap's mathematics extension, which cannot be used itself:
// it brings KaTeX along, whether a document has formulas or not.
// Invariant: the document holds the source, and nothing else; a formula that cannot be drawn shows it.

export interface MathWords {
  /** What stands where a formula is empty. */
  empty: string;
  tooLong: string;
  /** Before KaTeX's own words. */
  invalid: string;
  unavailable: string;
}

const KINDS = ['inlineMath', 'blockMath'] as const;

export type MathKind = (typeof KINDS)[number];

export function isMath(name: unknown): name is MathKind {
  return KINDS.some((kind) => kind === name);
}

/** The formula that is selected. */
export function selectedMath(selection: Selection): { kind: MathKind; latex: string } | undefined {
  const found = selectedNode(selection, KINDS);
  return found && { kind: found.type, latex: readLatex(found.node.attrs.latex) };
}

/** Gives the selected formula another source, or makes a new one; without a source there is none any more. */
export function setMath(editor: Editor, kind: MathKind, source: string): void {
  const latex = readLatex(source);
  const { tr, schema } = editor.state;
  const selected = selectedMath(tr.selection);
  if (selected && latex === '') tr.deleteSelection();
  else if (selected) tr.setNodeAttribute(tr.selection.from, 'latex', latex);
  else if (latex !== '') {
    const node = schema.node(kind, { latex });
    if (kind === 'blockMath') placeBlock(tr, node);
    else tr.replaceSelectionWith(node);
  }
  if (!tr.docChanged) return;
  closeUndoStep(editor.state);
  editor.view.dispatch(tr.scrollIntoView());
  closeUndoStep(editor.state);
}

/**
 * `$x^2$`, as the last `$` is typed. Not between words, and not for amounts ("$5 and $6", "$5k-$10k", "$5 million or C$6"): there is no blank
 * just inside, no dash at the end, no amount with its word at the start, and a letter, a command or a sign of mathematics.
 */
const INLINE =
  /(?:^|[\s([{"'「（])(\$(?!\d[\d.,]*\s+\p{L}{2})(?=[^$]*[\p{Script=Latin}\p{Script=Greek}\\^_=<>])([^\s$](?:[^$]*[^\s$\-–/,;:(])?)\$)$/u;
/** `$$x^2$$`, alone in its paragraph. */
const BLOCK = /^\$\$\s*([^$]*[^\s$])\s*\$\$$/;

const latex = {
  default: '',
  parseHTML: (element: HTMLElement) => readLatex(element.dataset.latex ?? element.textContent),
  renderHTML: (attributes: Record<string, unknown>) => ({ 'data-latex': readLatex(attributes.latex) }),
};

export function inlineMath(words: () => { math: MathWords }) {
  return Node.create({
    name: 'inlineMath',
    group: 'inline',
    inline: true,
    atom: true,
    addAttributes: () => ({ latex }),
    parseHTML: () => [{ tag: 'span[data-type="inline-math"]' }],
    renderHTML: ({ node, HTMLAttributes }) => [
      'span',
      { ...HTMLAttributes, 'data-type': 'inline-math' },
      `$${readLatex(node.attrs.latex)}$`,
    ],
    renderText: ({ node }) => `$${readLatex(node.attrs.latex)}$`,
    addNodeView: () => view(false, words),

    addInputRules() {
      return [
        new InputRule({
          find: INLINE,
          handler: ({ state, range, match: [whole, source = '', formula = ''] }) => {
            const from = range.from + whole.length - source.length;
            state.tr.replaceWith(from, range.to, this.type.create({ latex: formula }));
          },
        }),
      ];
    },
  });
}

export function blockMath(words: () => { math: MathWords }) {
  return Node.create({
    name: 'blockMath',
    group: 'block',
    atom: true,
    addAttributes: () => ({ latex }),
    parseHTML: () => [{ tag: 'div[data-type="block-math"]' }],
    renderHTML: ({ node, HTMLAttributes }) => [
      'div',
      { ...HTMLAttributes, 'data-type': 'block-math' },
      `$$${readLatex(node.attrs.latex)}$$`,
    ],
    renderText: ({ node }) => `$$${readLatex(node.attrs.latex)}$$`,
    addNodeView: () => view(true, words),

    addInputRules() {
      return [
        new InputRule({
          find: BLOCK,
          handler: ({ state, range, match: [, formula = ''] }) => {
            const alone = state.doc.resolve(range.from).parent.content.size === range.to - range.from;
            if (alone) replaceTextblock(state.tr, range.from, this.type.create({ latex: formula }));
          },
        }),
      ];
    },
  });
}

function view(block: boolean, words: () => { math: MathWords }): NodeViewRenderer {
  return ({ node }) => {
    const dom = document.createElement(block ? 'div' : 'span');
    dom.className = block ? 'math math-block' : 'math';
    let shown: unknown;
    const show = (value: unknown) => {
      shown = value;
      const source = readLatex(value);
      showSource(dom, source, words().math.empty);
      if (source === '') return;
      void drawFormula(source, block).then((formula) => {
        if (shown !== value) return; // another formula by now
        if (formula.state === 'drawn') {
          dom.replaceChildren(formula.dom);
          dom.dataset.state = 'drawn';
          return;
        }
        const { invalid, tooLong, unavailable } = words().math;
        dom.dataset.state = formula.state === 'unavailable' ? 'source' : 'refused';
        dom.textContent = source.slice(0, FORMULA_LENGTH);
        if (formula.state === 'invalid') dom.title = `${invalid} ${formula.message}`;
        else dom.title = formula.state === 'unavailable' ? unavailable : tooLong;
      });
    };
    show(node.attrs.latex);
    return {
      dom,
      ignoreMutation: () => true,
      update: (next) => {
        if (next.type !== node.type) return false;
        if (next.attrs.latex !== shown) show(next.attrs.latex);
        return true;
      },
    };
  };
}

/** Until it is drawn, and when it cannot be. What was drawn before stays until the next is ready. */
function showSource(dom: HTMLElement, source: string, empty: string): void {
  dom.removeAttribute('title');
  if (dom.dataset.state === 'drawn' && source !== '') return;
  dom.dataset.state = source === '' ? 'empty' : 'source';
  dom.textContent = source === '' ? empty : source.slice(0, FORMULA_LENGTH);
}
