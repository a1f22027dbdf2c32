import type { Node } from '@tiptap/pm/model';
import type { EditorState } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { absolutePositionToRelativePosition, type getRelativeSelection, ySyncPluginKey } from '@tiptap/y-tiptap';
import * as Y from 'yjs';
import { readSelection } from '../read-selection.ts';
import { type Origin, stepsBetween } from './patch.ts';
import { placeIn, positionOf } from './places.ts';
import { readContent, readElement } from './read.ts';
import { Row } from './row.ts';
import { HIDDEN, nodeOf, type Shown } from './shown.ts';
import { Succession } from './succession.ts';
import { writeText } from './write.ts';

// Keeps an editor and a shared text the same.
// Invariant: what is shown of the shared text is what the editor had when they were last level, node for node. From there each side's change
// is carried to the other one in the blocks that it touched, and in no others: a key costs the same in a long document as in a short one.
// y-tiptap, of which carets and undo are used further, finds here what it looks for in its own binding.

export type RelativeSelection = ReturnType<typeof getRelativeSelection>;

export class Binding {
  readonly doc: Y.Doc;
  readonly type: Y.XmlFragment;
  /** By y-tiptap's name. */
  readonly mapping: Shown = new Map();
  /** Where the selection was before the transaction that is being applied; undo puts the one of its step here. */
  beforeTransactionSelection: RelativeSelection | null = null;
  #view: EditorView | undefined;
  /** The editor's text when the two were last level. */
  #level: Node | undefined;
  /** The blocks when they were last asked for, if no other has come or gone since. */
  #row: Row | undefined;
  /** Places in the shared text of positions in one text: each transaction asks for my caret. */
  #places: { readonly text: Node | undefined; readonly found: Map<number, Y.RelativePosition> } = {
    text: undefined,
    found: new Map(),
  };
  #busy: 'no' | 'writing' | 'showing' = 'no';
  readonly #succession: Succession;
  /** Elements that are to be made anew, with the nodes that they had. */
  readonly #outdated = new Map<Y.AbstractType<unknown>, Node>();

  constructor(type: Y.XmlFragment) {
    if (!type.doc) throw new Error('A text that is bound must be part of a document');
    this.doc = type.doc;
    this.type = type;
    this.#succession = new Succession(this);
  }

  /** Shows the shared text in `view`, and follows both until `close`. */
  open(view: EditorView): void {
    this.#view = view;
    this.doc.on('beforeAllTransactions', this.#remember);
    this.doc.on('afterAllTransactions', this.#forget);
    this.type.observeDeep(this.#follow);
    this.#show(view, { isChangeOrigin: true, binding: this });
  }

  close(): void {
    this.#view = undefined;
    this.doc.off('beforeAllTransactions', this.#remember);
    this.doc.off('afterAllTransactions', this.#forget);
    this.type.unobserveDeep(this.#follow);
  }

  /** Whether `text` is the editor's text when the two were last level. */
  isLevel(text: Node): boolean {
    return this.#level === text;
  }

  /** Where the selection is, in terms of the shared text. */
  selectionOf({ doc, selection }: EditorState): RelativeSelection {
    const { anchor, head } = selection;
    const { jsonID } = selection as unknown as { readonly jsonID: string }; // of the prototype; y-tiptap asks for it too
    return {
      type: jsonID,
      depth: undefined,
      anchor: this.#placeOf(doc, anchor),
      head: this.#placeOf(doc, head),
      absAnchor: anchor,
      absHead: head,
    };
  }

  #placeOf(text: Node, position: number): Y.RelativePosition {
    const walk = () =>
      absolutePositionToRelativePosition(position, this.type, this.mapping as never) as Y.RelativePosition;
    if (!this.isLevel(text)) return walk();
    if (this.#places.text !== text) this.#places = { text, found: new Map() };
    const block = this.#rowOf(text)?.at(position);
    const known =
      this.#places.found.get(position) ??
      (block && placeIn(block.element, position - block.start - 1, this.mapping)) ??
      walk();
    this.#places.found.set(position, known);
    return known;
  }

  /** The position of a place in the shared text; undefined when what it is in is not shown (any more). */
  positionOf(place: Y.RelativePosition): number | undefined {
    return positionOf(place, { root: this.type, shown: this.mapping, row: this.#row });
  }

  /** Undefined where `text` is not what is shown. */
  #rowOf(text: Node): Row | undefined {
    if (this.#row?.text !== text) this.#row = Row.of(this.type, text, this.mapping);
    return this.#row;
  }

  /** Whether the editor has something to write. What plugins add to a change of others waits for the next edit of mine. */
  isBehind(text: Node): boolean {
    return this.#busy === 'no' && this.#level !== text;
  }

  /** Writes what was changed in the editor since. `edited`: where that begins, if it is known. */
  write(text: Node, { edited, addToHistory }: { edited: number | undefined; addToHistory: boolean }): void {
    if (!this.isBehind(text)) return;
    const row = this.#row ?? (this.#level && this.#rowOf(this.#level));
    const only = row?.changeTo(text);
    this.#row = undefined;
    this.#level = text;
    this.#busy = 'writing';
    try {
      this.doc.transact((transaction) => {
        transaction.meta.set('addToHistory', addToHistory); // y-tiptap's undo asks for it
        transaction.meta.set(this, 'written');
        this.#succession.wrote(writeText(this.type, text, { shown: this.mapping, edited, only }));
        if (only) this.#row = row?.with(text);
      }, ySyncPluginKey);
    } finally {
      this.#busy = 'no';
    }
  }

  readonly #remember = (): void => {
    if (this.#busy === 'writing' || !this.#view) return;
    readSelection(this.#view);
    this.beforeTransactionSelection ??= this.selectionOf(this.#view.state);
  };

  readonly #forget = (): void => {
    this.beforeTransactionSelection = null;
  };

  readonly #follow = (events: Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction): void => {
    const view = this.#view;
    if (transaction.meta.has(this) || !view) return;
    const ending = this.#succession.read(transaction, view.state);
    const inBlocks = events.every(({ target }) => target !== this.type);
    const row = inBlocks ? this.#rowOf(view.state.doc) : undefined;
    const changed = new Set(events.map(({ target }) => this.#outdate(target)));
    Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
      if (struct instanceof Y.Item && struct.content instanceof Y.ContentType) this.mapping.delete(struct.content.type);
    });
    const meta = { isChangeOrigin: true, isUndoRedoOperation: transaction.origin instanceof Y.UndoManager };
    this.#show(view, meta, row && { row, changed });
    this.#succession.follow(ending, view);
  };

  /** What is above a change is made anew; what stands beside it is not. Returns the block of the text that it is in. */
  #outdate(changed: Y.AbstractType<unknown>): Y.AbstractType<unknown> {
    let block = changed;
    for (let type: Y.AbstractType<unknown> | null = changed; type && type !== this.type; type = type.parent) {
      const node = nodeOf(this.mapping, type);
      if (node) this.#outdated.set(type, node);
      this.mapping.delete(type);
      block = type;
    }
    return block;
  }

  /** `inBlocks`: what has changed, if no block has come or gone. */
  #show(view: EditorView, meta: object, inBlocks?: BlocksChanged): void {
    const { state } = view;
    const blocks = inBlocks && readBlocks(inBlocks, this.mapping);
    const text = blocks ? state.doc.copy(blocks.content) : this.#read(state);
    const tr = state.tr.setMeta('addToHistory', false).setMeta(ySyncPluginKey, meta);
    const origin = this.#origin();
    for (const step of stepsBetween(state.doc, text, origin)) tr.step(step);
    this.#outdated.clear();
    if (blocks) for (const { element, index } of blocks.places) adoptAs(element, tr.doc.child(index), this.mapping);
    else adopt(this.type, tr.doc, this.mapping);
    this.#row = blocks && inBlocks?.row.with(tr.doc);
    this.#level = tr.doc;
    this.#busy = 'showing';
    try {
      view.dispatch(tr);
    } finally {
      this.#busy = 'no';
    }
    this.#level = view.state.doc;
  }

  #read({ schema: { topNodeType } }: EditorState): Node {
    const content = readContent(this.type, topNodeType, this.mapping);
    // Nothing that can be shown: an empty paragraph, as in every empty editor, which is written with its first letter.
    const text = content ? topNodeType.create(null, content) : topNodeType.createAndFill();
    if (!text) throw new Error('The schema has no empty text');
    return text;
  }

  /** What the node of an outdated element continues; any other node continues itself. */
  #origin(): Origin {
    const before = new Map<Node, Node>();
    for (const [type, node] of this.#outdated) {
      const now = nodeOf(this.mapping, type);
      if (now) before.set(now, node);
    }
    return (node) => before.get(node) ?? node;
  }
}

interface BlocksChanged {
  /** What was shown. */
  readonly row: Row;
  /** Elements of the text's own. */
  readonly changed: ReadonlySet<Y.AbstractType<unknown>>;
}

/** The content with the changed blocks read again, and which they are; undefined when the types of blocks, or which can be shown, may have changed. */
function readBlocks({ row, changed }: BlocksChanged, shown: Shown) {
  let { content } = row.text;
  const places: { readonly element: Y.XmlElement; readonly index: number }[] = [];
  for (const element of changed) {
    const index = row.indexOf(element);
    if (index < 0 || !(element instanceof Y.XmlElement)) return undefined;
    const node = readElement(element, row.text.type, shown);
    if (node?.type !== content.child(index).type) return undefined;
    shown.set(element, node);
    content = content.replaceChild(index, node);
    places.push({ element, index });
  }
  return { content, places };
}

/** The editor makes nodes of its own for those above a change: from now on, these are what is shown. */
function adopt(parent: Y.XmlFragment, node: Node, shown: Shown): void {
  if (node.inlineContent) return;
  let at = 0;
  for (const child of parent.toArray()) {
    const known = shown.get(child);
    if (!(child instanceof Y.XmlElement) || known === undefined || known === HIDDEN) continue;
    const now = node.maybeChild(at++);
    if (!now) return;
    adoptAs(child, now, shown);
  }
}

function adoptAs(element: Y.XmlElement, now: Node, shown: Shown): void {
  if (shown.get(element) === now) return;
  shown.set(element, now);
  adopt(element, now, shown);
}
