import type { Node } from '@tiptap/pm/model';
import type * as Y from 'yjs';

/** Only what was changed here is set: an attribute that somebody else sets at the same time stays. */
export function writeAttributes(element: Y.XmlElement, before: Node, after: Node): void {
  for (const [name, value] of Object.entries(after.attrs)) {
    if (isSame(before.attrs[name], value)) continue;
    if (value === null || value === undefined) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }
}

/** Attributes are JSON: a list of column widths is a new one after each edit. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
