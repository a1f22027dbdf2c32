import * as Y from 'yjs';
import { documentName } from '../protocol/names.ts';
import { boardAddress, isBoardName } from './board-name.ts';
import { escapeHtml, startTag } from './markup.ts';
import { colorNamed } from './palette.ts';
import { safeUrl } from './safe-url.ts';

// How each node of a document is written in HTML: with the elements and classes that the editor shows, so that app/editor/text.css
// is right for both.
// Invariant: nothing that a document says is trusted: every attribute is checked here or left out.

/** As they are in the shared document: whatever somebody put there. */
export type NodeAttributes = Readonly<Record<string, unknown>>;

/** The picture of a board by its name, as a data URL that is safe in an image; undefined where there is none. */
export type BoardPictures = (board: string) => string | undefined;

export interface NodeHtml {
  /** What stands before the children and after them; or all of it, for a node that has none. */
  write: (
    attributes: NodeAttributes,
    element: Y.XmlElement,
    pictures: BoardPictures,
  ) => readonly [before: string, after: string] | string;
  /** It holds text: when empty it is as high as a line, as in the editor. */
  text?: true;
}

/** Columns that a table may have before their widths are no longer written, and pixels of one. */
const MOST_COLUMNS = 200;
const MOST_PIXELS = 10_000;
/** Characters of a formula. */
const MOST_FORMULA = 2_000;
/** Characters of a caption or a description, and of a mention. */
const MOST_WORDS = 1_000;
const MOST_LABEL = 200;
const ALIGNMENTS = ['left', 'center', 'right', 'justify'];
const CALLOUTS = ['info', 'tip', 'warning', 'danger'];
/** Levels of headings; an unknown one is the first, as in the editor. */
const HEADINGS = [1, 2, 3, 4];

export const NODES: Readonly<Record<string, NodeHtml>> = {
  paragraph: { text: true, write: ({ textAlign }) => [startTag('p', aligned(textAlign)), '</p>'] },
  heading: {
    text: true,
    write: ({ level, textAlign }) => {
      const known = HEADINGS.find((one) => one === level) ?? 1;
      return [startTag(`h${known}`, aligned(textAlign)), `</h${known}>`];
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
      `<li data-checked="${checked === true}"><label><input type="checkbox" aria-disabled="true" tabindex="-1"${checked === true ? ' checked' : ''}></label><div>`,
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
    write: ({ src, alt, caption, width, align }) => {
      const address = safeUrl(src, 'image');
      const side = ALIGNMENTS.slice(0, 3).find((one) => one === align) ?? 'left';
      const percent = integer(width);
      const img =
        address === undefined
          ? ''
          : startTag('img', {
              src: address,
              alt: words(alt),
              loading: 'lazy',
              decoding: 'async',
              referrerpolicy: 'no-referrer',
            });
      const frame = startTag('div', {
        class: 'image-frame',
        'data-width': percent !== undefined && percent >= 10 && percent <= 100 ? percent : undefined,
      });
      const text = words(caption) === '' ? '' : `<figcaption>${escapeHtml(words(caption))}</figcaption>`;
      const figure = startTag('figure', {
        class: 'image',
        'data-align': side,
        'data-state': address === undefined ? 'absent' : 'shown',
      });
      return `${figure}${frame}${img}</div>${text}</figure>`;
    },
  },
  embed: {
    write: ({ url }) => {
      const address = safeUrl(url, 'link');
      if (address === undefined) return '<div class="embed" data-state="refused"><div class="embed-card"></div></div>';
      const link = startTag('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' });
      const card = `<strong>${escapeHtml(new URL(address).host)}</strong>${link}${escapeHtml(address.replace(/^https?:\/\//, ''))}</a>`;
      return `<div class="embed" data-state="card"><div class="embed-card">${card}</div></div>`;
    },
  },
  board: { write: ({ name }, _, pictures) => boardHtml(name, pictures) },
  mention: {
    write: ({ kind, id, label }) => {
      const shown = words(label).replace(/\s+/g, ' ').trim().slice(0, MOST_LABEL);
      if (kind === 'document' && isDocumentName(id)) {
        const link = startTag('a', {
          class: 'mention',
          'data-mention': 'document',
          href: `/d/${encodeURIComponent(id)}`,
        });
        return `${link}${escapeHtml(shown || '…')}</a>`;
      }
      if (kind === 'person' && shown !== '')
        return `<span class="mention" data-mention="person">@${escapeHtml(shown)}</span>`;
      return '<span class="mention">@?</span>';
    },
  },
  // The editor makes it of the headings that are there.
  tableOfContents: { write: () => '<nav class="contents"></nav>' },
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
  callout: {
    write: ({ kind }) => {
      const known = CALLOUTS.find((one) => one === kind) ?? 'info';
      return [`<div class="callout" role="note" data-callout="${known}"><div>`, '</div></div>'];
    },
  },
  // Closed, as the editor opens it; the first of its blocks is its line.
  toggle: {
    write: () => [
      '<div class="toggle"><button type="button" class="toggle-button" aria-disabled="true" tabindex="-1"></button><div>',
      '</div></div>',
    ],
  },
  columns: { write: () => ['<div class="columns" data-columns="">', '</div>'] },
  column: { write: () => ['<div class="column" data-column="">', '</div>'] },
  inlineMath: { write: ({ latex }) => `<span class="math" data-state="source">${formula(latex)}</span>` },
  blockMath: { write: ({ latex }) => `<div class="math math-block" data-state="source">${formula(latex)}</div>` },
};

/** A link to the board, with its picture where there is one. */
export function boardHtml(name: unknown, pictures: BoardPictures): string {
  if (!isBoardName(name)) return '<div class="board-block"></div>';
  const picture = pictures(name);
  const shown = picture === undefined ? 'Whiteboard' : startTag('img', { src: picture, alt: 'Whiteboard' });
  return `${startTag('div', { class: 'board-block', 'data-board': name })}${startTag('a', { href: boardAddress(name) })}${shown}</a></div>`;
}

/** A text attribute, at most as long as the editor shows. */
function words(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MOST_WORDS) : '';
}

function isDocumentName(value: unknown): value is string {
  try {
    return typeof value === 'string' && documentName(value) === value;
  } catch {
    return false; // its only error says that it is none
  }
}

function aligned(value: unknown): { 'data-align': string | undefined } {
  return { 'data-align': ALIGNMENTS.find((one) => one === value) };
}

/** The source, as the editor shows it until it has drawn it. */
function formula(latex: unknown): string {
  return typeof latex === 'string' ? escapeHtml(latex.trim().slice(0, MOST_FORMULA)) : '';
}

function cell(tag: 'td' | 'th', { colspan, rowspan, align, background }: NodeAttributes): readonly [string, string] {
  return [
    startTag(tag, {
      colspan: span(colspan),
      rowspan: span(rowspan),
      ...aligned(align),
      'data-background': colorNamed(background),
    }),
    `</${tag}>`,
  ];
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
