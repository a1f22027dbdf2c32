import * as Y from 'yjs';
import { MARKS } from './html-marks.ts';
import { type BoardPictures, NODES } from './html-nodes.ts';
import { escapeHtml } from './markup.ts';

// A document's text as HTML, without a DOM: for readers without the editor, and for what they see before it is there.
// Invariant: whatever the document holds, the result is safe to put into a page, and of bounded size and depth. What a later version of
// the editor has put into it, and this one does not know, is shown by its text.

/** Levels of nodes within nodes: lists in lists in columns have ten, and no reader follows fifty. What is deeper is left out. */
const MOST_LEVELS = 50;

/** Thrown for a document whose HTML would be longer than was asked for. */
export class TooLong extends Error {
  override readonly name = 'TooLong';
}

/** Throws TooLong beyond `most` characters. Without `pictures` a board is a link. */
export function renderHtml(content: Y.XmlFragment, most: number, pictures: BoardPictures = () => undefined): string {
  const out = new Output(most, pictures);
  writeChildren(content, out, 0);
  return out.text;
}

class Output {
  text = '';
  readonly pictures: BoardPictures;
  readonly #most: number;

  constructor(most: number, pictures: BoardPictures) {
    this.#most = most;
    this.pictures = pictures;
  }

  write(html: string): void {
    this.text += html;
    if (this.text.length > this.#most)
      throw new TooLong(`The document has more than ${this.#most} characters of HTML.`);
  }
}

/** What a reader sees at the end of a block of text decides whether its last line needs a break to be as high as the others. */
type End = 'empty' | 'break' | 'text';

function writeChildren(parent: Y.XmlFragment, out: Output, level: number): End {
  let end: End = 'empty';
  for (const child of parent.toArray()) {
    if (child instanceof Y.XmlText) {
      const last = writeText(child, out);
      if (last !== undefined) end = last.endsWith('\n') ? 'break' : 'text';
    } else if (child instanceof Y.XmlElement && level < MOST_LEVELS) {
      writeElement(child, out, level);
      end = child.nodeName === 'hardBreak' ? 'break' : 'text';
    }
  }
  return end;
}

function writeElement(element: Y.XmlElement, out: Output, level: number): void {
  const node = Object.hasOwn(NODES, element.nodeName) ? NODES[element.nodeName] : undefined;
  if (!node) {
    writeChildren(element, out, level + 1);
    return;
  }
  const html = node.write(element.getAttributes(), element, out.pictures);
  if (typeof html === 'string') {
    out.write(html);
    return;
  }
  out.write(html[0]);
  const end = writeChildren(element, out, level + 1);
  if (node.text && end !== 'text') out.write('<br>');
  out.write(html[1]);
}

/** Adjacent pieces share the marks that they have in common, from the outermost on. Returns the last piece of text. */
function writeText(text: Y.XmlText, out: Output): string | undefined {
  const open: string[] = [];
  let last: string | undefined;
  for (const { insert, attributes } of text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[]) {
    if (typeof insert !== 'string') continue;
    const tags = marksOf(attributes);
    const shared = tags.findIndex((tag, at) => tag !== open[at]);
    closeTo(shared < 0 ? tags.length : shared, open, out);
    for (const tag of tags.slice(open.length)) {
      out.write(tag);
      open.push(tag);
    }
    out.write(escapeHtml(insert));
    last = insert;
  }
  closeTo(0, open, out);
  return last;
}

function closeTo(count: number, open: string[], out: Output): void {
  while (open.length > count) out.write(`</${/^<(\w+)/.exec(open.pop() ?? '')?.[1]}>`);
}

/** The start tags of a piece of text, the outermost first. */
function marksOf(attributes: Readonly<Record<string, unknown>> | undefined): string[] {
  if (!attributes) return [];
  const values = new Map(Object.entries(attributes).map(([name, value]) => [markName(name), value]));
  const tags: string[] = [];
  for (const [name, write] of Object.entries(MARKS)) {
    const value = values.get(name);
    if (value === undefined || value === null) continue;
    tags.push(write(typeof value === 'object' ? (value as Record<string, unknown>) : {}));
  }
  return tags;
}

/** y-tiptap adds a hash to the name of a mark that may stand more than once at one place. */
function markName(attribute: string): string {
  return /^(.*)--[a-zA-Z0-9+/=]{8}$/.exec(attribute)?.[1] ?? attribute;
}
