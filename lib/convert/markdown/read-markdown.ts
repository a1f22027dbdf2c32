import type { Token, Tokens } from 'marked';
import { pictureAddress } from '../board-name.ts';
import type { NodeJson } from '../document-json.ts';
import { marked } from './grammar.ts';
import { readInline } from './read-inline.ts';

// Markdown as a document: CommonMark with GitHub's additions. The counterpart of write-markdown.ts.
// Invariant: only nodes and marks of our schema come out, whatever goes in. Raw HTML gives the few tags that have a counterpart; of the rest, the words.

const HEADING_LEVELS = 4;

/** The blocks of `text`; never none. */
export function readMarkdown(text: string): NodeJson {
  const blocks = readBlocks(marked.lexer(text));
  return { type: 'doc', content: blocks.length > 0 ? blocks : [{ type: 'paragraph' }] };
}

/** The words within a block of tags: the tags among them are read one by one. */
const inlineTokens = (text: string) => new marked.Lexer(marked.defaults).inlineTokens(text);

type ReadBlock = (token: Token) => NodeJson[];

const BLOCKS: Readonly<Record<string, ReadBlock>> = {
  space: () => [],
  def: () => [],
  hr: () => [{ type: 'horizontalRule' }],
  heading: (token) => {
    const { depth, tokens } = token as Tokens.Heading;
    const level = Math.min(depth, HEADING_LEVELS);
    return readTextBlock(tokens, (content) => ({ type: 'heading', attrs: { level }, ...filled(content) }));
  },
  paragraph: (token) => readParagraph(token as Tokens.Paragraph),
  text: (token) => readParagraph(token as Tokens.Text),
  blockquote: (token) => [readQuote(token as Tokens.Blockquote)],
  blockFormula: (token) => [{ type: 'blockMath', attrs: { latex: (token as Tokens.Text).text } }],
  toggle: ({ summary, tokens }: Tokens.Generic) => [
    { type: 'toggle', content: [paragraph(readInline(summary)), ...readBlocks(tokens ?? [])] },
  ],
  code: (token) => {
    const { lang, text } = token as Tokens.Code;
    const language = lang?.split(/\s/)[0] || null;
    return [{ type: 'codeBlock', attrs: { language }, ...filled(text === '' ? [] : [{ type: 'text', text }]) }];
  },
  list: (token) => readList(token as Tokens.List),
  table: (token) => [readTable(token as Tokens.Table)],
  html: ({ raw }) => (/^\s*<(?:script|style|!--)/i.test(raw) ? [] : readTextBlock(inlineTokens(raw.trim()), paragraph)),
};

function readBlocks(tokens: readonly Token[]): NodeJson[] {
  return tokens.flatMap((token) => {
    const read = Object.hasOwn(BLOCKS, token.type) ? BLOCKS[token.type] : undefined;
    return read ? read(token) : readTextBlock([token], paragraph);
  });
}

/** GitHub's alerts, and the kinds of a callout that they are. */
const ALERTS: Readonly<Record<string, string>> = {
  note: 'info',
  important: 'info',
  tip: 'tip',
  warning: 'warning',
  caution: 'danger',
};

/** A quote, or what its first line says that it is instead: `> [!NOTE]`. */
function readQuote({ text, tokens }: Tokens.Blockquote): NodeJson {
  const [sign = '', name = ''] = /^\[!([a-z]{3,9})\][ \t]*(?:\n|$)/i.exec(text) ?? [];
  const kind = Object.hasOwn(ALERTS, name.toLowerCase()) ? ALERTS[name.toLowerCase()] : undefined;
  if (kind === undefined) return { type: 'blockquote', content: orParagraph(readBlocks(tokens)) };
  const content = orParagraph(readBlocks(marked.lexer(text.slice(sign.length))));
  return { type: 'callout', attrs: { kind }, content };
}

/** A board by itself in a paragraph, as write-markdown.ts writes it: a link, or a picture that is one. */
const BOARD = /^\s*\[[^\]]*\]\(\?board=([\w-]{1,64})\)\s*$/;
const DRAWN_BOARD = /^\s*\[!\[[^\]]*\]\((\S{1,2000}?)\)\]\((\S{1,2000}?)\?board=([\w-]{1,64})\)\s*$/;
const CONTENTS = /^\s*\[(?:TOC|\[_TOC_\])\]\s*$/i;

