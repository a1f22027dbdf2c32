import { type Selection, TextSelection, type Transaction } from '@tiptap/pm/state';
import * as Y from 'yjs';

// Where my caret belongs after somebody else's edit.
// Invariant: a caret whose surroundings still exist stays between the same two characters. y-tiptap guesses instead, by looking for a block
// with the same words, whenever the block of the caret was edited: of two blocks with the same or a similar text it may take the wrong one.

/** The parts of y-tiptap's binding that are used here. */
export interface Binding {
  readonly doc: Y.Doc;
  readonly type: Y.XmlFragment;
  /** What each shared type is in the editor's new text. */
  readonly mapping: ReadonlyMap<unknown, unknown>;
  /** Set while a remote transaction is applied. */
  readonly beforeTransactionSelection: {
    readonly type: string;
    readonly anchor: Y.RelativePosition | null;
    readonly head: Y.RelativePosition | null;
  } | null;
}

type SharedType = Y.AbsolutePosition['type'];

/** The caret or text selection of before, in the text after `transaction`; undefined when its surroundings are gone. */
export function keptSelection(binding: Binding, transaction: Transaction): Selection | undefined {
  const before = binding.beforeTransactionSelection;
  if (before?.type !== 'text') return undefined;
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
  const outer = startOf(binding, parent);
  if (outer === undefined) return undefined;
  const siblings: unknown[] = parent.toArray();
  const before = siblings.slice(0, siblings.indexOf(type));
  // A Y.XmlText has no tokens of its own in the editor's text.
  return sumOfSizes(binding, before, type instanceof Y.XmlText ? outer : outer + 1);
}

function sumOfSizes(binding: Binding, types: readonly unknown[], start: number): number | undefined {
  let sum = start;
  for (const type of types) {
    const size =
      type instanceof Y.XmlText
        ? type.length
        : (binding.mapping.get(type) as { nodeSize?: number } | undefined)?.nodeSize;
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}
