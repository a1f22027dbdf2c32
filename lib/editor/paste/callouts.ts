import { alertKind } from '../content/callout.ts';
import { all, rename } from './reshape.ts';

// Boxes that stand out, on web pages: GitHub's alerts, and what Sphinx, MkDocs and their like make of a note.

export function shapeCallouts(body: HTMLElement): void {
  for (const box of all(body, 'div.markdown-alert, div.admonition, aside.admonition')) {
    const kind = kindOf(box);
    if (kind === undefined) continue;
    const title = box.querySelector(':scope > .markdown-alert-title, :scope > .admonition-title');
    // "Warning" above a warning is said by its looks already.
    if (title && alertKind(title.textContent?.trim() ?? '') !== undefined) title.remove();
    rename(box, 'div', { 'data-callout': kind });
  }
}

function kindOf(box: Element) {
  for (const name of box.classList) {
    const kind = alertKind(name.replace(/^markdown-alert-/, ''));
    if (kind !== undefined) return kind;
  }
  return undefined;
}