/** Only where picture and link are of one board: any other picture may be a link as well. */
function boardOf(raw: string): string | undefined {
  const [, picture, page = '', name = ''] = DRAWN_BOARD.exec(raw) ?? [];
  const isDrawn = picture !== undefined && picture === pictureAddress(name, page);
  return isDrawn ? name : BOARD.exec(raw)?.[1];
}

function readParagraph({ raw, text, tokens }: Tokens.Paragraph | Tokens.Text): NodeJson[] {
  if (CONTENTS.test(raw)) return [{ type: 'tableOfContents' }];
  const board = boardOf(raw);
  if (board !== undefined) return [{ type: 'board', attrs: { name: board } }];
  return readTextBlock(tokens ?? [{ type: 'text', raw: text, text }], paragraph);
}

const paragraph = (content: NodeJson[]): NodeJson => ({ type: 'paragraph', ...filled(content) });

/** Images are blocks here, words in Markdown: they part the block in which they stand. */
function readTextBlock(tokens: readonly Token[], make: (content: NodeJson[]) => NodeJson): NodeJson[] {
  const blocks: NodeJson[] = [];
  let words: NodeJson[] = [];
  const flush = () => {
    const trimmed = trimBreaks(words);
    if (trimmed.length > 0) blocks.push(make(trimmed));
    words = [];
  };
  for (const node of readInline(tokens)) {
    if (node.type !== 'image') {
      words.push(node);
      continue;
    }
    flush();
    blocks.push(node);
  }
  flush();
  return blocks;
}

/** Without breaks and spaces at both ends, which an image or a tag left there. */
function trimBreaks(words: readonly NodeJson[]): NodeJson[] {
  const blank = ({ type, text }: NodeJson) => type === 'hardBreak' || (text !== undefined && text.trim() === '');
  const first = words.findIndex((node) => !blank(node));
  if (first === -1) return [];
  const last = words.findLastIndex((node) => !blank(node));
  return words.slice(first, last + 1).map((node, at, all) => {
    if (node.text === undefined) return node;
    const text = at === 0 ? node.text.trimStart() : node.text;
    return { ...node, text: at === all.length - 1 ? text.trimEnd() : text };
  });
}

function readList({ items, ordered, start }: Tokens.List): NodeJson[] {
  const lists: NodeJson[] = [];
  for (const item of items) {
    const type = item.task ? 'taskList' : ordered ? 'orderedList' : 'bulletList';
    // A list may mix tasks and points; ours are of one kind.
    const last = lists.at(-1);
    const list = last?.type === type ? last : { type, ...listAttributes(type, start), content: [] };
    if (list !== last) lists.push(list);
    list.content?.push(readItem(item));
  }
  return lists;
}

function listAttributes(type: string, start: number | ''): Pick<NodeJson, 'attrs'> {
  return type === 'orderedList' && typeof start === 'number' && start !== 1 ? { attrs: { start } } : {};
}

function readItem({ task, checked, tokens }: Tokens.ListItem): NodeJson {
  const blocks = readBlocks(tokens.filter(({ type }) => type !== 'checkbox'));
  // An item begins with words; where it begins with something else, they are empty.
  const content = blocks[0]?.type === 'paragraph' ? blocks : [{ type: 'paragraph' }, ...blocks];
  return task ? { type: 'taskItem', attrs: { checked: checked === true }, content } : { type: 'listItem', content };
}

function readTable({ header, rows }: Tokens.Table): NodeJson {
  const row = (cells: Tokens.TableCell[], type: string): NodeJson => ({
    type: 'tableRow',
    content: cells.map(({ tokens }) => ({ type, content: orParagraph(readTextBlock(tokens, paragraph)) })),
  });
  const body = rows.map((cells) => row(cells, 'tableCell'));
  // GitHub's tables must have a header: an empty one stands for none.
  const bare = header.every(({ text }) => text.trim() === '') && body.length > 0;
  return { type: 'table', content: bare ? body : [row(header, 'tableHeader'), ...body] };
}

function filled(content: NodeJson[]): Pick<NodeJson, 'content'> {
  return content.length > 0 ? { content } : {};
}

function orParagraph(blocks: NodeJson[]): NodeJson[] {
  return blocks.length > 0 ? blocks : [{ type: 'paragraph' }];
}
