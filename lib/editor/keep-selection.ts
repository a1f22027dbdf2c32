import { type Selection, TextSelection, type Transaction } from '@tiptap/pm/state';
import * as Y from 'yjs';
import type { Binding } from './binding/binding.ts';
import { startOf, sumOfSizes } from './binding/places.ts';

// Where my caret belongs after somebody else's edit, and after my undo.
// Invariant: a caret whose surroundings still exist stays between the same two characters. The editor itself only knows which words were
// replaced, not which of them are the same as before.

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
  const start = startOf(place.type, binding.type, binding.mapping);
  if (start === undefined) return undefined;
  if (place.type instanceof Y.XmlText) return start + place.index;
  if (!(place.type instanceof Y.XmlFragment)) return undefined;
  return sumOfSizes(place.type.toArray().slice(0, place.index), start, binding.mapping);
}
