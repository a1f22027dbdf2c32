import { alignmentOf } from './alignment.ts';
import type { Pasted } from './pasted.ts';
import { styleOf } from './pasted-style.ts';
import { STYLE } from './quiet-html.ts';
import { all, rename, unwrap } from './reshape.ts';

// Word, and Outlook, which writes with it; also Word in a browser.
// A list of Word is a row of paragraphs. `mso-list:l0 level2 lfo1` says which list and how deep; what the eye sees as its bullet or number is text
// inside of a conditional comment, and the style sheet says what kind of numbers they are.

export const word = {
  applies: (source: string) =>
    /urn:schemas-microsoft-com:office:word|content="?Word\.Document|class="?Mso|mso-list:|ListContainerWrapper/i.test(
      source,
    ),

  transform({ body, css }: Pasted): void {
    // `o:p` at the end of each paragraph, `v:shape` for a drawing, and other elements of Office's own.
    for (const element of all(body, '*').filter(({ localName }) => localName.includes(':'))) {
      if (element.localName.startsWith('v:') || element.textContent?.trim() === '') element.remove();
      else unwrap(element);
    }
    for (const heading of all(body, 'p.MsoTitle')) rename(heading, 'h1', alignmentOf(heading));
    for (const heading of all(body, 'p.MsoSubtitle')) rename(heading, 'h2', alignmentOf(heading));
    for (const quote of all(body, 'p.MsoQuote, p.MsoIntenseQuote')) {
      const block = body.ownerDocument.createElement('blockquote');
      quote.replaceWith(block);
      block.append(quote);
    }
    buildLists(body, numbering(css));
    joinBrowserLists(body);
  },
};

interface Level {
  list: string;
  level: number;
}

function levelOf(element: Element): Level | undefined {
  const [, list, level] = /\b(l\d+)\s+level(\d)/.exec(styleOf(element, 'mso-list')) ?? [];
  return list === undefined ? undefined : { list, level: Number(level) };
}

/** Which levels of which lists are bullets, from `@list l0:level1 { mso-level-number-format: bullet }`. */
function numbering(css: string): (level: Level) => 'bullet' | 'number' | undefined {
  const bullets = new Set<string>();
  const known = new Set<string>();
  for (const [, list = '', level = '', body = ''] of css.matchAll(
    /@list\s+(l\d+):level(\d)[^{]{0,40}\{([^}]{0,2000})\}/g,
  )) {
    known.add(`${list} ${level}`);
    if (/mso-level-number-format:\s*(?:bullet|image)/.test(body)) bullets.add(`${list} ${level}`);
  }
  return ({ list, level }) => {
    const key = `${list} ${level}`;
    if (!known.has(key)) return undefined;
    return bullets.has(key) ? 'bullet' : 'number';
  };
}

interface OpenList extends Level {
  element: Element;
}

function buildLists(body: HTMLElement, kindOf: (level: Level) => 'bullet' | 'number' | undefined): void {
  let open: OpenList[] = [];
  let last: Element | undefined;
  for (const paragraph of all(body, `[${STYLE}*="mso-list"]`).filter((element) =>
    element.matches('p, h1, h2, h3, h4, h5, h6, div, li'),
  )) {
    const level = levelOf(paragraph);
    const marker = takeMarker(paragraph);
    // Word numbers headings with its lists too; `li` comes from Outlook, which builds lists itself.
    if (!level || !paragraph.matches('p, div')) continue;
    if (!last || previousElement(paragraph) !== last) open = [];
    const number = /^\(?(\d+|[a-z]|[ivxlcdm]+)[.)]?$/i.exec(marker.trim());
    const kind = kindOf(level) ?? (number ? 'number' : 'bullet');
    while ((open.at(-1)?.level ?? 0) > level.level) open.pop();
    let list = open.at(-1);
    if (
      list?.level === level.level &&
      (list.list !== level.list || (list.element.localName === 'ol') !== (kind === 'number'))
    ) {
      open.pop();
      list = undefined;
    }
    if (list?.level !== level.level) {
      list = { ...level, element: openList(paragraph, kind, open.at(-1), marker) };
      open.push(list);
    }
    const item = body.ownerDocument.createElement('li');
    list.element.append(item);
    item.append(rename(paragraph, 'p'));
    last = open[0]?.element;
  }
}

function openList(
  paragraph: Element,
  kind: 'bullet' | 'number',
  parent: OpenList | undefined,
  marker: string,
): Element {
  const list = paragraph.ownerDocument.createElement(kind === 'number' ? 'ol' : 'ul');
  const start = /^\(?(\d{1,6})[.)]?$/.exec(marker.trim())?.[1];
  if (kind === 'number' && start !== undefined && start !== '1') list.setAttribute('start', start);
  const item = parent?.element.lastElementChild;
  if (item) item.append(list);
  else paragraph.before(list);
  return list;
}

/** The element before, if only space lies between. */
function previousElement(element: Element): Element | null {
  for (let node = element.previousSibling; node; node = node.previousSibling) {
    if (node instanceof Element) return node;
    if (node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim() !== '') return null;
  }
  return null;
}

/** Takes the bullet or number away that Word has written for programs without lists. */
function takeMarker(paragraph: Element): string {
  const ignored = all(paragraph, `[${STYLE}]`).find((element) => styleOf(element, 'mso-list') === 'ignore');
  if (!ignored) return '';
  const text = (ignored.textContent ?? '').replace(/[\s\u00a0]+/g, ' ');
  // The innermost span says "Ignore"; those around it hold nothing else.
  let outer: Element = ignored;
  while (
    outer.parentElement &&
    outer.parentElement !== paragraph &&
    outer.parentElement.textContent === ignored.textContent
  ) {
    outer = outer.parentElement;
  }
  outer.remove();
  return text;
}

/** Word in a browser makes a list of its own for each item, and says the depth in `data-aria-level`. */
function joinBrowserLists(body: HTMLElement): void {
  for (const wrapper of all(body, 'div.ListContainerWrapper')) unwrap(wrapper);
  let open: { element: Element; level: number }[] = [];
  let last: Element | undefined;
  for (const item of all(body, 'li[data-aria-level]')) {
    const single = item.parentElement;
    if (!single) continue;
    const level = Number(item.getAttribute('data-aria-level')) || 1;
    if (!last || (previousElement(single) !== last && single !== last)) open = [];
    while ((open.at(-1)?.level ?? 0) > level) open.pop();
    const list = open.at(-1);
    if (list?.level === level && list.element.localName === single.localName) {
      if (list.element !== single) list.element.append(item);
    } else if (list && list.level < level) {
      const made = body.ownerDocument.createElement(single.localName);
      list.element.lastElementChild?.append(made);
      made.append(item);
      open.push({ element: made, level });
    } else {
      open = [{ element: single, level }];
    }
    if (single.childElementCount === 0) single.remove();
    last = open[0]?.element;
  }
}
