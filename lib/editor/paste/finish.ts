import { shapeBlocks, shapeHeadings } from './blocks.ts';
import { shapeCallouts } from './callouts.ts';
import { shapeCode } from './code.ts';
import { shapeColors } from './colors.ts';
import { dropUnsafe } from './drop-unsafe.ts';
import { shapeLists } from './lists.ts';
import { shapeMarks } from './marks.ts';
import { STYLE } from './quiet-html.ts';
import { all } from './reshape.ts';
import { shapeTables } from './tables.ts';

// What all pasted HTML goes through, whoever wrote it, web pages included.
// Invariant: no attribute is left but those named here.

const KEPT: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  img: ['src', 'alt'],
  ol: ['start'],
  ul: ['data-type'],
  li: ['data-type', 'data-checked'],
  td: ['colspan', 'rowspan', 'data-background', 'data-align'],
  th: ['colspan', 'rowspan', 'data-background', 'data-align'],
  p: ['data-align'],
  h1: ['data-align'],
  h2: ['data-align'],
  h3: ['data-align'],
  h4: ['data-align'],
  span: ['data-text-color'],
  mark: ['data-color'],
  code: ['class'],
  div: ['data-callout'],
};

export function finish(body: HTMLElement): void {
  dropUnsafe(body);
  shapeCallouts(body);
  shapeCode(body);
  shapeLists(body);
  shapeTables(body);
  shapeHeadings(body);
  shapeColors(body);
  shapeMarks(body);
  shapeBlocks(body);
  for (const element of all(body, '*')) {
    const kept = KEPT[element.localName] ?? [];
    for (const name of element.getAttributeNames())
      if (!kept.includes(name) || name === STYLE) element.removeAttribute(name);
  }
}
