import { alignmentNamed } from '../content/alignment.ts';
import { styleOf } from './pasted-style.ts';
import { all } from './reshape.ts';

// Blocks and cells that stand in the middle or at the right, whether a tag, an attribute or a style says so, theirs or that of what is around them.
// Justified text is only a look.
// Invariant: what is aligned says so in `data-align`, which the schema reads (content/alignment.ts).

const ALIGN = 'data-align';
/** What is kept of the values of CSS; where lines begin and end is said of texts that run from left to right. */
const KEPT: Readonly<Record<string, string>> = { center: 'center', right: 'right', end: 'right' };

export function shapeAlignment(body: HTMLElement): void {
  // In the order of the text: what is around a block has been looked at before it.
  for (const block of all(body, 'p, h1, h2, h3, h4, h5, h6, div, center, section, article, td, th')) {
    const said = saidOf(block);
    const alignment = said === '' ? (block.getAttribute(ALIGN) ?? aroundOf(block)) : KEPT[said];
    if (alignment === undefined) block.removeAttribute(ALIGN);
    else block.setAttribute(ALIGN, alignment);
  }
}

/** Beside our word for it, CSS for other programs. */
export function writeAlignment(dom: ParentNode): void {
  for (const block of all(dom, `[${ALIGN}]`)) {
    const alignment = alignmentNamed(block.getAttribute(ALIGN));
    if (alignment) (block as HTMLElement).style.setProperty('text-align', alignment);
  }
}

/** To be given to the element that comes in its place. */
export function alignmentOf(block: Element): Record<string, string> {
  const alignment = block.getAttribute(ALIGN);
  return alignment === null ? {} : { [ALIGN]: alignment };
}

function saidOf(block: Element): string {
  if (block.localName === 'center') return 'center';
  const said = styleOf(block, 'text-align') || (block.getAttribute('align') ?? '');
  return said
    .trim()
    .toLowerCase()
    .replace(/^-(?:webkit|moz)-/, '');
}

/** A cell aligns all that is in it by itself. */
function aroundOf(block: Element): string | undefined {
  if (block.matches('td, th')) return undefined;
  const around = block.parentElement?.closest(`[${ALIGN}], td, th`);
  return around?.matches('td, th') ? undefined : (around?.getAttribute(ALIGN) ?? undefined);
}
