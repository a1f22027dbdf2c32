import type { Node } from '@tiptap/pm/model';

/** A heading of the text, and where it stands. */
export interface Heading {
  readonly position: number;
  readonly level: number;
  readonly text: string;
}

/** UTF-16 units of a heading that are shown. */
const SHOWN = 200;

/** The headings that have words, in order, at any depth: a column or a toggle may hold some. */
export function headingsOf(doc: Node): Heading[] {
  const headings: Heading[] = [];
  doc.descendants((node, position) => {
    if (node.type.name === 'heading') {
      const text = node.textContent.trim().slice(0, SHOWN);
      const level = Number(node.attrs.level) || 1;
      if (text !== '') headings.push({ position, level, text });
    }
    return !node.isTextblock;
  });
  return headings;
}

export function sameHeadings(a: readonly Heading[], b: readonly Heading[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ position, level, text }, at) => {
      const other = b[at];
      return position === other?.position && level === other.level && text === other.text;
    })
  );
}
