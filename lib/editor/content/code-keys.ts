import type { Command, EditorState } from '@tiptap/pm/state';
import { TextSelection } from '@tiptap/pm/state';

// Tab, Shift+Tab and Enter in code.
// Invariant: only spaces at the starts of lines are written and taken away; what others type in the same lines stays as it is.

const SPACES = '  ';

interface Line {
  /** Where it begins in the document. */
  readonly start: number;
  readonly text: string;
}

/** Moves the selected lines to the right; with nothing selected, what stands behind the caret. */
export const indentCode: Command = (state, dispatch) => {
  const lines = selectedLines(state);
  if (!lines) return false;
  const unit = unitOf(state);
  const { empty, from } = state.selection;
  const { tr } = state;
  if (empty) tr.insertText(unit, from);
  else for (const { start, text } of [...lines].reverse()) if (text !== '') tr.insertText(unit, start);
  dispatch?.(tr.scrollIntoView());
  return true;
};

/** Moves the lines that the selection is in to the left, as far as they go. Taken even where they go no further: the focus stays. */
export const outdentCode: Command = (state, dispatch) => {
  const lines = selectedLines(state);
  if (!lines) return false;
  const { tr } = state;
  for (const { start, text } of [...lines].reverse()) {
    const [space = ''] = /^(?:\t| {1,2})/.exec(text) ?? [];
    if (space !== '') tr.delete(start, start + space.length);
  }
  dispatch?.(tr.scrollIntoView());
  return true;
};

/** A new line begins below the first letter of the one before it. A line of spaces alone gives them up, so that Enter leaves the block from there too. */
export const newLineInCode: Command = (state, dispatch) => {
  const line = selectedLines(state)?.[0];
  if (!line) return false;
  const { from, to } = state.selection;
  const before = line.text.slice(0, from - line.start);
  const [space = ''] = /^[\t ]*/.exec(before) ?? [];
  const blank = space !== '' && line.text.trim() === '' && from === to;
  const { tr } = state;
  if (blank) tr.insertText('\n', line.start, line.start + line.text.length);
  else tr.insertText(`\n${space}`, from, to);
  dispatch?.(tr.scrollIntoView());
  return true;
};

/** Undefined outside of code, and where the selection goes beyond it. */
function selectedLines({ selection }: EditorState): Line[] | undefined {
  const { $from, $to } = selection;
  if (!(selection instanceof TextSelection) || !$from.parent.type.spec.code || !$from.sameParent($to)) return undefined;
  let start = $from.start();
  const lines: Line[] = [];
  for (const text of $from.parent.textContent.split('\n')) {
    const end = start + text.length;
    // Not one of which only the break before it is selected.
    if (end >= $from.pos && (start < $to.pos || start <= $from.pos)) lines.push({ start, text });
    start = end + 1;
  }
  return lines;
}

/** What the block is indented with already. */
function unitOf({ selection }: EditorState): string {
  return /^\t/m.test(selection.$from.parent.textContent) ? '\t' : SPACES;
}
