import { startTag } from './markup.ts';
import { colorNamed } from './palette.ts';
import { safeUrl } from './safe-url.ts';

// How the marks of a text are written in HTML: the same elements that lib/editor makes.
// Invariant: the order of this table is the order of the schema, the outermost first, so that both nest them alike.

/** The start tag for what a document has as the mark's value; the end tag's name follows from it. */
type MarkHtml = (value: Readonly<Record<string, unknown>>) => string;

export const MARKS: Readonly<Record<string, MarkHtml>> = {
  link: ({ href }) => {
    const address = safeUrl(href, 'link');
    if (address === undefined) return '<span>';
    return startTag('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' });
  },
  bold: () => '<strong>',
  code: () => '<code>',
  italic: () => '<em>',
  strike: () => '<s>',
  underline: () => '<u>',
  textColor: ({ color }) => startTag('span', { 'data-text-color': colorNamed(color) }),
  highlight: ({ color }) => startTag('mark', { 'data-color': colorNamed(color) ?? 'yellow' }),
  subscript: () => '<sub>',
  superscript: () => '<sup>',
};
