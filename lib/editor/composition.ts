import { Extension } from '@tiptap/core';
import { type EditorState, Plugin, PluginKey, TextSelection, type Transaction } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { readSelection } from './read-selection.ts';

// Input methods (Chinese, Japanese, Korean) in a text that others change at the same time.
// Invariant: while something is being composed, the text node that holds it is not touched. The browser gives the composition up when it
// is, and leaves half a word behind. ProseMirror keeps a text node whose words still stand together in the new text, so the words that
// are composed get a node of their own; and nobody's caret is drawn in that block meanwhile (see carets.ts).

/** Milliseconds after a composition before ProseMirror has read what it left (it waits 20). */
const READ_MS = 30;

const key = new PluginKey<boolean>('composition');

/** The block in which something is being composed, if any. */
export function composedBlock(state: EditorState): { from: number; to: number } | undefined {
  if (key.getState(state) !== true) return undefined;
  const { $head } = state.selection;
  return $head.depth > 0 ? { from: $head.before(), to: $head.after() } : undefined;
}

export const Composition = Extension.create({
  name: 'composition',

  addProseMirrorPlugins() {
    let ending: ReturnType<typeof setTimeout> | undefined;
    return [
      new Plugin<boolean>({
        key,
        state: {
          init: () => false,
          apply: (transaction, composing) => (transaction.getMeta(key) as boolean | undefined) ?? composing,
        },
        props: {
          // Both run before ProseMirror's own handlers.
          handleDOMEvents: {
            compositionstart: (view) => {
              clearTimeout(ending);
              if (view.composing) return;
              readSelection(view);
              view.dispatch(startComposition(view));
            },
            compositionend: (view) => {
              clearTimeout(ending);
              ending = setTimeout(() => {
                if (!view.isDestroyed && !view.composing) view.dispatch(view.state.tr.setMeta(key, false));
              }, READ_MS);
            },
          },
        },
        view: () => ({ destroy: () => clearTimeout(ending) }),
      }),
    ];
  },
});

function startComposition(view: EditorView): Transaction {
  const { selection, storedMarks, tr } = view.state;
  tr.setMeta(key, true);
  // Marks that are said explicitly make ProseMirror set the caret apart from the text around it, as it does where the marks differ.
  const caret = selection instanceof TextSelection && selection.empty;
  if (caret && !storedMarks && isDesktopBlink()) tr.setStoredMarks(selection.$from.marks());
  return tr;
}

/**
 * Chrome, Edge and their kin, except on Android: keyboards there compose over words that stand already, and take them along when they
 * are set apart. Elsewhere the node is kept as long as nobody writes into it.
 */
function isDesktopBlink(): boolean {
  return /Chrome\//.test(navigator.userAgent) && !/Android/.test(navigator.userAgent);
}
