import { boardAddress, isBoardName, pictureAddress } from '../board-name.ts';
import { type NodeJson, plainText } from '../document-json.ts';
import { joinBlocks, prefixLines } from './lines.ts';
import { writeAddress, writeInline } from './write-inline.ts';
import { writeTable } from './write-table.ts';

// Documents as Markdown: CommonMark with GitHub's tables, task lists, strikethrough, alerts and math.
// Invariant: each node of the schema has its line in the table below (tests/unit/markdown.test.ts asks the schema); what has none there, because it
// comes from a newer schema, still gives its words.

/** How a block is written, given its children in order. No line break at the end; '' is left out. */
type WriteBlock = (node: NodeJson, children: readonly NodeJson[]) => string;

const BLOCKS: Readonly<Record<string, WriteBlock>> = {
  doc: (_node, children) => writeBlocks(children),
  paragraph: (_node, children) => escapeStart(writeInline(children)),
  heading: ({ attrs }, children) => `${'#'.repeat(levelOf(attrs?.level))} ${oneLine(writeInline(children))}`.trimEnd(),
  blockquote: (_node, children) => prefixLines(writeBlocks(children), '> '),
  codeBlock: (node) => fence(plainText(node), typeof node.attrs?.language === 'string' ? node.attrs.language : ''),
  horizontalRule: () => '---',
  image: ({ attrs }) => (typeof attrs?.src === 'string' ? `![${label(attrs.alt)}](${writeAddress(attrs.src)})` : ''),
  bulletList: (_node, children) => writeList(children, () => '- '),
  orderedList: ({ attrs }, children) => {
    const start = typeof attrs?.start === 'number' ? attrs.start : 1;
    return writeList(children, (at) => `${start + at}. `);
  },
  taskList: (_node, children) => writeList(children, (_at, item) => `- [${item.attrs?.checked === true ? 'x' : ' '}] `),
  listItem: (_node, children) => writeBlocks(children),
  taskItem: (_node, children) => writeBlocks(children),
  table: (node) => writeTable(node, writeInline),
  tableRow: (_node, children) => writeBlocks(children),
  tableCell: (_node, children) => writeBlocks(children),
  tableHeader: (_node, children) => writeBlocks(children),
  tableOfContents: () => '[TOC]',
  callout: ({ attrs }, children) =>
    prefixLines(joinBlocks([`[!${alertOf(attrs?.kind)}]`, writeBlocks(children)]), '> '),
  toggle: (_node, [summary, ...children]) =>
    `<details>\n<summary>${oneLine(writeInline(summary?.content ?? []))}</summary>\n\n${joinBlocks([writeBlocks(children), '</details>'])}`,
  // Side by side is a matter of looks: one after the other.
  columns: (_node, children) => writeBlocks(children),
  column: (_node, children) => writeBlocks(children),
  blockMath: ({ attrs }) => `$$\n${stringOf(attrs?.latex)}\n$$`,
  board: ({ attrs }) => (isBoardName(attrs?.name) ? writeBoard(attrs.name, stringOf(attrs.page)) : ''),
  embed: ({ attrs }) => (typeof attrs?.url === 'string' ? `<${writeAddress(attrs.url)}>` : ''),
};

/** Nodes that stand among words: write-inline.ts writes them. */
const INLINE = new Set(['text', 'hardBreak', 'inlineMath', 'mention']);

/** Does a node of this name have a Markdown form? */
export const writesNode = (name: string): boolean => Object.hasOwn(BLOCKS, name) || INLINE.has(name);

/** Markdown of a whole document, or of any block. Ends without a line break. */
export function writeMarkdown(node: NodeJson): string {
  return writeBlock(node);
}

function writeBlocks(nodes: readonly NodeJson[]): string {
  return joinBlocks(nodes.map((node, at) => writeBlock(node, nodes[at - 1])));
}

function writeBlock(node: NodeJson, before?: NodeJson): string {
  const children = node.content ?? [];
  const write = Object.hasOwn(BLOCKS, node.type) ? BLOCKS[node.type] : undefined;
  const text = write ? write(node, children) : writeUnknown(children);
  // Two lists of a kind in a row would be read as one.
  return before?.type === node.type && node.type.endsWith('List') ? `<!-- -->\n\n${text}` : text;
}

function writeUnknown(children: readonly NodeJson[]): string {
  return children.some(({ type }) => INLINE.has(type)) ? writeInline(children) : writeBlocks(children);
}

function writeList(items: readonly NodeJson[], marker: (at: number, item: NodeJson) => string): string {
  const texts = items.map((item, at) => {
    const mark = marker(at, item);
    // A task's box is part of its words: what belongs below it stands below the dash.
    const indent = ' '.repeat(mark.startsWith('- [') ? 2 : mark.length);
    return `${mark}${prefixLines(writeItem(item.content ?? []), indent).slice(indent.length)}`.trimEnd();
  });
  return texts.join(items.every(isTight) ? '\n' : '\n\n');
}

/** One line and lists below it: written without empty lines between. */
function isTight({ content = [] }: NodeJson): boolean {
  return content.every(({ type }, at) => (at === 0 ? type === 'paragraph' : type.endsWith('List')));
}

function writeItem(children: readonly NodeJson[]): string {
  const blocks = children.map((node, at) => writeBlock(node, children[at - 1]));
  return isTight({ type: 'listItem', content: [...children] }) ? blocks.join('\n') : joinBlocks(blocks);
}

/** `page`: where its document is; without, it is found from there only. The picture is the server's, as those of images are: Markdown holds no files. */
function writeBoard(name: string, page: string): string {
  const picture = pictureAddress(name, page);
  if (picture === undefined) return `[Whiteboard](${boardAddress(name)})`;
  return `[![Whiteboard](${writeAddress(picture)})](${writeAddress(boardAddress(name, page))})`;
}

function fence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language.replace(/[`\s]/g, '')}\n${text}${text === '' ? '' : '\n'}${ticks}`;
}

/** GitHub's words for the kinds of a callout. */
const ALERTS: Readonly<Record<string, string>> = { info: 'NOTE', tip: 'TIP', warning: 'WARNING', danger: 'CAUTION' };

function alertOf(kind: unknown): string {
  return typeof kind === 'string' && Object.hasOwn(ALERTS, kind) ? (ALERTS[kind] ?? 'NOTE') : 'NOTE';
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function levelOf(level: unknown): number {
  return typeof level === 'number' ? Math.min(6, Math.max(1, Math.floor(level))) : 1;
}

function oneLine(text: string): string {
  return text.replace(/\\?\n/g, ' ');
}

function label(text: unknown): string {
  return typeof text === 'string' ? text.replace(/\s+/g, ' ').replace(/[\\[\]]/g, '\\$&') : '';
}

/** What would begin another kind of block at the start of a line. */
function escapeStart(text: string): string {
  return text.replace(
    /^([ \t]*)(#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|={2,}(?=\s*$)|-{2,}(?=\s*$)|\d{1,9}(?=[.)](?:\s|$)))/gm,
    (_match, space, mark) => (/^\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`),
  );
}
