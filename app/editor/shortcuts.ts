import type { Editor } from '@tiptap/core';
import { duplicateBlocks, moveBlocks } from '../../lib/editor/move-blocks.ts';
import { clearMarks, TOGGLES } from './commands.ts';

// The keys of the text: the one table that the editor's own bindings, the hints of the buttons and the list of shortcuts come from.
// Invariant: an entry with a `run` is bound to its keys here (page-shortcuts.ts); one without is bound by whoever is named beside it.

interface Entry {
  /** As ProseMirror names keys: `Mod` is the command key on a Mac and Ctrl elsewhere. */
  readonly keys: string;
  readonly group: 'letters' | 'blocks' | 'page';
  readonly run?: (editor: Editor) => boolean;
}

/** In the order of the list. The names are those of the words that say what they do. */
export const SHORTCUTS = {
  'toolbar.undo': { keys: 'Mod-z', group: 'letters' }, // the collaboration extension
  'toolbar.redo': { keys: 'Mod-Shift-z', group: 'letters' }, // the same
  'toolbar.bold': { keys: 'Mod-b', group: 'letters', run: TOGGLES.bold },
  'toolbar.italic': { keys: 'Mod-i', group: 'letters', run: TOGGLES.italic },
  'toolbar.underline': { keys: 'Mod-u', group: 'letters', run: TOGGLES.underline },
  'toolbar.strike': { keys: 'Mod-Shift-s', group: 'letters', run: TOGGLES.strike },
  'toolbar.code': { keys: 'Mod-e', group: 'letters', run: TOGGLES.code },
  'toolbar.subscript': { keys: 'Mod-,', group: 'letters', run: TOGGLES.subscript },
  'toolbar.superscript': { keys: 'Mod-.', group: 'letters', run: TOGGLES.superscript },
  'toolbar.clear': { keys: 'Mod-\\', group: 'letters', run: clearMarks },
  'toolbar.link': { keys: 'Mod-k', group: 'letters' }, // page-shortcuts.ts
  'insert.paragraph': { keys: 'Mod-Alt-0', group: 'blocks', run: (editor) => editor.commands.setParagraph() },
  'insert.heading1': {
    keys: 'Mod-Alt-1',
    group: 'blocks',
    run: (editor) => editor.commands.toggleHeading({ level: 1 }),
  },
  'insert.heading2': {
    keys: 'Mod-Alt-2',
    group: 'blocks',
    run: (editor) => editor.commands.toggleHeading({ level: 2 }),
  },
  'insert.heading3': {
    keys: 'Mod-Alt-3',
    group: 'blocks',
    run: (editor) => editor.commands.toggleHeading({ level: 3 }),
  },
  'toolbar.orderedList': { keys: 'Mod-Shift-7', group: 'blocks', run: TOGGLES.orderedList },
  'toolbar.bulletList': { keys: 'Mod-Shift-8', group: 'blocks', run: TOGGLES.bulletList },
  'toolbar.taskList': { keys: 'Mod-Shift-9', group: 'blocks', run: TOGGLES.taskList },
  'toolbar.quote': { keys: 'Mod-Shift-b', group: 'blocks', run: TOGGLES.quote },
  'toolbar.codeBlock': { keys: 'Mod-Alt-c', group: 'blocks', run: TOGGLES.codeBlock },
  'block.duplicate': { keys: 'Mod-d', group: 'blocks', run: ({ view }) => duplicateBlocks(view) },
  // Taken even where there is no way to go: they would select words instead.
  'block.up': { keys: 'Alt-Shift-ArrowUp', group: 'blocks', run: ({ view }) => moveBlocks(view, 'up') || true },
  'block.down': { keys: 'Alt-Shift-ArrowDown', group: 'blocks', run: ({ view }) => moveBlocks(view, 'down') || true },
  'shortcuts.indent': { keys: 'Tab', group: 'blocks' }, // lists.ts, code-keys.ts
  'shortcuts.outdent': { keys: 'Shift-Tab', group: 'blocks' }, // the same
  'toolbar.block': { keys: 'Alt-Enter', group: 'page' }, // page-shortcuts.ts
  'shortcuts.blockBar': { keys: 'Alt-F9', group: 'page' }, // page-shortcuts.ts
  'shortcuts.toolbar': { keys: 'Alt-F10', group: 'page' }, // page-shortcuts.ts
  'find.label': { keys: 'Mod-f', group: 'page' }, // reading-tools.tsx
  'reading.focus': { keys: 'Mod-Shift-f', group: 'page' }, // reading-tools.tsx
  'reading.print': { keys: 'Mod-p', group: 'page' }, // the browser
  'shortcuts.here': { keys: 'Mod-/', group: 'page' }, // document-header.tsx: it works outside of the text too
} as const satisfies Readonly<Record<string, Entry>>;

export type ShortcutName = keyof typeof SHORTCUTS;

/** Those that are bound here. */
export function boundKeys(): Record<string, (context: { editor: Editor }) => boolean> {
  const entries: readonly Entry[] = Object.values(SHORTCUTS);
  return Object.fromEntries(entries.flatMap(({ keys, run }) => (run ? [[keys, ({ editor }) => run(editor)]] : [])));
}
