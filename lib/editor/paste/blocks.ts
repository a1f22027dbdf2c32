import { alignmentOf } from './alignment.ts';
import { all, hasBlocks, isBlock, rename, unwrap } from './reshape.ts';

// Paragraphs, headings and what stands around them.

/** What the schema has a node or a mark for; everything else gives its contents. */
const KNOWN =
  'p, h1, h2, h3, h4, ul, ol, li, table, thead, tbody, tfoot, tr, td, th, blockquote, details, summary, pre, hr, img, br, a, strong, em, s, u, code, mark, sub, sup, span[data-text-color], div[data-callout]';

/** Word in a browser, and pages, may say by a role what is a heading. */
export function shapeHeadings(body: HTMLElement): void {
  for (const heading of all(body, '[role="heading"]')) {
    rename(heading, `h${levelOf(heading.getAttribute('aria-level'))}`, alignmentOf(heading));
  }
}

function levelOf(level: string | null): number {
  const number = Number.parseInt(level ?? '', 10);
  return number >= 1 && number <= 4 ? number : 4;
}

export function shapeBlocks(body: HTMLElement): void {
  for (const heading of all(body, 'h5, h6')) rename(heading, 'h4', alignmentOf(heading));
  // Innermost first, so that a block around blocks is seen to hold blocks.
  for (const element of all(body, '*').reverse()) {
    if (element.matches(KNOWN) && element.namespaceURI === 'http://www.w3.org/1999/xhtml') continue;
    if (!isBlock(element)) unwrap(element);
    else if (hasBlocks(element)) {
      wrapLoose(element);
      unwrap(element);
    } else rename(element, 'p', alignmentOf(element));
  }
  if (hasBlocks(body)) wrapLoose(body);
  trimSpaces(body);
  for (const block of all(body, 'p, li, td, th, h1, h2, h3, h4')) trimBreaks(block);
  for (const block of all(body, 'p, h1, h2, h3, h4')) if (isEmpty(block) && !isOnlyOfItem(block)) block.remove();
  for (const block of all(body, 'blockquote, li, ul, ol, div[data-callout]'))
    if (isEmpty(block) && !block.querySelector('table')) block.remove();
}

/** A cell or an item keeps its one paragraph. */
function isOnlyOfItem(block: Element): boolean {
  return block.parentElement?.matches('td, th, li') === true && block.parentElement.childElementCount === 1;
}

function isEmpty(block: Element): boolean {
  return block.textContent?.trim() === '' && block.querySelector('img, hr') === null;
}

/** Words that stand between blocks get a paragraph of their own. */
function wrapLoose(element: Element): void {
  let run: Element | undefined;
  for (const node of [...element.childNodes]) {
    if (node instanceof Element && (isBlock(node) || node.localName === 'img' || hasBlocks(node))) {
      run = undefined;
      continue;
    }
    if (!run && node.textContent?.trim() === '') {
      if (node instanceof Element) node.remove();
      continue;
    }
    if (!run) {
      run = element.ownerDocument.createElement('p');
      node.before(run);
    }
    run.append(node);
  }
}

/** A break at the end of a block is how browsers keep it open; at its start it stands for the gap before it. */
function trimBreaks(block: Element): void {
  for (const side of ['firstChild', 'lastChild'] as const) {
    for (let node = block[side]; node; node = block[side]) {
      if (node instanceof Element ? node.localName !== 'br' : node.nodeValue?.trim() !== '') break;
      node.remove();
    }
  }
}

/** A space that does not break is one that programs write so that it does not collapse, unless it stands alone between two words. */
function trimSpaces(body: HTMLElement): void {
  const texts = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!node.nodeValue?.includes('\u00a0') || node.parentElement?.closest('pre')) continue;
    node.nodeValue = node.nodeValue.replace(/\u00a0+(?=[ \n]|$)|(?<=[ \n]|^)\u00a0+|\u00a0{2,}/g, ' ');
  }
}
