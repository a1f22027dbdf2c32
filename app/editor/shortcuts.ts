// The keys of the text: the one table that the editor's own bindings, the hints of the buttons and the list of shortcuts come from.
// It loads nothing, for pages without a text know it too.
// Invariant: each is bound by bound-keys.ts, or by whoever is named beside it.

interface Entry {
  /** As ProseMirror names keys: `Mod` is the command key on a Mac and Ctrl elsewhere. */
  readonly keys: string;
  readonly group: 'letters' | 'blocks' | 'page';
}

/** In the order of the list. The names are those of the words that say what they do. */
export const SHORTCUTS = {
  'toolbar.undo': { keys: 'Mod-z', group: 'letters' }, // the collaboration extension
  'toolbar.redo': { keys: 'Mod-Shift-z', group: 'letters' }, // the same
  'toolbar.bold': { keys: 'Mod-b', group: 'letters' },
  'toolbar.italic': { keys: 'Mod-i', group: 'letters' },
  'toolbar.underline': { keys: 'Mod-u', group: 'letters' },
  'toolbar.strike': { keys: 'Mod-Shift-s', group: 'letters' },
  'toolbar.code': { keys: 'Mod-e', group: 'letters' },
  'toolbar.subscript': { keys: 'Mod-,', group: 'letters' },
  'toolbar.superscript': { keys: 'Mod-.', group: 'letters' },
  'toolbar.clear': { keys: 'Mod-\\', group: 'letters' },
  'toolbar.link': { keys: 'Mod-k', group: 'letters' }, // page-shortcuts.ts
  'insert.paragraph': { keys: 'Mod-Alt-0', group: 'blocks' },
  'insert.heading1': { keys: 'Mod-Alt-1', group: 'blocks' },
  'insert.heading2': { keys: 'Mod-Alt-2', group: 'blocks' },
  'insert.heading3': { keys: 'Mod-Alt-3', group: 'blocks' },
  'toolbar.orderedList': { keys: 'Mod-Shift-7', group: 'blocks' },
  'toolbar.bulletList': { keys: 'Mod-Shift-8', group: 'blocks' },
  'toolbar.taskList': { keys: 'Mod-Shift-9', group: 'blocks' },
  'toolbar.quote': { keys: 'Mod-Shift-b', group: 'blocks' },
  'toolbar.codeBlock': { keys: 'Mod-Alt-c', group: 'blocks' },
  'block.duplicate': { keys: 'Mod-d', group: 'blocks' },
  'block.up': { keys: 'Alt-Shift-ArrowUp', group: 'blocks' },
  'block.down': { keys: 'Alt-Shift-ArrowDown', group: 'blocks' },
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
