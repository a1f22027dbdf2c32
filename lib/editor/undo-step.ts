import type { EditorState } from '@tiptap/pm/state';
import { yUndoPluginKey } from '@tiptap/y-tiptap';
import type * as Y from 'yjs';

/** What is written from now on is undone by itself: without this, all that happens within half a second is one step. */
export function closeUndoStep(state: EditorState): void {
  const undo = yUndoPluginKey.getState(state) as { undoManager?: Y.UndoManager } | undefined;
  undo?.undoManager?.stopCapturing();
}
