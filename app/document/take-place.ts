// The moment at which the editor takes the place of the snapshot.
// Invariant: what was at the top of the window is there afterwards, and what was selected is selected.

interface Point {
  /** Number of the block in the text. */
  readonly block: number;
  /** Characters of the block before the point. */
  readonly offset: number;
}

/** A place on the page. */
export interface Place {
  readonly node: Node;
  readonly offset: number;
}

export interface ShownText {
  readonly dom: HTMLElement;
  /** Selects from one place in it to another, and takes the focus where one can write. */
  select(anchor: Place, focus: Place): void;
}

/**
 * Hides `snapshot`, the whole of what stands in for the editor, which is on the page already, below it or above. `covered`: pixels at
 * the top of the window that header and toolbar hide.
 */
export function takePlace(snapshot: HTMLElement, shown: ShownText, covered: number): void {
  const { dom: text } = shown;
  const article = snapshot.querySelector<HTMLElement>('.text');
  if (!article) return;
  const selection = document.getSelection();
  const anchor = pointIn(article, selection?.anchorNode ?? null, selection?.anchorOffset ?? 0);
  const focus = pointIn(article, selection?.focusNode ?? null, selection?.focusOffset ?? 0);
  const seen = scrollY > 0 ? blockAt(article, covered + text.getBoundingClientRect().top * -1) : undefined;
  snapshot.hidden = true;
  const block = seen && blockElements(text)[seen.index];
  if (block) scrollBy(0, block.getBoundingClientRect().top - text.getBoundingClientRect().top - seen.top);
  const place = scrollY;
  const from = anchor && placeOf(text, anchor);
  const to = focus && placeOf(text, focus);
  if (from && to) shown.select(from, to); // whoever clicked into the text wants to write there
  scrollTo(0, place);
}

/** The first block of which something lies below `edge`, and where its top is; both in pixels from the top of the text. */
function blockAt(article: HTMLElement, edge: number): { index: number; top: number } | undefined {
  const start = article.getBoundingClientRect().top;
  for (const [index, block] of [...article.children].entries()) {
    const { top, bottom } = block.getBoundingClientRect();
    if (bottom - start > edge) return { index, top: top - start };
  }
  return undefined;
}

/** The blocks of a text, which stand in sheets if it is a long one (lib/editor/sheets.ts). */
function blockElements(text: Element): Element[] {
  return [...text.children].flatMap((child) => (child.classList.contains('sheet') ? [...child.children] : [child]));
}

function pointIn(article: HTMLElement, node: Node | null, offset: number): Point | undefined {
  if (!node || !article.contains(node) || node === article) return undefined;
  let block: Node = node;
  while (block.parentNode && block.parentNode !== article) block = block.parentNode;
  const range = document.createRange();
  range.selectNodeContents(block);
  range.setEnd(node, offset);
  return { block: [...article.children].indexOf(block as Element), offset: range.toString().length };
}

function placeOf(text: HTMLElement, { block, offset }: Point): Place | undefined {
  const root = blockElements(text)[block];
  if (!root) return undefined;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let left = offset;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { length } = node.textContent ?? '';
    if (left <= length) return { node, offset: left };
    left -= length;
  }
  return { node: root, offset: 0 };
}
