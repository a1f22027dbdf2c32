import { type Selection, TextSelection, type Transaction } from '@tiptap/pm/state';
import * as Y from 'yjs';
import type { Binding } from './binding/binding.ts';

// Where my caret belongs after somebody else's edit, and after my undo.
// Invariant: a caret whose surroundings still exist stays between the same two characters. The editor itself only knows which words were
// replaced, not which of them are the same as before.

type SharedType = Y.AbsolutePosition['type'];

/** The caret or text selection of before, in the text after `transaction`; undefined when its surroundings are gone. */
export function keptSelection(binding: Binding, transaction: Transaction): Selection | undefined {
  const before = binding.beforeTransactionSelection;
  if (before?.type !== 'text') return undefined; // any other selection is of blocks, which the editor can follow
  const anchor = positionOf(binding, before.anchor);
  const head = positionOf(binding, before.head);
  const { size } = transaction.doc.content;
  if (anchor === undefined || head === undefined || anchor > size || head > size) return undefined;
  return TextSelection.between(transaction.doc.resolve(anchor), transaction.doc.resolve(head));
}

function positionOf(binding: Binding, relative: Y.RelativePosition | null): number | undefined {
  const place = relative && Y.createAbsolutePositionFromRelativePosition(relative, binding.doc);
  if (!place) return undefined;
  const start = startOf(binding, place.type);
  if (start === undefined) return undefined;
  if (place.type instanceof Y.XmlText) return start + place.index;
  if (!(place.type instanceof Y.XmlFragment)) return undefined;
  return sumOfSizes(binding, place.type.toArray().slice(0, place.index), start);
}

/** The position just inside of `type`; undefined when it is not part of the text (any more). */
function startOf(binding: Binding, type: SharedType): number | undefined {
  if (type === binding.type) return 0;
  const { parent } = type;
  if (type._item?.deleted !== false || !(parent instanceof Y.XmlFragment)) return undefined;
  if (type instanceof Y.XmlElement && !binding.mapping.get(type)?.nodeSize) return undefined;
  const outer = startOf(binding, parent);
  if (outer === undefined) return undefined;
  const siblings: object[] = parent.toArray();
  const before = siblings.slice(0, siblings.indexOf(type));
  // A Y.XmlText has no tokens of its own in the editor's text.
  return sumOfSizes(binding, before, type instanceof Y.XmlText ? outer : outer + 1);
}

function sumOfSizes(binding: Binding, types: readonly object[], start: number): number | undefined {
  let sum = start;
  for (const type of types) {
    const size = type instanceof Y.XmlText ? type.length : binding.mapping.get(type)?.nodeSize;
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}
