import { alignmentOf } from './alignment.ts';
import type { Pasted } from './pasted.ts';
import { styleOf } from './pasted-style.ts';
import { all, rename } from './reshape.ts';

// Cells of Excel, Google Sheets and their like: one table. Excel gives bold in a class of its style sheet, Google in the cell's style.

export const spreadsheet = {
  applies: (source: string) =>
    /google-sheets-html-origin|urn:schemas-microsoft-com:office:excel|content="?Excel\.Sheet|data-sheets-(?:root|value)|LibreOffice/i.test(
      source,
    ),

  transform({ body, css }: Pasted): void {
    const bold = boldClasses(css);
    for (const table of all(body, 'table')) {
      const cells = all(table, 'td, th');
      const isBold = (cell: Element) =>
        isHeavy(styleOf(cell, 'font-weight')) ||
        [...cell.classList].some((name) => bold.has(name)) ||
        cell.localName === 'th';
      const header = [...(table.querySelector('tr')?.children ?? [])];
      // A first row that is all bold is what people make of a header here.
      const isHeader = header.length > 0 && cells.length > header.length && header.every(isBold);
      for (const cell of cells) {
        if (isHeader && header.includes(cell)) rename(cell, 'th', { ...spansOf(cell), ...alignmentOf(cell) });
        else if (isBold(cell) && cell.textContent?.trim() !== '') emphasise(cell);
      }
    }
  },
};

function isHeavy(weight: string): boolean {
  return weight.startsWith('bold') || Number(weight) >= 600;
}

/** Classes such as `.xl65 { font-weight: 700; }`. */
function boldClasses(css: string): Set<string> {
  const names = [...css.matchAll(/\.([\w-]{1,60})\s*\{([^}]{0,2000})\}/g)].flatMap(([, name = '', body = '']) =>
    isHeavy(/font-weight:\s*(\w+)/.exec(body)?.[1] ?? '') ? [name] : [],
  );
  return new Set(names);
}

function spansOf(cell: Element): Record<string, string> {
  return Object.fromEntries(
    ['colspan', 'rowspan'].flatMap((name) => (cell.hasAttribute(name) ? [[name, cell.getAttribute(name) ?? '1']] : [])),
  );
}

function emphasise(cell: Element): void {
  const strong = cell.ownerDocument.createElement('strong');
  strong.append(...cell.childNodes);
  cell.append(strong);
}
