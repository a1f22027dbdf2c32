import * as Y from 'yjs';
import type { Row } from './row.ts';
import type { Shown } from './shown.ts';

// Where in the editor's text a shared type begins, and where in the shared text a position is.

export interface Seen {
  readonly root: Y.XmlFragment;
  readonly shown: Shown;
  /** Saves a walk through the document. */
  readonly row?: Row | undefined;
}

/** The position of a place in the shared text; undefined when what it is in is not part of the text (any more). */
export function positionOf(place: Y.RelativePosition, seen: Seen): number | undefined {
  const { doc } = seen.root;
  const found = doc && Y.createAbsolutePositionFromRelativePosition(place, doc);
  if (!found) return undefined;
  const start = startOf(found.type, seen);
  if (start === undefined) return undefined;
  if (found.type instanceof Y.XmlText) return start + found.index;
  if (!(found.type instanceof Y.XmlFragment)) return undefined;
  return sumOfSizes(found.type.toArray().slice(0, found.index), start, seen.shown);
}

/** The position just inside of `type`; undefined when it is not part of the text (any more). */
export function startOf(type: Y.AbsolutePosition['type'], seen: Seen): number | undefined {
  const { root, shown, row } = seen;
  if (type === root) return 0;
  const { parent } = type;
  if (type._item?.deleted !== false || !(parent instanceof Y.XmlFragment)) return undefined;
  if (type instanceof Y.XmlElement && !shown.get(type)?.nodeSize) return undefined;
  const index = parent === root && row ? row.indexOf(type) : -1;
  if (index >= 0) return row && row.startOf(index) + 1;
  const outer = startOf(parent, seen);
  if (outer === undefined) return undefined;
  const siblings: object[] = parent.toArray();
  const before = siblings.slice(0, siblings.indexOf(type));
  // A Y.XmlText has no tokens of its own in the editor's text.
  return sumOfSizes(before, type instanceof Y.XmlText ? outer : outer + 1, shown);
}

function sumOfSizes(types: readonly object[], start: number, shown: Shown): number | undefined {
  let sum = start;
  for (const type of types) {
    const size = type instanceof Y.XmlText ? type.length : shown.get(type)?.nodeSize;
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}

/** The place of `offset`, which counts in the content of `block`; undefined where that is not in words. */
export function placeIn(block: Y.XmlElement, offset: number, shown: Shown): Y.RelativePosition | undefined {
  let left = offset;
  for (const child of block.toArray()) {
    if (child instanceof Y.XmlText) {
      if (left <= child.length) return Y.createRelativePositionFromTypeIndex(child, left, -1);
      left -= child.length;
      continue;
    }
    if (left === 0) return undefined;
    const size = shown.get(child)?.nodeSize ?? 0;
    if (left < size) return child instanceof Y.XmlElement ? placeIn(child, left - 1, shown) : undefined;
    left -= size;
  }
  return undefined;
}
