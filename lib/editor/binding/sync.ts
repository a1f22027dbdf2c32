import { type EditorState, Plugin } from '@tiptap/pm/state';
import { ySyncPluginKey, yUndoPluginKey } from '@tiptap/y-tiptap';
import type * as Y from 'yjs';
import { Binding } from './binding.ts';

// The plugin that binds an editor to a shared text, in the place of y-tiptap's own and with the state that its carets and undo read.
// Invariant: a change that came from the shared text is never written back to it.

export interface SyncState {
  readonly type: Y.XmlFragment;
  readonly doc: Y.Doc;
  readonly binding: Binding;
  readonly isChangeOrigin: boolean;
  /** An undo or redo of mine: it comes through Yjs too. */
  readonly isUndoRedoOperation: boolean;
  readonly addToHistory: boolean;
  /** Where the text was edited since the binding last wrote it. */
  readonly edited: number | undefined;
}

/** What a transaction that comes from the shared text says of itself. */
export type SyncMeta = Partial<Pick<SyncState, 'isChangeOrigin' | 'isUndoRedoOperation'>>;

export function syncStateOf(state: EditorState): SyncState | undefined {
  return ySyncPluginKey.getState(state) as SyncState | undefined;
}

export function syncPlugin(type: Y.XmlFragment): Plugin<SyncState> {
  const binding = new Binding(type);
  return new Plugin<SyncState>({
    key: ySyncPluginKey,
    state: {
      init: () => ({
        type,
        doc: binding.doc,
        binding,
        isChangeOrigin: false,
        isUndoRedoOperation: false,
        addToHistory: true,
        edited: undefined,
      }),
      apply: (tr, before) => {
        const { isChangeOrigin = false, isUndoRedoOperation = false } = (tr.getMeta(ySyncPluginKey) ?? {}) as SyncMeta;
        const addToHistory = tr.docChanged ? tr.getMeta('addToHistory') !== false : before.addToHistory;
        let edited = binding.isLevel(tr.before) ? undefined : before.edited;
        for (const map of tr.mapping.maps) {
          if (edited !== undefined) edited = map.map(edited, -1);
          map.forEach((_from, _to, start) => {
            edited = Math.min(edited ?? start, start);
          });
        }
        return { ...before, isChangeOrigin, isUndoRedoOperation, addToHistory, edited };
      },
    },
    view: (view) => {
      binding.open(view);
      return {
        update: ({ state }) => {
          const sync = syncStateOf(state);
          if (!sync || !binding.isBehind(state.doc)) return;
          if (!sync.addToHistory && !sync.isChangeOrigin) undoManagerOf(state)?.stopCapturing();
          binding.write(state.doc, sync);
        },
        destroy: () => binding.close(),
      };
    },
  });
}

function undoManagerOf(state: EditorState): Y.UndoManager | undefined {
  return (yUndoPluginKey.getState(state) as { undoManager?: Y.UndoManager } | undefined)?.undoManager;
}
