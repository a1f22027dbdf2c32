import type { Editor } from '@tiptap/core';
import { duplicateBlocks, moveBlocks } from '../../lib/editor/move-blocks.ts';
import { clearMarks, TOGGLES } from './commands.ts';
import { SHORTCUTS, type ShortcutName } from './shortcuts.ts';

// What the keys of the text do that the editor itself has not bound (page-shortcuts.ts binds these).

type Run = (editor: Editor) => boolean;

const RUNS: Readonly<Partial<Record<ShortcutName, Run>>> = {
  'toolbar.bold': TOGGLES.bold,
  'toolbar.italic': TOGGLES.italic,
  'toolbar.underline': TOGGLES.underline,
  'toolbar.strike': TOGGLES.strike,
  'toolbar.code': TOGGLES.code,
  'toolbar.subscript': TOGGLES.subscript,
  'toolbar.superscript': TOGGLES.superscript,
  'toolbar.clear': clearMarks,
  'insert.paragraph': (editor) => editor.commands.setParagraph(),
  'insert.heading1': (editor) => editor.commands.toggleHeading({ level: 1 }),
  'insert.heading2': (editor) => editor.commands.toggleHeading({ level: 2 }),
  'insert.heading3': (editor) => editor.commands.toggleHeading({ level: 3 }),
  'toolbar.orderedList': TOGGLES.orderedList,
  'toolbar.bulletList': TOGGLES.bulletList,
  'toolbar.taskList': TOGGLES.taskList,
  'toolbar.quote': TOGGLES.quote,
  'toolbar.codeBlock': TOGGLES.codeBlock,
  'block.duplicate': ({ view }) => duplicateBlocks(view),
  // Taken even where there is no way to go: they would select words instead.
  'block.up': ({ view }) => moveBlocks(view, 'up') || true,
  'block.down': ({ view }) => moveBlocks(view, 'down') || true,
};

/** By keys. */
export function boundKeys(): Record<string, (context: { editor: Editor }) => boolean> {
  const entries = Object.entries(RUNS) as [ShortcutName, Run][];
  return Object.fromEntries(entries.map(([name, run]) => [SHORTCUTS[name].keys, ({ editor }) => run(editor)]));
}
