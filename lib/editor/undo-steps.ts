import { Extension } from '@tiptap/core';
import { Selection, type Transaction } from '@tiptap/pm/state';
import { ReplaceStep } from '@tiptap/pm/transform';
import { ySyncPluginKey } from '@tiptap/y-tiptap';
import { closeUndoStep } from './undo-step.ts';

// What one undo takes back: a word, or what was done at one go; not a letter, and not all that was typed without a pause.
// Invariant: what is undone is for Yjs to say, which ends a step at a pause of half a second. Here it is only said where else one ends, and where
// the caret stands afterwards.

/** Changes of one kind within half a second are one step, but for a new word. */
type Kind = 'typing' | 'deleting' | 'other';

export const UndoSteps = Extension.create({
  name: 'undoSteps',

  dispatchTransaction({ transaction, next }) {
    if (transaction.docChanged && transaction.getMeta(ySyncPluginKey) === undefined) {
      const kind = kindOf(transaction);
      const before = this.storage.kind as Kind | undefined;
      // What follows a deletion at once belongs to it: a block that moves is deleted first, and so is the sign that asked for a heading.
      const goesOn = before === undefined || before === kind || (before === 'deleting' && kind === 'other');
      if (!goesOn || beginsWord(transaction)) closeUndoStep(this.editor.state);
      this.storage.kind = kind;
    }
    next(transaction);
  },

  addStorage: (): { kind: Kind | undefined } => ({ kind: undefined }),
});

function kindOf({ steps }: Transaction): Kind {
  const [step] = steps;
  if (steps.length !== 1 || !(step instanceof ReplaceStep)) return 'other';
  const { slice, from, to } = step;
  if (slice.size === 0) return 'deleting';
  const text = slice.content.firstChild;
  return slice.content.childCount === 1 && text?.isText && from === to ? 'typing' : 'other';
}

/** The first letter after a space. Chinese and its like have none: there a pause, or what an input method commits, is a step. */
function beginsWord({ steps, docs }: Transaction): boolean {
  const [step] = steps;
  const [doc] = docs;
  if (!doc || !(step instanceof ReplaceStep) || steps.length !== 1 || step.from !== step.to) return false;
  const typed = step.slice.content.textBetween(0, step.slice.content.size);
  if (!/^\S/.test(typed)) return false;
  const $at = doc.resolve(step.from);
  return /\s$/.test($at.parent.textBetween(Math.max(0, $at.parentOffset - 1), $at.parentOffset, undefined, ' '));
}

/** Puts the caret of an undo or a redo to what it changed: there one goes on, wherever one was. */
export function caretToChange(transaction: Transaction): void {
  const { before, doc } = transaction;
  const start = before.content.findDiffStart(doc.content);
  const ends = before.content.findDiffEnd(doc.content);
  if (start === null || !ends) return;
  // Of a letter among equal ones the two searches overlap.
  const end = ends.b + Math.max(0, start - Math.min(ends.a, ends.b));
  transaction.setSelection(Selection.near(doc.resolve(end), -1));
}
