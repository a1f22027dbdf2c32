import { Extension } from '@tiptap/core';
import { Plugin, PluginKey, TextSelection } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';

// Where the browser's caret is now.
// The browser tells of a moved caret some moments later. Whatever is drawn in between, others' edits and carets too, puts the caret back to where
// the editor believes it to be, and a key that follows a click at once acts there: so it is read first.

/** Of ProseMirror's watch over the page; not part of its public interface. */
interface Observer {
  pendingRecords(): readonly unknown[];
  flush(): void;
  flushSoon(): void;
}

/** Only the selection: letters that were not read yet would become part of a change of others', and are left for a moment later. */
export function readSelection(view: EditorView): void {
  if (view.composing || !view.hasFocus()) return; // the input method has the caret, or something else of the page
  const { domObserver } = view as unknown as { readonly domObserver: Observer };
  if (domObserver.pendingRecords().length > 0) domObserver.flushSoon();
  else domObserver.flush();
}

/**
 * A click that gives the text the focus: what is drawn when the focus comes shows what was selected before, and then Chromium does not put the caret where
 * it was clicked. The next letter would replace what was selected.
 */
function goTo(view: EditorView, { clientX, clientY, button, shiftKey }: MouseEvent): void {
  if (view.hasFocus() || button !== 0 || shiftKey) return;
  const { doc, selection, tr } = view.state;
  const pos = view.posAtCoords({ left: clientX, top: clientY })?.pos;
  if (pos === undefined || !doc.resolve(pos).parent.inlineContent) return;
  if (selection.from < pos && pos < selection.to) return; // may be dragged
  view.dispatch(tr.setSelection(TextSelection.create(doc, pos)));
}

/** Reads it before each key, and before a click brings the focus. */
export const KeysAtCaret = Extension.create({
  name: 'keysAtCaret',

  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey('keys-at-caret'),
      props: {
        handleDOMEvents: {
          keydown: (view) => {
            readSelection(view);
            return false;
          },
          mousedown: (view, event) => {
            goTo(view, event);
            return false;
          },
        },
      },
    }),
  ],
});
