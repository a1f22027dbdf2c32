import { Marked, type TokenizerExtension } from 'marked';

// The Markdown that is read: CommonMark, GitHub's additions, and what other editors of notes have agreed on: `==highlight==`, `$formula$`, `$$` around a
// formula, and `details` that holds Markdown.

const highlight: TokenizerExtension = {
  name: 'highlight',
  level: 'inline',
  start: (source) => source.indexOf('=='),
  tokenizer(source) {
    const [raw, text] = /^==(?=\S)([^\n=]*(?:=[^\n=]+)*)==/.exec(source) ?? [];
    if (raw === undefined || text === undefined || text.trimEnd() !== text || text === '') return undefined;
    return { type: 'highlight', raw, text, tokens: this.lexer.inlineTokens(text) };
  },
};

/** Not an amount: no blank just inside of the signs, no digit behind the last. */
const inlineFormula: TokenizerExtension = {
  name: 'formula',
  level: 'inline',
  start: (source) => source.indexOf('$'),
  tokenizer(source) {
    const [raw, text] = /^\$([^\s$](?:[^$\n]{0,2000}[^\s$])?)\$(?!\d)/.exec(source) ?? [];
    return raw === undefined ? undefined : { type: 'formula', raw, text };
  },
};

const blockFormula: TokenizerExtension = {
  name: 'blockFormula',
  level: 'block',
  start: (source) => source.indexOf('$$'),
  tokenizer(source) {
    const [raw, text] = /^\$\$[ \t]*\n?([^$]{1,5000}?)\n?[ \t]*\$\$[ \t]*(?:\n|$)/.exec(source) ?? [];
    return raw === undefined ? undefined : { type: 'blockFormula', raw, text: text?.trim() };
  },
};

const toggle: TokenizerExtension = {
  name: 'toggle',
  level: 'block',
  start: (source) => source.indexOf('<details'),
  tokenizer(source) {
    const [head, summary = ''] =
      /^<details[^>\n]{0,200}>\s*(?:<summary>([^\n]{0,1000}?)<\/summary>)?/i.exec(source) ?? [];
    if (head === undefined) return undefined;
    const end = endOfDetails(source, head.length);
    if (end === -1) return undefined;
    const inside = source.slice(head.length, end);
    const raw = source.slice(0, end + '</details>'.length);
    return { type: 'toggle', raw, summary: this.lexer.inlineTokens(summary), tokens: this.lexer.blockTokens(inside) };
  },
};

/** Where the `</details>` stands that belongs to one begun before `from`; -1 if there is none. */
function endOfDetails(source: string, from: number): number {
  let depth = 1;
  for (const { 0: tag, index } of source.slice(from).matchAll(/<\/?details\b/gi)) {
    depth += tag.startsWith('</') ? -1 : 1;
    if (depth === 0) return from + index;
  }
  return -1;
}

export const marked = new Marked({ gfm: true });
marked.use({ extensions: [highlight, inlineFormula, blockFormula, toggle] });
