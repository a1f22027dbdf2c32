import * as Y from 'yjs';
import { safeUrl } from '../editor/content/safe-url.ts';
import { startTag } from './markup.ts';

// How each node of a document is written in HTML: with the elements and classes that the editor shows, so that app/editor/text.css
// is right for both.
// Invariant: nothing that a document says is trusted: every attribute is checked here or left out.

/** As they are in the shared document: whatever somebody put there. */
export type NodeAttributes = Readonly<Record<string, unknown>>;

export interface NodeHtml {
  /** What stands before the children and after them; or all of it, for a node that has none. */
  write: (attributes: NodeAttributes, element: Y.XmlElement) => readonly [before: string, after: string] | string;
  /** It holds text: when empty it is as high as a line, as in the editor. */
  text?: true;
}

/** Columns that a table may have before their widths are no longer written, and pixels of one. */
const MOST_COLUMNS = 200;
const MOST_PIXELS = 10_000;
/** Levels of headings; an unknown one is the first, as in the editor. */
const HEADINGS = [1, 2, 3, 4];

export const NODES: Readonly<Record<string, NodeHtml>> = {
  paragraph: { text: true, write: () => ['<p>', '</p>'] },
  heading: {
    text: true,
    write: ({ level }) => {
      const known = HEADINGS.find((one) => one === level) ?? 1;
      return [`<h${known}>`, `</h${known}>`];
    },
  },
  blockquote: { write: () => ['<blockquote>', '</blockquote>'] },
  bulletList: { write: () => ['<ul>', '</ul>'] },
  orderedList: {
    write: ({ start, type }) => [
      startTag('ol', { start: start === 1 ? undefined : integer(start), type: /^[1aAiI]$/.exec(String(type))?.[0] }),
      '</ol>',
    ],
  },
  listItem: { write: () => ['<li>', '</li>'] },
  taskList: { write: () => ['<ul data-type="taskList">', '</ul>'] },
  taskItem: {
    write: ({ checked }) => [
      `<li data-checked="${checked === true}"><label><input type="checkbox" disabled${checked === true ? ' checked' : ''}></label><div>`,
      '</div></li>',
    ],
  },
  codeBlock: {
    text: true,
    write: ({ language }) => {
      const name = typeof language === 'string' && /^[\w+#.-]{1,40}$/.test(language) ? language : undefined;
      return [`<pre>${startTag('code', { class: name && `language-${name}` })}`, '</code></pre>'];
    },
  },
  horizontalRule: { write: () => '<hr>' },
  hardBreak: { write: () => '<br>' },
  image: {
    write: ({ src, alt }) => {
      const address = safeUrl(src, 'image');
      if (address === undefined) return '<div class="image-refused"></div>';
      return startTag('img', {
        src: address,
        alt: typeof alt === 'string' ? alt : '',
        loading: 'lazy',
        decoding: 'async',
        referrerpolicy: 'no-referrer',
      });
    },
  },
  table: {
    write: (_, element) => {
      const widths = columnWidths(element);
      const columns = widths.map((width) => startTag('col', { width })).join('');
      return [`<div class="tableWrapper"><table><colgroup>${columns}</colgroup><tbody>`, '</tbody></table></div>'];
    },
  },
  tableRow: { write: () => ['<tr>', '</tr>'] },
  tableCell: { write: (attributes) => cell('td', attributes) },
  tableHeader: { write: (attributes) => cell('th', attributes) },
};

function cell(tag: 'td' | 'th', { colspan, rowspan, align }: NodeAttributes): readonly [string, string] {
  const side = ['left', 'center', 'right'].find((known) => known === align);
  return [startTag(tag, { colspan: span(colspan), rowspan: span(rowspan), align: side }), `</${tag}>`];
}

function span(value: unknown): number | undefined {
  const cells = integer(value);
  return cells !== undefined && cells > 1 && cells <= MOST_COLUMNS ? cells : undefined;
}

/** As the cells of the first row say, one for each column; undefined where they do not. */
function columnWidths(table: Y.XmlElement): (number | undefined)[] {
  const row = table.toArray().find((child) => child instanceof Y.XmlElement);
  const widths: (number | undefined)[] = [];
  if (!(row instanceof Y.XmlElement)) return widths;
  for (const child of row.toArray()) {
    if (!(child instanceof Y.XmlElement) || widths.length >= MOST_COLUMNS) continue;
    const { colspan, colwidth } = child.getAttributes() as NodeAttributes;
    const given: unknown[] = Array.isArray(colwidth) ? colwidth : [];
    for (let column = 0; column < (span(colspan) ?? 1); column++) {
      const width = integer(given[column]);
      widths.push(width !== undefined && width > 0 && width <= MOST_PIXELS ? width : undefined);
    }
  }
  return widths;
}

function integer(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}
