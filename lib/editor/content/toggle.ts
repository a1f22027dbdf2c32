import { Node } from '@tiptap/core';
import { type EditorState, Plugin, PluginKey, TextSelection, type Transaction } from '@tiptap/pm/state';
import { positionAround, rangeToWrap, unwrap } from '../containers.ts';
import { isBodyBlank, showPosition, ToggleView, type ToggleWords, toggleAt } from './toggle-view.ts';

// A line that shows and hides the blocks below it.
// Invariant: the line is simply the first block. Whatever two people do to a toggle at once it stays one, and nothing in it is lost.

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    toggle: {
      /** The selected blocks become a toggle, the first of them its line. */
      setToggle: () => ReturnType;
      /** Leaves the blocks of the toggle where it stood. */
      unsetToggle: () => ReturnType;
    };
  }
}

/** `words().toggle` names what can be pressed. */
export function toggle(words: () => { toggle: ToggleWords }) {
  return Node.create({
    name: 'toggle',
    group: 'block',
    content: 'block+',
    defining: true,
    priority: 160, // its keys come before those of containers.ts

    parseHTML: () => [
      { tag: 'div[data-toggle]' },
      { tag: 'details' },
      { tag: 'summary', node: 'paragraph', context: 'toggle/' },
    ],

    renderHTML: () => ['div', { class: 'toggle', 'data-toggle': '', 'data-open': '' }, ['div', 0]],

    addNodeView:
      () =>
      ({ node, editor, getPos }) =>
        new ToggleView(node, { editor, getPos, words: () => words().toggle }),

    addCommands() {
      return {
        setToggle:
          () =>
          ({ tr, state, dispatch }) => {
            const range = rangeToWrap(tr.selection);
            const line = state.schema.nodes.paragraph?.create();
            if (!range || !line) return false;
            if (!dispatch) return true;
            const { start, end } = range;
            tr.wrap(range, [{ type: this.type }]);
            // A list or a table can be hidden, but is no line to press at.
            if (range.parent.child(range.startIndex).isTextblock === false) tr.insert(start + 1, line);
            else if (range.endIndex - range.startIndex === 1) tr.insert(end + 1, line);
            tr.scrollIntoView();
            return true;
          },
        unsetToggle:
          () =>
          ({ tr, dispatch }) => {
            const position = positionAround(tr.selection.$from, this.name);
            if (position !== undefined && dispatch) unwrap(tr, position, 1);
            return position !== undefined;
          },
      };
    },

    addKeyboardShortcuts() {
      return {
        'Mod-Enter': () => {
          const position = toggleOfLine(this.editor.state);
          const view = position === undefined ? undefined : toggleAt(this.editor.view, position);
          view?.show(!view.open);
          return view !== undefined;
        },
        Enter: () =>
          this.editor.commands.command(({ tr, state, view }) => {
            const position = toggleOfLine(state);
            const shown = position === undefined ? undefined : toggleAt(view, position);
            return position !== undefined && shown !== undefined && enterInLine(tr, position, shown);
          }),
      };
    },

    addProseMirrorPlugins: () => [
      new Plugin({
        key: new PluginKey('toggle'),
        view: () => ({
          update: (view, before) => {
            const { selection } = view.state;
            if (selection.eq(before.selection)) return;
            showPosition(view, selection.from);
            if (!selection.empty) showPosition(view, selection.to);
          },
        }),
      }),
    ],
  });
}

/** The toggle in whose line the caret is. */
function toggleOfLine({ selection }: EditorState): number | undefined {
  const { $from, empty } = selection;
  const inLine = empty && $from.depth >= 2 && $from.parent.isTextblock && $from.node(-1).type.name === 'toggle';
  return inLine && $from.index(-1) === 0 ? $from.before(-1) : undefined;
}

/** As in a list: a line goes on below, an empty one ends it. What is open goes on inside. */
function enterInLine(tr: Transaction, position: number, shown: ToggleView): boolean {
  const { $from } = tr.selection;
  const node = $from.node(-1);
  const paragraph = tr.doc.type.schema.nodes.paragraph?.create();
  if (!paragraph) return false;
  const caretAt = (place: number) => tr.setSelection(TextSelection.create(tr.doc, place)).scrollIntoView();
  if ($from.parent.content.size === 0 && isBodyBlank(node)) {
    tr.replaceWith(position, position + node.nodeSize, paragraph);
    caretAt(position + 1);
  } else if ($from.parentOffset < $from.parent.content.size) {
    shown.show(true);
    return false; // the line is split as any other
  } else if (shown.open) {
    if (node.childCount === 1 || !isBodyBlank(node)) tr.insert($from.after(), paragraph);
    caretAt($from.after() + 1);
  } else {
    const below = position + node.nodeSize;
    tr.insert(below, node.type.create(null, paragraph));
    caretAt(below + 2);
  }
  return true;
}
