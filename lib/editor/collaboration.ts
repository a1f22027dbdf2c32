import { type Editor, Extension, type Extensions } from '@tiptap/core';
import Collaboration from '@tiptap/extension-collaboration';
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { yCursorPluginKey, ySyncPluginKey, yUndoPluginKey } from '@tiptap/y-tiptap';
import type * as Y from 'yjs';
import { CONTENT } from '../convert/new-document.ts';
import type { RelativeSelection } from './binding/binding.ts';
import { type SyncMeta, syncPlugin, syncStateOf } from './binding/sync.ts';
import { Composition } from './composition.ts';
import { keptSelection } from './keep-selection.ts';
import { KeysAtCaret, readSelection } from './read-selection.ts';
import { drawnInSheets } from './sheet-drawing.ts';
import { caretToChange, UndoSteps } from './undo-steps.ts';

// Binds an editor to the shared text.
// Invariant: what arrives from others changes the text and nothing else: my caret stays where it is in the words, the page does not scroll,
// no automatic formatting follows, and it is not undone by me. What I typed is undone without taking along what others typed into it.

/** The collaboration extension with our binding for y-tiptap's; its undo and commands stay. */
const Bound = Collaboration.extend({
  addProseMirrorPlugins() {
    const { document, field } = this.options;
    if (!document || field === undefined) throw new Error('A shared text needs a document');
    const others = (this.parent?.() ?? []).filter((plugin) => plugin.spec.key !== ySyncPluginKey);
    for (const { spec } of others) if (spec.key === yUndoPluginKey && spec.state) spec.state.apply = followUndo;
    return [drawnInSheets(), syncPlugin(document.getXmlFragment(field)), ...others];
  },
});

/**
 * What the extension binds these keys to says that it did nothing when there is nothing to redo, and then Ctrl+Shift+Z is taken for Ctrl+Z; and the
 * browser undoes by itself.
 */
const UndoKeys = Extension.create({
  name: 'undoKeys',
  priority: 1_001, // before the extension's own

  addKeyboardShortcuts() {
    const undo = () => this.editor.commands.undo() || true;
    const redo = () => this.editor.commands.redo() || true;
    return { 'Mod-z': undo, 'Mod-Shift-z': redo, 'Mod-y': redo };
  },
});

interface UndoState {
  readonly undoManager: Y.UndoManager;
  /** Where the selection was before my last edit: there it goes when that is undone. */
  readonly prevSel: RelativeSelection | null;
  readonly hasUndoOps: boolean;
  readonly hasRedoOps: boolean;
}

/** As y-tiptap's, but it looks for the selection only where I edit. */
function followUndo(transaction: Transaction, before: UndoState, old: EditorState): UndoState {
  const sync = syncStateOf(old);
  const meta = transaction.getMeta(ySyncPluginKey) as SyncMeta | undefined;
  const isMine = transaction.docChanged && meta?.isChangeOrigin !== true;
  const { undoManager } = before;
  return {
    undoManager,
    prevSel: isMine && sync ? sync.binding.selectionOf(old) : before.prevSel,
    hasUndoOps: undoManager.undoStack.length > 0,
    hasRedoOps: undoManager.redoStack.length > 0,
  };
}

const QuietRemoteEdits = Extension.create({
  name: 'quietRemoteEdits',

  dispatchTransaction({ transaction, next }) {
    const meta = transaction.getMeta(ySyncPluginKey) as SyncMeta | undefined;
    if (meta?.isChangeOrigin) {
      // Automatic links would look at words that nobody here has typed.
      transaction.setMeta('preventAutolink', true);
      keepSelection(transaction, this.editor.state);
      if (meta.isUndoRedoOperation) {
        caretToChange(transaction);
        transaction.scrollIntoView();
      } else {
        keepMarks(transaction, this.editor.state, this.editor.view.composing);
      }
    }
    if (transaction.getMeta(yCursorPluginKey) !== undefined && !transaction.docChanged)
      keepUnread(transaction, this.editor);
    next(transaction);
  },
});

/** Others' carets are drawn: mine may have moved since `transaction` was made. */
function keepUnread(transaction: Transaction, editor: Editor): void {
  if (editor.isDestroyed) return; // or not there yet
  readSelection(editor.view);
  const { selection } = editor.state;
  if (!selection.eq(transaction.selection)) transaction.setSelection(selection);
}

function keepSelection(transaction: Transaction, state: EditorState): void {
  const binding = syncStateOf(state)?.binding;
  const kept = binding && keptSelection(binding, transaction);
  if (kept) transaction.setSelection(kept);
}

/** The marks that I have chosen for what I type next. */
function keepMarks(transaction: Transaction, { storedMarks, selection }: EditorState, composing: boolean): void {
  if (storedMarks && selection.empty && !composing) transaction.setStoredMarks(storedMarks);
}

/** `nodes`: the names of all nodes of the schema. */
export function collaborationExtensions(doc: Y.Doc, nodes: readonly string[]): Extensions {
  return [
    Bound.configure({
      document: doc,
      field: CONTENT,
      // Undoing "I made this heading" must not delete the words that someone else has put into it meanwhile. The default protects
      // paragraphs only. Edits tracked for undo are those of the binding itself; the provider's have another origin.
      yUndoOptions: { protectedNodes: new Set(nodes) },
    }),
    UndoKeys,
    QuietRemoteEdits,
    KeysAtCaret,
    UndoSteps,
    Composition,
  ];
}
