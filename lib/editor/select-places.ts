import { TextSelection } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';

/** On the page, in the text. */
interface Place {
  readonly node: Node;
  readonly offset: number;
}

/**
 * Selects on the page and in the editor, and takes the focus where one can write. The editor is told first: soon after the focus has come it puts back what
 * it believes to be selected, and Firefox may not have told it of anything else by then.
 */
export function selectPlaces(view: EditorView, anchor: Place, focus: Place): void {
  const { doc, tr } = view.state;
  const at = ({ node, offset }: Place) => doc.resolve(view.posAtDOM(node, offset));
  view.dispatch(tr.setSelection(TextSelection.between(at(anchor), at(focus))));
  if (view.editable) view.focus();
  else document.getSelection()?.setBaseAndExtent(anchor.node, anchor.offset, focus.node, focus.offset);
}
