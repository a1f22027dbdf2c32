import { Fragment, type Node } from '@tiptap/pm/model';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import type { Decoration, DecorationSource, EditorView } from '@tiptap/pm/view';
import { Sheets } from './sheets.ts';

// How ProseMirror draws a text that stands in sheets, and in it a key without a look at all other blocks.
// Invariant: on the page is what ProseMirror draws by itself. Here is only said which blocks it need not look at; where that is not certain, as
// when blocks come, go or move, or when something stands between them, it looks at all, as ever.

/** What ProseMirror draws with, from the text down; not part of its public interface. */
interface Drawing {
  /** Undefined for a sheet. */
  node: Node | undefined;
  readonly children: readonly Drawing[];
  readonly size: number;
  dirty: number;
  parseRange(from: number, to: number, start?: number): unknown;
  matchesNode(node: Node, outer: readonly Decoration[], inner: DecorationSource): boolean;
  update(node: Node, outer: readonly Decoration[], inner: DecorationSource, view: EditorView): boolean;
}

interface TextDrawing extends Drawing {
  node: Node;
  readonly innerDeco: DecorationSource;
  updateChildren(view: EditorView, start: number): void;
}

/** Of `dirty`: the browser has touched something below, and not what stands here. */
const BELOW = 1;

/** Draws long texts in sheets. Comes before whatever shows a text. */
export function drawnInSheets(): Plugin {
  return new Plugin({
    key: new PluginKey('sheets'),
    view: (view) => {
      const sheets = new Sheets();
      draw(view, sheets);
      return { update: (view) => draw(view, sheets) }; // what draws may have been made anew
    },
  });
}

function draw(view: EditorView, sheets: Sheets): void {
  const { docView } = view as unknown as { readonly docView: TextDrawing };
  if (Object.hasOwn(docView, 'updateChildren')) return;
  const { updateChildren, parseRange } = docView;
  const page = new Page(docView);
  docView.updateChildren = (view, start) => {
    const text = docView.node;
    const blocks = sheets.drawnOf(text);
    if (page.follow(blocks, view)) return;
    page.forget();
    docView.node = text.copy(Fragment.from(blocks));
    try {
      updateChildren.call(docView, view, start);
    } finally {
      docView.node = text;
    }
    page.learn(blocks);
  };
  // A key is read back from its block: ProseMirror looks for the block among the text's own children.
  docView.parseRange = (from, to, start = 0) => {
    let end = start;
    for (const part of docView.children) {
      const begin = end;
      end += part.size;
      if (!part.node && from > begin && to < end) return part.parseRange(from, to, begin);
    }
    return parseRange.call(docView, from, to, start);
  };
}

/** What has been drawn of a text. */
class Page {
  readonly #text: TextDrawing;
  #blocks: readonly Node[] = [];
  /** What draws each block, and the sheet that it is on. None of either while it is not certain. */
  #parts: readonly Drawing[] = [];
  #sheets: readonly (Drawing | undefined)[] = [];
  /** The blocks with decorations; undefined where there are some between blocks or around them. */
  #decorated: readonly number[] | undefined;
  /** By sheet. To find a position ProseMirror asks each sheet for its size, which is to add up all blocks of the document. */
  readonly #sizes = new Map<Drawing, number>();

  constructor(text: TextDrawing) {
    this.#text = text;
  }

