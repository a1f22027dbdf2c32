import { Extension, InputRule, wrappingInputRule } from '@tiptap/core';
import { Fragment, type Node, type NodeType } from '@tiptap/pm/model';
import { type EditorState, Selection, TextSelection, type Transaction } from '@tiptap/pm/state';

// Lists: how one kind becomes another, and what Tab does where it cannot do more.
// Invariant: all lines of a list that becomes another are in it, with what is below them; no line is left behind.

/** Of each kind of list, the kind of its items. */
const ITEMS = { bulletList: 'listItem', orderedList: 'listItem', taskList: 'taskItem' } as const;

type ListName = keyof typeof ITEMS;

interface Place {
  readonly list: Node;
  readonly position: number;
}

/** The list whose lines are selected; not one around a block that stands in a line. */
function listAt({ selection }: Pick<EditorState, 'selection'>): Place | undefined {
  const range = selection.$from.blockRange(selection.$to);
  if (!range) return undefined;
  const depth = range.parent.type.name in ITEMS ? range.depth : range.depth - 1;
  const list = depth > 0 ? range.$from.node(depth) : undefined;
  return list && list.type.name in ITEMS ? { list, position: range.$from.before(depth) } : undefined;
}

/** `list` as one of another kind: as long as before, so that every place in it stays. */
function asList(list: Node, type: NodeType, item: NodeType): Node {
  return type.create(
    null,
    list.content.content.map((line) => item.create(null, line.content, line.marks)),
  );
}

/** The list becomes one of another kind, and one with a neighbour of that kind. */
function turnList(tr: Transaction, { list, position }: Place, type: NodeType, item: NodeType): void {
  const { selection } = tr;
  const end = position + list.nodeSize;
  tr.replaceWith(position, end, asList(list, type, item));
  tr.setSelection(Selection.fromJSON(tr.doc, selection.toJSON()));
  for (const border of [end, position]) {
    const { nodeBefore, nodeAfter } = tr.doc.resolve(border);
    if (nodeBefore?.type === type && nodeAfter?.type === type) tr.join(border);
  }
}

/** The line with the caret becomes a task; the lines before and after it stay what they are. */
function turnLine(state: EditorState, place: Place, from: number, to: number, checked: boolean): void {
  const { tr, schema } = state;
  const { taskList, taskItem } = schema.nodes;
  if (!taskList || !taskItem) return;
  const index = tr.doc.resolve(from).index(tr.doc.resolve(place.position).depth + 1);
  tr.delete(from, to);
  const list = tr.doc.nodeAt(place.position);
  if (!list) return;
  const lines = list.content.content;
  const task = taskList.create(null, taskItem.create({ checked }, lines[index]?.content));
  const part = (items: readonly Node[]) => (items.length === 0 ? [] : [list.copy(Fragment.from(items as Node[]))]);
  const above = part(lines.slice(0, index));
  const parts = [...above, task, ...part(lines.slice(index + 1))];
  tr.replaceWith(place.position, place.position + list.nodeSize, parts);
  const start = place.position + (above[0]?.nodeSize ?? 0);
  tr.setSelection(TextSelection.create(tr.doc, start + 3));
}

const toggles = (name: ListName) => () => (props: { commands: CommandsOf; state: EditorState; tr: Transaction }) => {
  const { commands, state, tr } = props;
  const place = listAt(state);
  const [type, item] = [state.schema.nodes[name], state.schema.nodes[ITEMS[name]]];
  // Between two kinds with other items TipTap takes the line with the caret alone, or nothing when there are lines below it.
  if (!place || !type || !item || place.list.firstChild?.type === item) return commands.toggleList(name, ITEMS[name]);
  turnList(tr, place, type, item);
  return true;
};

interface CommandsOf {
  toggleList(list: string, item: string): boolean;
}

export const Lists = Extension.create({
  name: 'lists',
  priority: 50, // after the lists' own: what they cannot do, and what is to be done otherwise

  addCommands: () => ({
    // A line of a list is a paragraph already: what is meant is the line without the list.
    setParagraph:
      () =>
      ({ commands, state }) => {
        // `state.tr`: asked for it, TipTap's state is that after the last step.
        for (let place = listAt(state.tr); place; place = listAt(state.tr)) {
          if (!commands.liftListItem(ITEMS[place.list.type.name as ListName])) break;
        }
        return commands.setNode('paragraph');
      },
    toggleBulletList: toggles('bulletList'),
    toggleOrderedList: toggles('orderedList'),
    toggleTaskList: toggles('taskList'),
  }),

  addKeyboardShortcuts() {
    // A line that is as far to the right as it can be stays, and the focus with it.
    return { Tab: () => listAt(this.editor.state) !== undefined };
  },

  addInputRules() {
    const { orderedList } = this.editor.schema.nodes;
    return [
      // Markdown's own way to write a task: its first two letters have made a list already.
      new InputRule({
        find: /^\[([ xX]?)\]\s$/,
        handler: ({ state, range, match }) => {
          const { $from } = state.selection;
          const place = listAt(state);
          if (!place || place.list.type.name === 'taskList' || $from.index(-1) > 0) return null;
          turnLine(state, place, range.from, range.to, match[1]?.toLowerCase() === 'x');
          return undefined;
        },
      }),
      ...(orderedList
        ? [
            wrappingInputRule({
              find: /^(\d{1,9})\)\s$/,
              type: orderedList,
              getAttributes: ([, first]) => ({ start: Number(first) }),
              joinPredicate: ([, first], list) => list.childCount + list.attrs.start === Number(first),
            }),
          ]
        : []),
    ];
  },
});
