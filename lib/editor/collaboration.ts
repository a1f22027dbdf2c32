import { Extension, type Extensions } from '@tiptap/core';
import Collaboration from '@tiptap/extension-collaboration';
import { type EditorState, Plugin, PluginKey, type Transaction } from '@tiptap/pm/state';
import { ySyncPluginKey } from '@tiptap/y-tiptap';
import type * as Y from 'yjs';
import { CONTENT } from '../convert/new-document.ts';
import { Composition } from './composition.ts';
import { fillEmptyBlocks } from './empty-blocks.ts';
import { type Binding, keptSelection } from './keep-selection.ts';

// Binds an editor to the shared text.
// Invariant: what arrives from others changes the text and nothing else: my caret stays where it is in the words, the page does not scroll,
// no automatic formatting follows, and it is not undone by me. What I typed is undone without taking along what others typed into it.

/** What y-tiptap says about a transaction that comes from the shared document. */
interface SyncMeta {
  isChangeOrigin?: boolean;
  /** An undo or redo of mine: it comes through Yjs too. */
  isUndoRedoOperation?: boolean;
}

const QuietRemoteEdits = Extension.create({
  name: 'quietRemoteEdits',

  dispatchTransaction({ transaction, next }) {
    const meta = transaction.getMeta(ySyncPluginKey) as SyncMeta | undefined;
    if (meta?.isChangeOrigin) {
      // The whole text is replaced: automatic links would look at words that nobody here has typed.
      transaction.setMeta('preventAutolink', true);
      if (meta.isUndoRedoOperation) transaction.scrollIntoView();
      else keepMine(transaction, this.editor.state, this.editor.view.composing);
    }
    next(transaction);
  },

  addProseMirrorPlugins() {
    return [
      new Plugin({
        key: new PluginKey('remote-edits'),
        view: (view) => {
          const binding = bindingOf(view.state);
          if (binding) {
            // y-tiptap asks this on each remote edit, with a measurement of the page, and scrolls to the caret when it is in sight.
            Object.assign(binding, { _isLocalCursorInView: () => false });
            fillEmptyBlocks(binding, view.state.schema);
          }
          return {};
        },
      }),
    ];
  },
});

/** My caret, and the marks that I have chosen for what I type next. */
function keepMine(transaction: Transaction, state: EditorState, composing: boolean): void {
  const binding = bindingOf(state);
  const kept = binding && keptSelection(binding, transaction);
  if (kept) transaction.setSelection(kept);
  if (state.storedMarks && state.selection.empty && !composing) transaction.setStoredMarks(state.storedMarks);
}

function bindingOf(state: EditorState): Binding | undefined {
  return (ySyncPluginKey.getState(state) as { binding?: Binding } | undefined)?.binding;
}

/** `nodes`: the names of all nodes of the schema. */
export function collaborationExtensions(doc: Y.Doc, nodes: readonly string[]): Extensions {
  return [
    Collaboration.configure({
      document: doc,
      field: CONTENT,
      // Undoing "I made this heading" must not delete the words that someone else has put into it meanwhile. The default protects
      // paragraphs only. Edits tracked for undo are those of the binding itself; the provider's have another origin.
      yUndoOptions: { protectedNodes: new Set(nodes) },
    }),
    QuietRemoteEdits,
    Composition,
  ];
}
