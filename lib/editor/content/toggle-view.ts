import type { Editor } from '@tiptap/core';
import type { Node as ProseMirrorNode } from '@tiptap/pm/model';
import { Selection, TextSelection } from '@tiptap/pm/state';
import type { EditorView, NodeView, ViewMutationRecord } from '@tiptap/pm/view';

// A toggle on the page: a button before the line, and whether the rest is shown.
// Invariant: what is shown is each reader's own matter and never in the document; what has my caret is shown.

export interface ToggleWords {
  /** Names the button. */
  button: string;
  /** Stands where an open toggle has nothing but its line. */
  empty: string;
}

export interface Surroundings {
  readonly editor: Editor;
  readonly getPos: () => number | undefined;
  readonly words: () => ToggleWords;
}

const views = new WeakMap<Node, ToggleView>();

/** The view of the toggle at `position`. */
export function toggleAt(view: EditorView, position: number): ToggleView | undefined {
  const element = view.nodeDOM(position);
  return element ? views.get(element) : undefined;
}

/** Opens what hides the position, so that it can be scrolled to. */
export function showPosition(view: EditorView, position: number): void {
  const $position = view.state.doc.resolve(position);
  for (let depth = $position.depth; depth > 0; depth--) {
    const hidden = $position.node(depth).type.name === 'toggle' && $position.index(depth) > 0;
    if (hidden) toggleAt(view, $position.before(depth))?.show(true);
  }
}

export class ToggleView implements NodeView {
  readonly dom = document.createElement('div');
  readonly contentDOM = document.createElement('div');
  readonly #button = document.createElement('button');
  readonly #hint = document.createElement('button');
  readonly #around: Surroundings;
  #node: ProseMirrorNode;
  #open: boolean;

  constructor(node: ProseMirrorNode, around: Surroundings) {
    this.#node = node;
    this.#around = around;
    // One with an empty line to write into is new: it is open.
    this.#open = node.childCount === 2 && isBodyBlank(node);
    this.dom.className = 'toggle';
    this.dom.append(this.#button, this.contentDOM, this.#hint);
    for (const [button, name, act] of [
      [this.#button, 'toggle-button', () => this.show(!this.#open)],
      [this.#hint, 'toggle-hint', () => this.#fill()],
    ] as const) {
      button.type = 'button';
      button.className = name;
      button.contentEditable = 'false';
      button.addEventListener('mousedown', (event) => event.preventDefault()); // the caret stays in the text
      button.addEventListener('click', act);
    }
    views.set(this.dom, this);
    this.#draw();
  }

  get open(): boolean {
    return this.#open;
  }

  show(open: boolean): void {
    if (open === this.#open) return;
    this.#open = open;
    if (!open) this.#leaveBody();
    this.#draw();
  }

  update(node: ProseMirrorNode): boolean {
    if (node.type !== this.#node.type) return false;
    this.#node = node;
    this.#draw();
    return true;
  }

  stopEvent({ target }: Event): boolean {
    return target instanceof Node && (this.#button.contains(target) || this.#hint.contains(target));
  }

  ignoreMutation({ type, target }: ViewMutationRecord): boolean {
    return type !== 'selection' && !this.contentDOM.contains(target);
  }

  #draw(): void {
    const words = this.#around.words();
    this.dom.toggleAttribute('data-open', this.#open);
    this.#button.ariaExpanded = String(this.#open);
    this.#button.ariaLabel = words.button;
    this.#hint.hidden = this.#node.childCount > 1 || !this.#around.editor.isEditable;
    this.#hint.ariaLabel = words.empty; // shown by toggle.css: it is no part of the text
  }

  /** A caret in what gets hidden goes to the end of the line. */
  #leaveBody(): void {
    const { editor, getPos } = this.#around;
    const position = getPos();
    if (position === undefined) return;
    const end = position + 1 + (this.#node.firstChild?.nodeSize ?? 0);
    const { from, to } = editor.state.selection;
    if (to <= end || from >= position + this.#node.nodeSize) return;
    editor.view.dispatch(editor.state.tr.setSelection(Selection.near(editor.state.doc.resolve(end - 1), -1)));
  }

  #fill(): void {
    const { editor, getPos } = this.#around;
    const position = getPos();
    const line = editor.schema.nodes.paragraph?.create();
    if (position === undefined || !line) return;
    const end = position + this.#node.nodeSize - 1;
    const tr = editor.state.tr.insert(end, line);
    editor.view.dispatch(tr.setSelection(TextSelection.create(tr.doc, end + 1)));
    editor.view.focus();
  }
}

/** Whether a toggle has nothing to hide yet. */
export function isBodyBlank(node: ProseMirrorNode): boolean {
  const body = node.childCount === 2 ? node.child(1) : undefined;
  return node.childCount === 1 || (body?.isTextblock === true && body.content.size === 0);
}
