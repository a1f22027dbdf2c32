import { styleOf } from './pasted-style.ts';
import { STYLE } from './quiet-html.ts';
import { all, rename, unwrap, wrapChildren } from './reshape.ts';

// Bold, italic and their like, whether a tag or a style says so.

export function shapeMarks(body: HTMLElement): void {
  for (const element of all(body, `[${STYLE}]`)) {
    const normal = isNormal(element);
    for (const tag of tagsOf(element)) if (!within(element, tag)) wrapChildren(element, tag);
    if (normal) rename(element, 'span');
  }
  for (const old of all(body, 'b')) rename(old, 'strong');
  for (const old of all(body, 'i, cite, dfn, var')) rename(old, 'em');
  for (const old of all(body, 'strike, del')) rename(old, 's');
  for (const old of all(body, 'ins')) rename(old, 'u');
  for (const old of all(body, 'tt, samp, kbd')) rename(old, 'code');
  // A heading is bold, and a link underlined, by themselves.
  for (const bold of all(body, 'strong')) if (bold.closest('h1, h2, h3, h4, h5, h6, th')) unwrap(bold);
  for (const line of all(body, 'u'))
    if (line.closest('a') || (line.childNodes.length === 1 && line.firstElementChild?.localName === 'a')) unwrap(line);
  for (const empty of all(body, 'strong, em, s, u, code, sub, sup'))
    if (empty.textContent === '' && !empty.querySelector('img, br')) empty.remove();
}

/** `<b style="font-weight: normal">`: a tag that its style takes back. */
function isNormal(element: Element): boolean {
  const weight = styleOf(element, 'font-weight');
  if (element.matches('b, strong')) return weight === 'normal' || (weight !== '' && Number(weight) < 600);
  if (element.matches('i, em')) return styleOf(element, 'font-style') === 'normal';
  return element.matches('u, s, strike, del, ins') && /\bnone\b/.test(decorationOf(element));
}

/** Letters that a style moves off their line. */
const LINES: Readonly<Record<string, readonly string[]>> = { sub: ['sub'], super: ['sup'] };

function tagsOf(element: Element): string[] {
  const weight = styleOf(element, 'font-weight');
  const decoration = decorationOf(element);
  return [
    weight.startsWith('bold') || Number(weight) >= 600 ? 'strong' : '',
    /^(?:italic|oblique)/.test(styleOf(element, 'font-style')) ? 'em' : '',
    decoration.includes('line-through') ? 's' : '',
    decoration.includes('underline') ? 'u' : '',
    ...(LINES[styleOf(element, 'vertical-align')] ?? []),
  ].filter((tag) => tag !== '');
}

function decorationOf(element: Element): string {
  return `${styleOf(element, 'text-decoration')} ${styleOf(element, 'text-decoration-line')}`;
}

/** Is it marked so already, or a block or a program's text, for which it is only the look? */
function within(element: Element, tag: string): boolean {
  const tags: Record<string, string> = { strong: 'strong, b', em: 'em, i', s: 's, strike, del', u: 'u, ins, a' };
  return (
    element.matches(tags[tag] ?? tag) ||
    element.closest(`pre, code, ${tag}`) !== null ||
    element.matches('table, tr, tbody, ul, ol, body')
  );
}
