import { type Mark, type Node, Schema } from '@tiptap/pm/model';

// A long text is drawn in sheets: elements of some dozens of blocks each, around which the browser can stop. It lays out, paints and reads to an
// input method those that are in sight (text.css), and of the others knows the size. Without them each key costs all blocks of the document.
// Invariant: sheets are of the page alone. Neither the text nor its positions know of them, and a block that has been drawn is not drawn
// again for their sake. Short texts have none.
// Drawn they are as ProseMirror draws a mark that several nodes share (sheet-drawing.ts): the nodes that it is given to draw have one, those of the
// text do not.

/** Blocks that come at once, as when a document is opened: from that many on they are put into sheets. */
const LONG = 150;
/** Blocks of a sheet: some screens of them. */
const SHEET = 32;
/** A sheet ends before a block without room above, as there is none to share across its edge; but it ends. */
const MOST = 2 * SHEET;

/** Pixels, as far as they are known before anything is laid out. */
const LINE_PX = 28;
const GAP_PX = 14;
const LINE_LETTERS = 85;

const { sheet } = new Schema({
  nodes: { doc: { content: 'text*' }, text: {} },
  marks: {
    sheet: {
      attrs: { number: {}, height: {} },
      toDOM: ({ attrs }) => {
        const dom = document.createElement('div');
        dom.className = 'sheet';
        dom.style.setProperty('contain-intrinsic-block-size', `auto ${attrs.height}px`);
        return { dom, contentDOM: dom };
      },
      // What is read back from the page is read as if the element were not there.
      reparseInView: true,
    },
  },
}).marks;

/** Which block is on which sheet. */
export class Sheets {
  /** The text's blocks, for each the mark of its sheet, and the node that is drawn for it. */
  #blocks: readonly Node[] = [];
  #marks: readonly (Mark | undefined)[] = [];
  #drawn: readonly Node[] = [];
  #number = 0;

  /** The blocks of `text`, with the marks of their sheets. */
  drawnOf(text: Node): readonly Node[] {
    const [before, after] = [this.#blocks, text.children];
    const shorter = Math.min(before.length, after.length);
    let start = 0;
    while (start < shorter && before[start] === after[start]) start += 1;
    let end = 0;
    while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
    const oldEnd = before.length - end;
    const blocks = after.slice(start, after.length - end);
    if (Math.max(blocks.length, oldEnd - start) > 0) {
      const marks = this.#marksOf(blocks, start, oldEnd);
      const drawn = blocks.map((block, at) => mark(block, marks[at]));
      if (blocks.length !== oldEnd - start) this.#marks = this.#marks.toSpliced(start, oldEnd - start, ...marks);
      this.#drawn = this.#drawn.toSpliced(start, oldEnd - start, ...drawn);
      this.#blocks = after;
    }
    return this.#drawn;
  }

  /** The sheets of `blocks`, which come in the place of those from `start` to `oldEnd`. */
  #marksOf(blocks: readonly Node[], start: number, oldEnd: number): (Mark | undefined)[] {
    if (blocks.length === oldEnd - start) return this.#marks.slice(start, oldEnd);
    const places = new Map<Node, number>();
    for (let at = start; at < oldEnd; at++) places.set(this.#blocks[at] as Node, at);
    const marks: (Mark | undefined)[] = [];
    let old = start; // those before it have been passed: sheets keep their order
    let beside = this.#marks[start - 1] ?? this.#marks[start];
    let added: Node[] = [];
    const settle = () => {
      marks.push(...(added.length < LONG ? added.map(() => beside) : this.#cut(added)));
      added = [];
    };
    for (const block of blocks) {
      const place = places.get(block) ?? -1;
      if (place < old) {
        added.push(block);
        continue;
      }
      settle();
      old = place + 1;
      beside = this.#marks[place];
      marks.push(beside);
    }
    settle();
    return marks;
  }

  #cut(blocks: readonly Node[]): Mark[] {
    const ends: number[] = [];
    let begin = 0;
    for (const [at, block] of blocks.entries()) {
      const length = at - begin;
      if (length < SHEET || (block.type.name !== 'paragraph' && length < MOST)) continue;
      ends.push(at);
      begin = at;
    }
    ends.push(blocks.length);
    begin = 0;
    return ends.flatMap((end) => {
      const part = blocks.slice(begin, end);
      begin = end;
      const height = part.reduce((sum, block) => sum + heightOf(block), 0);
      const made = sheet.create({ number: this.#number++, height });
      return part.map(() => made);
    });
  }
}

function mark(block: Node, made: Mark | undefined): Node {
  return made ? block.mark([made]) : block;
}

/** Pixels, roughly: cells stand side by side, everything else below each other. */
function heightOf(node: Node): number {
  if (node.isTextblock) return Math.ceil(node.content.size / LINE_LETTERS) * LINE_PX + GAP_PX;
  const heights = node.children.map(heightOf);
  if (node.type.spec.tableRole === 'row') return Math.max(0, ...heights);
  return heights.reduce((sum, height) => sum + height, GAP_PX);
}
