import { type EditorState, Selection, type Transaction } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import * as Y from 'yjs';
import { type Caret, type Continued, caretIn, carry, type Ended, endedBlocks } from './carry.ts';
import { startOf } from './places.ts';
import { nodeOf, type Shown } from './shown.ts';
import {
  type EndedBlock,
  eachNewItem,
  keyOf,
  noteEndOf,
  noteMade,
  type Remaking,
  successorsIn,
  writeSuccessors,
} from './successors.ts';

// What becomes of blocks that end, over several transactions: whoever moves a block deletes it first and makes it anew then, and an undo is done by Yjs.
// Invariant: what others did is answered with edits of mine, and by nothing else; and each of them with one.

interface Bound {
  readonly doc: Y.Doc;
  readonly type: Y.XmlFragment;
  readonly mapping: Shown;
}

/** Blocks in which I wrote, or stood, and of which nobody has said yet where they go on. More are forgotten: they were deleted. */
const WAITING = 50;

/** What a transaction of others, or an undo of mine, ended. */
interface Ending {
  readonly transaction: Y.Transaction;
  readonly ended: readonly Ended[];
  /** In the order of the text, which is gone when they are asked for. */
  readonly undone: readonly Ended[];
}

export class Succession {
  readonly #bound: Bound;
  /** Of an edit of mine, for the next one of the same moment. */
  #left: EndedBlock[] = [];
  #waiting: Ended[] = [];
  /** My caret in one of those that wait, and where it stands instead. */
  #caret: (Caret & { instead: Selection | undefined }) | undefined;

  constructor(bound: Bound) {
    this.#bound = bound;
  }

  /** Within the transaction that wrote it. */
  wrote(remaking: Remaking): void {
    const { ended, made, grown } = remaking;
    const left = ended.length > 0 ? [] : this.#left;
    this.#left = writeSuccessors(remaking).concat(writeSuccessors({ ended: left, made, grown }, { likely: false }));
    queueMicrotask(() => {
      this.#left = [];
    });
  }

  /** Before what was shown of the deleted blocks is forgotten. `state` shows them still. */
  read(transaction: Y.Transaction, state: EditorState): Ending {
    const ended = endedBlocks(transaction, this.#bound.mapping);
    if (this.#caret?.instead && !state.selection.eq(this.#caret.instead)) this.#caret = undefined; // I went elsewhere
    const caret = state.selection.empty ? caretIn(ended, state.doc, state.selection.head) : undefined;
    if (caret) this.#caret = { ...caret, instead: undefined };
    this.#waiting.push(...ended.filter((block) => block.mine.length > 0 || block === caret?.block));
    const isUndo = transaction.local && transaction.origin instanceof Y.UndoManager;
    return { transaction, ended, undone: isUndo ? inOrder(ended, state) : [] };
  }

  /** When `view` shows what the transaction made. */
  follow({ transaction, undone }: Ending, view: EditorView): void {
    if (undone.length > 0) this.#nameUndone(transaction, undone);
    const successors = this.#waiting.length > 0 ? successorsIn(transaction) : undefined;
    const continued: Continued[] = [];
    this.#waiting = this.#waiting
      .filter((block) => {
        const successor = successors?.get(keyOf(block.element));
        if (successor) continued.push({ block, successor });
        return !successor;
      })
      .slice(-WAITING);
    if (continued.length > 0) this.#carry(view, continued);
    if (this.#caret) this.#caret.instead = view.state.selection;
  }

  /** Each by itself: of two in one edit the words between them would be written again too, and be mine. */
  #carry(view: EditorView, continued: readonly Continued[]): void {
    const { type, mapping } = this.#bound;
    const whole = carry(view.state.tr, {
      continued,
      caret: this.#caret,
      root: type,
      shown: mapping,
    });
    if (continued.some(({ block }) => block === this.#caret?.block)) this.#caret = undefined;
    for (const step of whole.steps) view.dispatch(quiet(view.state.tr.step(step)));
    if (whole.selectionSet && view.state.doc.eq(whole.doc)) {
      view.dispatch(quiet(view.state.tr.setSelection(Selection.fromJSON(view.state.doc, whole.selection.toJSON()))));
    }
  }

  /** Which blocks that my undo brought back continue those that it took away. */
  #nameUndone(transaction: Y.Transaction, undone: readonly Ended[]): void {
    const { doc, type, mapping } = this.#bound;
    const made: Remaking['made'] = [];
    eachNewItem(transaction, ({ deleted, content }) => {
      if (deleted || !(content instanceof Y.ContentType) || !(content.type instanceof Y.XmlElement)) return;
      if (nodeOf(mapping, content.type)?.isTextblock) noteMade({ made }, content.type, mapping);
    });
    const places = new Map(made.map(({ element }) => [element, startOf(element, { root: type, shown: mapping }) ?? 0]));
    made.sort((a, b) => (places.get(b.element) ?? 0) - (places.get(a.element) ?? 0));
    const ended: EndedBlock[] = [];
    for (const block of undone) noteEndOf({ ended }, block);
    doc.transact((naming) => {
      naming.meta.set(this.#bound, 'written');
      writeSuccessors({ ended, made, grown: [] });
    }, this);
  }
}

/** From the end of the text. */
function inOrder(ended: readonly Ended[], { doc }: EditorState): Ended[] {
  const places = new Map<unknown, number>();
  doc.descendants((node, position) => {
    places.set(node, position);
  });
  return ended.toSorted((a, b) => (places.get(b.node) ?? 0) - (places.get(a.node) ?? 0));
}

/** No automatic link: nobody types here. */
function quiet(tr: Transaction): Transaction {
  return tr.setMeta('preventAutolink', true);
}
