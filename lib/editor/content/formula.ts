import type { KatexOptions } from 'katex';

// A formula's source, drawn by KaTeX, which is loaded when the first one is drawn.
// Invariant: whatever the source, drawing it takes bounded time, runs nothing, loads nothing, and sets no style attribute (which a page's
// policy may forbid).

/** UTF-16 units of a formula: some twenty lines. KaTeX takes milliseconds for it. */
export const FORMULA_LENGTH = 2_000;
/** Milliseconds of drawing at a time: a document with hundreds of formulas stays ready for typing while it opens. */
const SLICE_MS = 8;

/**
 * Commands that define commands. With them 1,998 characters kept KaTeX busy for a minute, under the limit on expansions; none of KaTeX's own
 * commands repeats what it is given.
 */
const DEFINITIONS = ['def', 'gdef', 'edef', 'xdef', 'let', 'futurelet', 'global', 'long'].concat(
  'newcommand',
  'renewcommand',
  'providecommand',
);

const OPTIONS: KatexOptions = {
  throwOnError: true,
  trust: false, // no links, no images, no attributes
  strict: 'ignore',
  maxSize: 20, // em, of a rule or a space
  maxExpand: 1_000,
};

export type Formula =
  | { readonly state: 'drawn'; readonly dom: Node }
  | { readonly state: 'too long' }
  /** `message` is KaTeX's, in English. */
  | { readonly state: 'invalid'; readonly message: string }
  /** KaTeX could not be loaded: there is no connection. */
  | { readonly state: 'unavailable' };

/** The formula in a document's attribute, where anything may be. */
export function readLatex(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

export async function drawFormula(latex: string, displayMode: boolean): Promise<Formula> {
  if (latex.length > FORMULA_LENGTH) return { state: 'too long' };
  const katex = await import('katex').then(
    (loaded) => loaded.default,
    () => undefined,
  );
  if (!katex) return { state: 'unavailable' };
  await turn();
  try {
    const macros = Object.fromEntries(DEFINITIONS.map((name) => [`\\${name}`, `\\text{\\${name}?}\\undefined`]));
    const tree = (katex as unknown as Trees).__renderToDomTree(latex, { ...OPTIONS, displayMode, macros });
    keepStyles(tree);
    return { state: 'drawn', dom: tree.toNode() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { state: 'invalid', message: error.message.replace(/^KaTeX parse error: /, '') };
  }
}

/** What KaTeX draws, before it is elements. Not part of its documented surface: the version is pinned. */
interface Trees {
  __renderToDomTree(latex: string, options: KatexOptions): Drawing;
}

interface Drawing {
  children?: Drawing[];
  attributes?: Record<string, string>;
  toNode(): Node;
}

/** KaTeX writes some styles as an attribute of an element, under a vector's arrow for one. They are set as styles instead. */
function keepStyles(drawing: Drawing): void {
  const { style, ...attributes } = drawing.attributes ?? {};
  if (style !== undefined) {
    drawing.attributes = attributes;
    const toNode = drawing.toNode.bind(drawing);
    drawing.toNode = () => {
      const node = toNode();
      if ('style' in node) (node.style as CSSStyleDeclaration).cssText = style;
      return node;
    };
  }
  drawing.children?.forEach(keepStyles);
}

let sliceEnds = 0;
let turns: Promise<void> = Promise.resolve();
let waiting = 0;

/** Resolves when it is one's turn: at once while there is time, after the browser had its own when a slice is over. */
function turn(): Promise<void> {
  if (waiting === 0) sliceEnds = performance.now() + SLICE_MS;
  waiting += 1;
  turns = turns.then(async () => {
    if (performance.now() > sliceEnds) {
      await new Promise((resolve) => setTimeout(resolve));
      sliceEnds = performance.now() + SLICE_MS;
    }
    waiting -= 1;
  });
  return turns;
}
