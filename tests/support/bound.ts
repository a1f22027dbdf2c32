import { getSchema } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { EditorState, type Plugin, type PluginView, type Transaction } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { ySyncPlugin, ySyncPluginKey, yUndoPlugin, yUndoPluginKey } from '@tiptap/y-tiptap';
import * as Y from 'yjs';
import { newDocument } from '../../lib/convert/new-document.ts';
import { readContent } from '../../lib/editor/binding/read.ts';
import { syncPlugin } from '../../lib/editor/binding/sync.ts';
import { contentExtensions } from '../../lib/editor/extensions.ts';
import { emptyWords } from './editor.ts';

// Editors without a page: a state, bound to a shared text by our binding or by the published one.

export const schema = getSchema(contentExtensions(emptyWords));

const FRESH = newDocument({ title: '' });

export class Bound {
  readonly doc = new Y.Doc();
  readonly kind: 'ours' | 'stock';
  state: EditorState;
  readonly #views: PluginView[];
  #unsent: Uint8Array[] = [];

  constructor(kind: 'ours' | 'stock', clientId: number) {
    this.kind = kind;
    this.doc.clientID = clientId;
    Y.applyUpdate(this.doc, FRESH, 'network');
    const sync: Plugin = kind === 'ours' ? syncPlugin(this.content) : ySyncPlugin(this.content);
    const undo: Plugin = yUndoPlugin({ protectedNodes: new Set(Object.keys(schema.nodes)) });
    this.state = EditorState.create({ schema, plugins: [sync, undo] });
    const view = this.#view();
    this.#views = [];
    for (const plugin of [sync, undo]) {
      const made = plugin.spec.view?.(view);
      if (made) this.#views.push(made);
    }
    // The published binding looks for its caret in a text that may be shorter by then, and throws. There is nobody at this one.
    if (kind === 'stock')
      this.doc.on('beforeAllTransactions', () => Object.assign(this.#binding, { beforeTransactionSelection: null }));
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'network') this.#unsent.push(update);
    });
  }

  get #binding(): object {
    return (ySyncPluginKey.getState(this.state) as { binding: object }).binding;
  }

  get content(): Y.XmlFragment {
    return this.doc.getXmlFragment('content');
  }

  get text(): Node {
    return this.state.doc;
  }

  get unsent(): number {
    return this.#unsent.length;
  }

  apply(transaction: Transaction): void {
    const before = this.state;
    this.state = before.apply(transaction);
    const view = this.#view();
    for (const each of this.#views) each.update?.(view, before);
  }

  edit(change: (transaction: Transaction) => unknown): void {
    const { tr } = this.state;
    change(tr);
    if (tr.docChanged) this.apply(tr);
  }

  get undoManager(): Y.UndoManager {
    return (yUndoPluginKey.getState(this.state) as { undoManager: Y.UndoManager }).undoManager;
  }

  /** What others do not know yet; they are told in this order. */
  takeUnsent(): Uint8Array[] {
    return this.#unsent.splice(0);
  }

  hear(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, 'network');
  }

  /** What somebody sees who opens the shared text now. */
  fresh(): Node {
    const content = readContent(this.content, schema.topNodeType, new Map());
    const text = content ? schema.topNodeType.create(null, content) : schema.topNodeType.createAndFill();
    if (!text) throw new Error('The schema has no empty text');
    return text;
  }

  close(): void {
    for (const each of this.#views.toReversed()) each.destroy?.();
    this.doc.destroy();
  }

  #view(): EditorView {
    const bound = this;
    const view = {
      get state() {
        return bound.state;
      },
      dispatch: (transaction: Transaction) => bound.apply(transaction),
      hasFocus: () => false,
    };
    return view as unknown as EditorView; // what the plugins use of it
  }
}

/** A text as it is compared. The shared text keeps marks of words only: those of a line break or a formula are the editor's own. */
export function comparable(node: Node): unknown {
  const plain = ({ type, attrs, text, marks, content }: JsonNode): JsonNode => ({
    type,
    ...(attrs && { attrs }),
    ...(text !== undefined && { text, ...(marks && { marks }) }),
    ...(content && { content: content.map(plain) }),
  });
  return plain(node.toJSON() as JsonNode);
}

interface JsonNode {
  type: string;
  attrs?: Record<string, unknown>;
  text?: string;
  marks?: unknown[];
  content?: JsonNode[];
}
