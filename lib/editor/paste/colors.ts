import { type Color, PALETTE, PALETTE_CSS } from '../../convert/palette.ts';
import { styleOf } from './pasted-style.ts';
import { STYLE } from './quiet-html.ts';
import { all, hasBlocks } from './reshape.ts';

// Colours on the clipboard: as CSS for other programs, and the same CSS read back when it returns from one of them.
// Invariant: only the palette's own colours are read. Any other is presentation, and goes (PASTE-1).

/** Which attribute of ours names the colour, the CSS that shows it, and which of its two looks it is. */
const NAMED = [
  { attribute: 'data-text-color', property: 'color', look: 'text' },
  { attribute: 'data-color', property: 'background-color', look: 'paper' },
  { attribute: 'data-background', property: 'background-color', look: 'paper' },
] as const;

type Look = (typeof NAMED)[number]['look'];

/** Beside each name, its colour. */
export function writeColors(dom: ParentNode): void {
  for (const { attribute, property, look } of NAMED) {
    for (const element of all(dom, `[${attribute}]`)) {
      const name = PALETTE.find((one) => one === element.getAttribute(attribute));
      if (name) (element as HTMLElement).style.setProperty(property, PALETTE_CSS[name][look]);
    }
  }
}

/** Where the CSS is one of ours, the name of it. Names that others made up go. */
export function shapeColors(body: HTMLElement): void {
  for (const { attribute } of NAMED) {
    for (const element of all(body, `[${attribute}]`)) {
      if (!PALETTE.some((name) => name === element.getAttribute(attribute))) element.removeAttribute(attribute);
    }
  }
  for (const element of all(body, `[${STYLE}]`)) {
    if (element.closest('pre, code')) continue;
    const text = nameOf(styleOf(element, 'color'), 'text');
    const paper = nameOf(styleOf(element, 'background-color') || styleOf(element, 'background'), 'paper');
    const isCell = element.matches('td, th');
    if (paper && isCell) element.setAttribute('data-background', paper);
    if (hasBlocks(element)) continue; // marks are of letters
    if (paper && !isCell) mark(element, 'mark', 'data-color', paper);
    if (text) mark(element, 'span', 'data-text-color', text);
  }
}

function mark(element: Element, name: 'mark' | 'span', attribute: string, color: Color): void {
  if (element.localName === name) {
    element.setAttribute(attribute, color);
    return;
  }
  const made = element.ownerDocument.createElement(name);
  made.setAttribute(attribute, color);
  made.append(...element.childNodes);
  element.append(made);
}

function nameOf(css: string, look: Look): Color | undefined {
  const hex = hexOf(css);
  return hex === undefined ? undefined : PALETTE.find((name) => PALETTE_CSS[name][look] === hex);
}

/** `#rrggbb` of what programs write for a solid colour: that, or `rgb(r, g, b)`. */
function hexOf(css: string): string | undefined {
  if (/^#[\da-f]{6}$/.test(css)) return css;
  const parts = /^rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*1(?:\.0*)?\s*)?\)$/.exec(css)?.slice(1);
  return parts && `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
}
