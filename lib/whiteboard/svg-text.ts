import { escapeHtml, startTag } from '../convert/markup.ts';
import type { DrawnText } from './drawn.ts';
import { fontsOf } from './fonts.ts';
import { number } from './outline.ts';

// A text of a board as SVG.
// Invariant: whatever letters a text has, they stand in XML as letters. A picture brings no fonts: in another font each line is as wide as it was
// written, so that it stays in its shape.

/** From the middle of a line down to where its letters stand, in heights of the font: about the same in all of them. */
const BASELINE = 0.26;

const ANCHORS = { left: 'start', center: 'middle', right: 'end' } as const;

/** From the text's own corner. */
export function textSvg({
  text,
  width,
  fontSize,
  fontFamily,
  lineHeight,
  textAlign,
  autoResize,
  strokeColor,
}: DrawnText): string {
  const lines = xmlText(text).split('\n');
  const high = fontSize * lineHeight;
  const x = number(textAlign === 'left' ? 0 : textAlign === 'right' ? width : width / 2);
  const widest = Math.max(...lines.map(breadth));
  const spans = lines.map((line, at) => {
    if (line.trim() === '') return '';
    // A text that is as wide as it likes tells how wide its widest line is.
    const known = autoResize && width > 0;
    const tag = startTag('tspan', {
      x,
      y: number(at * high + high / 2 + fontSize * BASELINE),
      textLength: known ? number((width * breadth(line)) / widest) : undefined,
      lengthAdjust: known ? 'spacingAndGlyphs' : undefined,
    });
    return `${tag}${escapeHtml(line)}</tspan>`;
  });
  const tag = startTag('text', {
    'xml:space': 'preserve',
    fill: strokeColor === 'transparent' ? 'none' : strokeColor,
    'font-family': fontsOf(fontFamily),
    'font-size': number(fontSize),
    'text-anchor': ANCHORS[textAlign],
  });
  return `${tag}${spans.join('')}</text>`;
}

/** XML has no control characters and no half of a pair, not even escaped: one would spoil the whole picture. */
export function xmlText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

/** About how wide a line is, in heights of its font: only compared with others of one text. */
function breadth(line: string): number {
  let wide = 0;
  for (const letter of line) wide += LETTERS.find(([letters]) => letters.test(letter))?.[1] ?? 0.55;
  return wide;
}

const LETTERS: readonly (readonly [RegExp, number])[] = [
  [/[ijl.,:;'|!()[\]]/, 0.3],
  [/[\s rtfI-]/, 0.4],
  [/[mwMW@%]/, 0.85],
  [/[\p{Lu}\d]/u, 0.65],
  [/[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60]|[\u{1f000}-\u{3ffff}]/u, 1],
];
