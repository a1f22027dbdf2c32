import { type Selection, TextSelection, type Transaction } from '@tiptap/pm/state';
import type { Binding } from './binding/binding.ts';

// Where my caret belongs after somebody else's edit, and after my undo.
// Invariant: a caret whose surroundings still exist stays between the same two characters. The editor itself only knows which words were
// replaced, not which of them are the same as before.

/** The caret or text selection of before, in the text after `transaction`; undefined when its surroundings are gone. */
export function keptSelection(binding: Binding, transaction: Transaction): Selection | undefined {
  const before = binding.beforeTransactionSelection;
  if (before?.type !== 'text') return undefined; // any other selection is of blocks, which the editor can follow
  const anchor = before.anchor ? binding.positionOf(before.anchor) : undefined;
  const head = before.head ? binding.positionOf(before.head) : undefined;
  const { size } = transaction.doc.content;
  if (anchor === undefined || head === undefined || anchor > size || head > size) return undefined;
  return TextSelection.between(transaction.doc.resolve(anchor), transaction.doc.resolve(head));
}