  /** Draws `blocks`, where only what is in them has changed, and that of one alone. Whether it could. */
  follow(blocks: readonly Node[], view: EditorView): boolean {
    const { innerDeco, dirty } = this.#text;
    const before = this.#decorated;
    if (!before || dirty > BELOW || blocks.length !== this.#parts.length) return false;
    if (dirty === BELOW && this.#text.children.some((sheet) => sheet.dirty > BELOW)) return false;
    const changed = this.#changed(blocks);
    const decorated = decoratedOf(blocks, innerDeco);
    if (changed === 'several' || !decorated) return false;
    const touched = dirty === BELOW ? this.#touched() : [];
    const rising = [...new Set([...changed, ...before, ...decorated, ...touched])].sort((a, b) => a - b);
    let [next, start] = [0, 0];
    for (const index of rising) {
      for (; next < index; next++) start += blocks[next]?.nodeSize ?? 0;
      if (!this.#draw(index, blocks[index] as Node, { inner: innerDeco.forChild(start, blocks[index] as Node), view }))
        return false;
    }
    this.#blocks = blocks;
    this.#decorated = decorated;
    return true;
  }

  /** Until `learn` nothing is known. */
  forget(): void {
    this.#parts = [];
    this.#sheets = [];
    this.#sizes.clear();
  }

  /** All of `blocks` have been drawn. */
  learn(blocks: readonly Node[]): void {
    const parts: Drawing[] = [];
    const sheets: (Drawing | undefined)[] = [];
    for (const part of this.#text.children) {
      const inner = part.node ? [part] : part.children;
      parts.push(...inner);
      sheets.push(...inner.map(() => (part.node ? undefined : part)));
      if (!part.node) Object.defineProperty(part, 'size', { configurable: true, get: () => this.#sizeOf(part) });
    }
    const certain = parts.length === blocks.length && parts.every(({ node }, at) => node === blocks[at]);
    this.#decorated = certain ? decoratedOf(blocks, this.#text.innerDeco) : undefined;
    this.#blocks = blocks;
    this.#parts = parts;
    this.#sheets = sheets;
  }

  #changed(blocks: readonly Node[]): number[] | 'several' {
    let start = 0;
    while (start < blocks.length && blocks[start] === this.#blocks[start]) start += 1;
    if (start === blocks.length) return [];
    for (let at = start + 1; at < blocks.length; at++) if (blocks[at] !== this.#blocks[at]) return 'several';
    return [start];
  }

  /** The blocks in which the browser has put something, or taken it away. */
  #touched(): number[] {
    return this.#parts.flatMap(({ dirty }, at) => (dirty > 0 ? [at] : []));
  }

  #draw(index: number, block: Node, { inner, view }: { inner: DecorationSource; view: EditorView }): boolean {
    const [part, sheet] = [this.#parts[index], this.#sheets[index]];
    if (!part || !sheet) return false;
    if (part.matchesNode(block, [], inner)) return true;
    this.#sizes.delete(sheet);
    const done = part.update(block, [], inner, view);
    this.#sizes.delete(sheet); // somebody may have asked meanwhile
    sheet.dirty = 0;
    return done;
  }

  #sizeOf(sheet: Drawing): number {
    const known = this.#sizes.get(sheet);
    if (known !== undefined) return known;
    const size = sheet.children.reduce((sum, { size }) => sum + size, 0);
    if (this.#parts.length > 0) this.#sizes.set(sheet, size);
    return size;
  }
}

/** A set of decorations: those of the text itself, and three entries for each block that has some: its start, its end, and its own set. */
interface Decorations {
  readonly local: readonly (Decoration & { readonly inline: boolean })[];
  readonly children: readonly unknown[];
}

/** Which of `blocks` have decorations in them, in rising order; undefined where there are some between blocks or around them. */
function decoratedOf(blocks: readonly Node[], decorations: DecorationSource): number[] | undefined {
  const places: [from: number, to: number][] = [];
  let between = false;
  decorations.forEachSet((set) => {
    const { local, children } = set as unknown as Decorations;
    for (const { from, to, inline } of local) {
      if (inline) places.push([from, to]);
      else between = true;
    }
    for (let at = 0; at < children.length; at += 3) places.push([children[at] as number, children[at + 1] as number]);
  });

  if (between) return undefined;
  places.sort(([a], [b]) => a - b);
  const found = new Set<number>();
  let [index, start] = [0, 0];
  for (const [from, to] of places) {
    const sizeAt = (at: number) => blocks[at]?.nodeSize ?? 0;
    while (index < blocks.length && start + sizeAt(index) <= from) start += sizeAt(index++);
    for (let [at, begin] = [index, start]; at < blocks.length && begin < to; begin += sizeAt(at++)) found.add(at);
  }
  return [...found];
}
