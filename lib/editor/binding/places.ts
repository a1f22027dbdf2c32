import * as Y from 'yjs';
import type { Shown } from './shown.ts';

// Where in the editor's text a shared type begins.

/** The position just inside of `type`; undefined when it is not part of the text (any more). */
export function startOf(type: Y.AbsolutePosition['type'], root: Y.XmlFragment, shown: Shown): number | undefined {
  if (type === root) return 0;
  const { parent } = type;
  if (type._item?.deleted !== false || !(parent instanceof Y.XmlFragment)) return undefined;
  if (type instanceof Y.XmlElement && !shown.get(type)?.nodeSize) return undefined;
  const outer = startOf(parent, root, shown);
  if (outer === undefined) return undefined;
  const siblings: object[] = parent.toArray();
  const before = siblings.slice(0, siblings.indexOf(type));
  // A Y.XmlText has no tokens of its own in the editor's text.
  return sumOfSizes(before, type instanceof Y.XmlText ? outer : outer + 1, shown);
}

export function sumOfSizes(types: readonly object[], start: number, shown: Shown): number | undefined {
  let sum = start;
  for (const type of types) {
    const size = type instanceof Y.XmlText ? type.length : shown.get(type)?.nodeSize;
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}
