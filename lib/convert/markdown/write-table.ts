import type { NodeJson } from '../document-json.ts';
import { plainText } from '../document-json.ts';

// Tables in GitHub's form. That has one header row and one line per cell: a table without header gets an empty one, blocks of a cell are parted by
// `<br>`, and a cell that spans leaves its neighbours empty.

/** Columns beyond which a table is not one: an attribute may hold any number. */
const COLUMNS = 200;

export function writeTable(table: NodeJson, writeInline: (nodes: readonly NodeJson[]) => string): string {
  const rows = gridOf(table.content ?? [], (cell) => writeCell(cell, writeInline));
  const width = Math.max(1, ...rows.map((row) => row.length));
  const first = table.content?.[0]?.content ?? [];
  const hasHeader = first.length > 0 && first.every(({ type }) => type === 'tableHeader');
  const all = hasHeader ? rows : [[], ...rows];
  const [header = [], ...body] = all.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? ''));
  return [header, header.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function gridOf(rows: readonly NodeJson[], write: (cell: NodeJson) => string): string[][] {
  const grid: string[][] = rows.map(() => []);
  rows.forEach(({ content = [] }, at) => {
    let column = 0;
    for (const cell of content) {
      while (grid[at]?.[column] !== undefined) column += 1;
      const [width, height] = [spanOf(cell.attrs?.colspan), spanOf(cell.attrs?.rowspan)];
      if (column + width > COLUMNS) break;
      for (let down = 0; down < height && at + down < rows.length; down++) {
        for (let right = 0; right < width; right++) {
          const row = grid[at + down];
          if (row) row[column + right] = down + right === 0 ? write(cell) : '';
        }
      }
      column += width;
    }
  });
  return grid;
}

function spanOf(span: unknown): number {
  return typeof span === 'number' && span > 0 ? Math.min(COLUMNS, Math.floor(span)) : 1;
}

function writeCell(cell: NodeJson, writeInline: (nodes: readonly NodeJson[]) => string): string {
  return linesOf(cell)
    .map((line) => writeInline(line).replace(/\\?\n/g, '<br>').replaceAll('|', '\\|').trim())
    .filter((line) => line !== '')
    .join('<br>');
}

/** The words of each block below; blocks inside of blocks become lines of their own. */
function linesOf(node: NodeJson): NodeJson[][] {
  const children = node.content ?? [];
  if (node.type === 'codeBlock') {
    return plainText(node)
      .split('\n')
      .map((text) => [{ type: 'text', text, marks: [{ type: 'code' }] }]);
  }
  return children.some(({ content, text }) => text === undefined && content) || children.length === 0
    ? children.flatMap(linesOf)
    : [children];
}
