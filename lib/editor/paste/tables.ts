import { all, rename, unwrap } from './reshape.ts';

// Tables. Invariant: a cell spans no more than a table can have: the number is a stranger's, and the editor makes a map of that size.

/** Columns or rows that one cell may span. */
const SPAN = 100;

export function boundSpans(body: HTMLElement): void {
  for (const cell of all(body, '[colspan], [rowspan]')) {
    for (const name of ['colspan', 'rowspan']) {
      const span = Number.parseInt(cell.getAttribute(name) ?? '', 10);
      if (span > 1 && span <= SPAN) cell.setAttribute(name, String(span));
      else cell.removeAttribute(name);
    }
  }
}

export function shapeTables(body: HTMLElement): void {
  for (const caption of all(body, 'caption')) {
    const table = caption.parentElement;
    const text = rename(caption, 'p');
    if (table) table.before(text);
  }
  // Innermost first: a table that only holds others apart is taken away from around them.
  for (const table of all(body, 'table').reverse()) if (isLayout(table)) dissolve(table);
  for (const cell of all(body, 'td, th')) if (!cell.closest('table')) rename(cell, 'p');
}

function isLayout(table: Element): boolean {
  return (
    table.getAttribute('role') === 'presentation' ||
    table.querySelectorAll('td, th').length <= 1 ||
    table.querySelector('table') !== null
  );
}

function dissolve(table: Element): void {
  for (const cell of all(table, 'td, th')) rename(cell, 'div');
  for (const part of all(table, 'tr, tbody, thead, tfoot')) unwrap(part);
  unwrap(table);
}
