import { type MarkJson, type NodeJson, plainText } from '../document-json.ts';

// Words and what marks them. Invariant: read again, the text is the same letter by letter; where Markdown has no way to mark exactly these letters
// (CommonMark's rules for `**` beside punctuation, which every second Chinese quotation meets), HTML's tags are used.

/** What stands around marked words: Markdown's own sign, and the tag for where the sign would not be read as one. */
const MARKS: Readonly<Record<string, { sign?: string; tag: string }>> = {
  bold: { sign: '**', tag: 'strong' },
  italic: { sign: '*', tag: 'em' },
  strike: { sign: '~~', tag: 's' },
  highlight: { sign: '==', tag: 'mark' },
  underline: { tag: 'u' },
  subscript: { tag: 'sub' },
  superscript: { tag: 'sup' },
};

/** Marks that are presentation only: Markdown leaves them out. */
const UNMARKED = new Set(['textColor']);

/** Does a mark of this name have a Markdown form? */
export const writesMark = (name: string): boolean =>
  Object.hasOwn(MARKS, name) || ['link', 'code'].includes(name) || UNMARKED.has(name);

export function writeInline(nodes: readonly NodeJson[]): string {
  return writeRun(nodes, new Set(), { before: '', after: '' });
}

/** The letters on both sides of a run decide whether a sign there is read as one. */
interface Neighbours {
  before: string;
  after: string;
}

function writeRun(nodes: readonly NodeJson[], open: ReadonlySet<string>, around: Neighbours): string {
  let out = '';
  for (let at = 0; at < nodes.length; ) {
    const node = nodes[at];
    if (!node) break;
    const mark = outermost(nodes, at, open);
    let end = at + 1;
    if (mark) while (end < nodes.length && hasMark(nodes[end], mark)) end += 1;
    const next = nodes[end];
    const neighbours = {
      before: out.at(-1) ?? around.before,
      after: next ? plainText(next).charAt(0) || ' ' : around.after,
    };
    out += mark ? wrap(nodes.slice(at, end), mark, open, neighbours) : writeLeaf(node, neighbours);
    at = end;
  }
  return out;
}

/** Of the marks at `at` that are not open yet, the one that reaches furthest; code is always the innermost. */
function outermost(nodes: readonly NodeJson[], at: number, open: ReadonlySet<string>): MarkJson | undefined {
  const marks = (nodes[at]?.marks ?? []).filter(
    ({ type }) => !open.has(type) && writesMark(type) && !UNMARKED.has(type),
  );
  const reach = (mark: MarkJson) => {
    let end = at;
    while (end < nodes.length && hasMark(nodes[end], mark)) end += 1;
    return mark.type === 'code' ? 0 : end;
  };
  return marks.reduce<MarkJson | undefined>(
    (best, mark) => (best && reach(best) >= reach(mark) ? best : mark),
    undefined,
  );
}

function hasMark(node: NodeJson | undefined, mark: MarkJson): boolean {
  return node?.marks?.some((other) => other.type === mark.type && other.attrs?.href === mark.attrs?.href) ?? false;
}

function wrap(nodes: readonly NodeJson[], mark: MarkJson, open: ReadonlySet<string>, around: Neighbours): string {
  if (mark.type === 'code') return codeSpan(nodes.map(plainText).join(''));
  const inner = writeRun(nodes, new Set([...open, mark.type]), { before: '*', after: '*' });
  const text = inner.trim();
  if (text === '') return inner;
  // A sign beside a space is no sign: spaces go outside.
  const start = inner.length - inner.trimStart().length;
  const left = inner.slice(0, start);
  const right = inner.slice(start + text.length);
  return (
    left +
    signed(text, mark, { before: left === '' ? around.before : ' ', after: right === '' ? around.after : ' ' }) +
    right
  );
}

function signed(text: string, mark: MarkJson, around: Neighbours): string {
  if (mark.type === 'link') return writeLink(text, mark.attrs?.href);
  const form = MARKS[mark.type];
  if (!form) return text;
  const [first, last] = [text.charAt(0), text.at(-1) ?? ''];
  // GitHub's own two signs have rules of their own beside punctuation.
  const strict = mark.type === 'strike' || mark.type === 'highlight';
  const reads = opens(strict ? '-' : around.before, first) && opens(strict ? '-' : around.after, last);
  return form.sign !== undefined && reads ? `${form.sign}${text}${form.sign}` : `<${form.tag}>${text}</${form.tag}>`;
}

const PUNCTUATION = /[\p{P}\p{S}]/u;

/** CommonMark's flanking: a sign between a letter (outside) and punctuation (inside) marks nothing, and between two signs it may be taken for either. */
function opens(outside: string, inside: string): boolean {
  return !PUNCTUATION.test(inside) || outside === '' || /\s/.test(outside);
}

function writeLink(text: string, href: unknown): string {
  if (typeof href !== 'string') return text;
  if (/^https?:/.test(href) && (text === href || `${text}/` === href) && !/[\s<>\\]/.test(href)) return `<${href}>`;
  return `[${text}](${writeAddress(href)})`;
}

/** An address within parentheses: what would end it is written as a URL writes it. */
export function writeAddress(url: string): string {
  return url.replace(/[\s()<>\\]/g, (one) => `%${(one.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}

function codeSpan(text: string): string {
  const line = text.replace(/\n/g, ' ');
  if (line.trim() === '') return line;
  const runs = new Set([...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  let length = 1;
  while (runs.has(length)) length += 1;
  const ticks = '`'.repeat(length);
  const padded = line.startsWith('`') || line.endsWith('`') ? ` ${line} ` : line;
  return `${ticks}${padded}${ticks}`;
}

function writeLeaf(node: NodeJson, around: Neighbours): string {
  if (node.type === 'hardBreak') return '\\\n';
  if (node.type === 'inlineMath' && typeof node.attrs?.latex === 'string') return `$${node.attrs.latex}$`;
  if (node.type === 'mention' && typeof node.attrs?.label === 'string')
    return `@${escapeSigns(node.attrs.label, around)}`;
  if (node.text === undefined) return (node.content ?? []).map((child) => writeLeaf(child, around)).join('');
  return escapeSigns(node.text, around);
}

/** Only what would be read as a sign is escaped: `snake_case`, `2 * 3` and `a < b` stay as they are. */
function escapeSigns(text: string, { before, after }: Neighbours): string {
  return text
    .replace(/[\\`[\]]|<(?!\s)|&(?=#?\w+;)/gi, '\\$&')
    .replace(/\$(?=\S|$)/g, '\\$&')
    .replace(/~~+|==+(?=\S|$)/g, (signs) => signs.replace(/./g, '\\$&'))
    .replace(/\*+|_+/g, (signs, at: number, whole: string) => {
      const left = whole.charAt(at - 1) || before;
      const right = whole.charAt(at + signs.length) || after;
      // With words on both sides: spaces at the ends may come to stand outside of a mark.
      const [head, tail] = [
        whole.slice(Math.max(0, at - 8), at),
        whole.slice(at + signs.length, at + signs.length + 8),
      ];
      const alone = /\S\s+$/.test(head) && /^\s+\S/.test(tail);
      const withinWord = signs.startsWith('_') && /[\p{L}\p{N}]/u.test(left) && /[\p{L}\p{N}]/u.test(right);
      return alone || withinWord ? signs : signs.replace(/./g, '\\$&');
    });
}
