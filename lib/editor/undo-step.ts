import type { EditorState } from '@tiptap/pm/state';
import { yUndoPluginKey } from '@tiptap/y-tiptap';
import type * as Y from 'yjs';

/** What is written from now on is undone by itself: without this, all that happens within half a second is one step. */
export function closeUndoStep(state: EditorState): void {
  undoOf(state)?.stopCapturing();
}

/** Whether there is something to undo, and to redo. */
export function undoable(state: EditorState): { canUndo: boolean; canRedo: boolean } {
  const undo = undoOf(state);
  return { canUndo: undo?.canUndo() === true, canRedo: undo?.canRedo() === true };
}

function undoOf(state: EditorState): Y.UndoManager | undefined {
  return (yUndoPluginKey.getState(state) as { undoManager?: Y.UndoManager } | undefined)?.undoManager;
}
