import { Extension } from '@tiptap/core';
import { Fragment, type NodeRange, type Node as ProseMirrorNode, type ResolvedPos, Slice } from '@tiptap/pm/model';
import { type EditorState, TextSelection, type Transaction } from '@tiptap/pm/state';
import { ReplaceAroundStep } from '@tiptap/pm/transform';

// Blocks that hold blocks: callouts, toggles, columns. How blocks get into one and out again.
// Invariant: nothing here deletes a word. A container that is dissolved leaves its blocks where it stood.

const CONTAINERS = ['callout', 'toggle', 'column'];

/** The blocks of the selection, as far as a container may be put around them. */
export function rangeToWrap({ $from, $to }: { $from: ResolvedPos; $to: ResolvedPos }): NodeRange | null {
  // Not inside of a list's line, which must begin with a paragraph: the list as a whole.
  return $from.blockRange($to, (parent) => parent.type.spec.content === 'block+');
}

/** Where the innermost node named `type` around `$position` begins. */
export function positionAround($position: ResolvedPos, type: string): number | undefined {
  for (let depth = $position.depth; depth > 0; depth--) {
    if ($position.node(depth).type.name === type) return $position.before(depth);
  }
  return undefined;
}

/** Takes away the `levels` outermost nodes at `position`, of which each but the last has one child; what they hold stays. */
export function unwrap(tr: Transaction, position: number, levels: 1 | 2): void {
  const end = position + (tr.doc.nodeAt(position)?.nodeSize ?? 0);
  tr.step(new ReplaceAroundStep(position, end, position + levels, end - levels, Slice.empty, 0, true));
}

/** Takes the column at `position` out of its row: its blocks go to the end of the column before it, the first column's in front of the row. */
export function dissolveColumn(tr: Transaction, position: number): void {
  const $column = tr.doc.resolve(position);
  const row = $column.parent;
  const index = $column.index();
  const start = $column.before();
  const column = row.child(index);
  if (row.childCount <= 2) {
    if (row.childCount === 2) tr.join(index === 0 ? position + column.nodeSize : position);
    unwrap(tr, start, 2);
  } else if (isBlank(column)) {
    tr.delete(position, position + column.nodeSize);
    tr.setSelection(TextSelection.near(tr.doc.resolve(position), index === 0 ? 1 : -1));
  } else if (index > 0) {
    tr.join(position);
  } else {
    const reopened = new Slice(Fragment.from(row.type.create(row.attrs)), 0, 1);
    const end = position + column.nodeSize;
    tr.step(new ReplaceAroundStep(start, end, position + 1, end - 1, reopened, 0, true));
  }
}

function isBlank(container: ProseMirrorNode): boolean {
  return container.childCount === 1 && container.firstChild?.isTextblock === true && container.content.size === 2;
}

interface Edge {
  readonly $from: ResolvedPos;
  readonly container: ProseMirrorNode;
  readonly position: number;
  readonly index: number;
}

/** The container whose own block has the caret. */
function containerAt({ selection }: EditorState): Edge | undefined {
  const { $from, empty } = selection;
  if (!empty || !$from.parent.isTextblock || $from.depth < 2) return undefined;
  const container = $from.node(-1);
  if (!CONTAINERS.includes(container.type.name)) return undefined;
  return { $from, container, position: $from.before(-1), index: $from.index(-1) };
}

/** At the very start of a container: it dissolves. */
function backspace(state: EditorState, tr: Transaction): boolean {
  const edge = containerAt(state);
  if (!edge || edge.index > 0 || edge.$from.parentOffset > 0) return false;
  if (edge.container.type.name === 'column') dissolveColumn(tr, edge.position);
  else unwrap(tr, edge.position, 1);
  tr.scrollIntoView();
  return true;
}

/**
 * In an empty line: the last one leaves the container, as in lists. One that has lines below it stays a line: TipTap would cut the
 * container in two. A column is left only when something else stays in it.
 */
function enter(state: EditorState, tr: Transaction): 'done' | 'split' | 'as usual' {
  const edge = containerAt(state);
  if (!edge || edge.$from.parent.content.size > 0) return 'as usual';
  const { $from, container, index } = edge;
  const last = index === container.childCount - 1;
  if (container.type.name !== 'column') return last ? 'as usual' : 'split';
  if (!last || index === 0) return 'split';
  const below = $from.after(-2);
  tr.insert(below, $from.parent.type.create());
  tr.setSelection(TextSelection.create(tr.doc, below + 1));
  tr.delete($from.before(), $from.after()).scrollIntoView();
  return 'done';
}

/** Code may be begun by Enter: what was typed comes back, and not the Enter as a letter. */
function withoutBreak(tr: Transaction): true {
  const { $from } = tr.selection;
  if ($from.nodeBefore?.text?.endsWith('\n') && !$from.parent.type.spec.code) tr.delete($from.pos - 1, $from.pos);
  return true;
}

export const ContainerKeys = Extension.create({
  name: 'containerKeys',
  // Before TipTap's own keys, which know of quotes and lists only.
  priority: 150,

  addKeyboardShortcuts() {
    return {
      Backspace: () =>
        this.editor.commands.first(({ commands }) => [
          () => commands.command(({ commands, tr }) => commands.undoInputRule() && withoutBreak(tr)),
          () => commands.command(({ state, tr }) => backspace(state, tr)),
        ]),
      Enter: () =>
        this.editor.commands.first(({ commands, state }) => [
          () => commands.command(({ tr }) => enter(state, tr) === 'done'),
          () => enter(state, state.tr) === 'split' && commands.splitBlock(),
        ]),
    };
  },
});
