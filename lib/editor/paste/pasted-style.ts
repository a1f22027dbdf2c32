import { STYLE } from './quiet-html.ts';

// What a pasted element's style says, as text: the browser's own reading of it is not to be had (quiet-html.ts).

/** The value of a property in lower case, '' when it is not set. The last one counts, as in CSS. */
export function styleOf(element: Element, property: string): string {
  return declarations(element.getAttribute(STYLE) ?? '').get(property) ?? '';
}

const remembered = new Map<string, ReadonlyMap<string, string>>();
/** Styles of one paste that are kept read: programs repeat the same few hundred. */
const REMEMBERED = 500;

/** Each property with its value. A semicolon within quotes or parentheses parts nothing. */
function declarations(style: string): ReadonlyMap<string, string> {
  const known = remembered.get(style);
  if (known) return known;
  const found = new Map<string, string>();
  for (const [, property = '', value = ''] of style.matchAll(
    /([\w-]+)\s*:\s*((?:"[^"]*"|'[^']*'|\([^()]*\)|[^;"'(]|["'(])*)/g,
  )) {
    found.set(property.toLowerCase(), value.trim().toLowerCase());
  }
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(style, found);
  return found;
}
