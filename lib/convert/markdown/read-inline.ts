import type { Token, Tokens } from 'marked';
import type { MarkJson, NodeJson } from '../document-json.ts';

// The words of a Markdown block, with their marks.

/** Tags that may stand among Markdown's words, and the mark that each is. */
const TAGS: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  s: 'strike',
  del: 'strike',
  strike: 'strike',
  u: 'underline',
  ins: 'underline',
  sub: 'subscript',
  sup: 'superscript',
  mark: 'highlight',
  code: 'code',
  kbd: 'code',
};

const SIGNS: Readonly<Record<string, string>> = {
  strong: 'bold',
  em: 'italic',
  del: 'strike',
  highlight: 'highlight',
};

type Marks = readonly MarkJson[];

export function readInline(tokens: readonly Token[], marks: Marks = []): NodeJson[] {
  const nodes: NodeJson[] = [];
  /** Marks of signs around and of tags that are open here. */
  let open = marks;
  for (const token of tokens) {
    if (token.type !== 'html') nodes.push(...readToken(token, open));
    else if (/^<br\b/i.test(token.raw)) nodes.push({ type: 'hardBreak' });
    else open = afterTag(token.raw, open);
  }
  return joinTexts(nodes);
}

function readToken(token: Token, marks: Marks): NodeJson[] {
  switch (token.type) {
    case 'br':
      return [{ type: 'hardBreak' }];
    case 'checkbox': // of a task whose words are a paragraph; it is the item's
      return [];
    case 'formula':
      return [{ type: 'inlineMath', attrs: { latex: (token as Tokens.Text).text } }];
    case 'codespan':
      return words((token as Tokens.Codespan).text, withMark(marks, { type: 'code' }));
    case 'link': {
      const { href, tokens } = token as Tokens.Link;
      return readInline(tokens, withMark(marks, { type: 'link', attrs: { href } }));
    }
    case 'image': {
      const { href, text } = token as Tokens.Image;
      return [{ type: 'image', attrs: { src: href, alt: decode(text) } }];
    }
    default: {
      const { type, tokens, text, raw } = token as Tokens.Text;
      const sign = Object.hasOwn(SIGNS, type) ? SIGNS[type] : undefined;
      const inner = sign === undefined ? marks : withMark(marks, { type: sign });
      return tokens ? readInline(tokens, inner) : words(joinLines(decode(text ?? raw)), inner);
    }
  }
}

function afterTag(tag: string, open: Marks): Marks {
  const [, closing, name = ''] = /^<(\/?)([a-z]+)/i.exec(tag) ?? [];
  const type = Object.hasOwn(TAGS, name.toLowerCase()) ? TAGS[name.toLowerCase()] : undefined;
  if (type === undefined) return open;
  return closing === '' ? withMark(open, { type }) : open.filter((mark) => mark.type !== type);
}

function withMark(marks: Marks, mark: MarkJson): Marks {
  return marks.some(({ type }) => type === mark.type) ? marks : [...marks, mark];
}

function words(text: string, marks: Marks): NodeJson[] {
  if (text === '') return [];
  return [marks.length > 0 ? { type: 'text', text, marks: [...marks] } : { type: 'text', text }];
}

function joinTexts(nodes: readonly NodeJson[]): NodeJson[] {
  const joined: NodeJson[] = [];
  for (const node of nodes) {
    const last = joined.at(-1);
    if (last?.text !== undefined && node.text !== undefined && sameMarks(last.marks, node.marks)) {
      joined[joined.length - 1] = { ...last, text: last.text + node.text };
    } else joined.push(node);
  }
  return joined;
}

function sameMarks(a: Marks = [], b: Marks = []): boolean {
  return (
    a.length === b.length && a.every((mark, at) => mark.type === b[at]?.type && mark.attrs?.href === b[at]?.attrs?.href)
  );
}

/** A line that was broken by the writer's editor goes on; between Chinese characters without a space. */
function joinLines(text: string): string {
  return text
    .replace(
      /(?<=[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}，。、；：？！」』）])[ \t]*\n[ \t]*(?=\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana})/gu,
      '',
    )
    .replace(/[ \t]*\n[ \t]*/g, ' ');
}

/** The few that people write by name; a browser knows two thousand. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  hellip: '…',
  mdash: '—',
  ndash: '–',
};

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole;
    const code = Number.parseInt(decimal ?? hex, decimal === undefined ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}
