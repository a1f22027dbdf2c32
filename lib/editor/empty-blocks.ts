import type { Node as ProseMirrorNode, Schema } from '@tiptap/pm/model';
import { ySyncPluginKey } from '@tiptap/y-tiptap';
import * as Y from 'yjs';
import type { Binding } from './keep-selection.ts';

// Empty blocks that two people begin at once.
// Invariant: every block for text that is made here is made with a shared text in it, in one transaction. y-tiptap makes the text with the
// first letter: two people who begin the same empty paragraph would make two texts, each would merge them, and letters come out double.

/** The part of y-tiptap's binding that writes the editor's text into the shared one. */
type WritingBinding = Binding & { _prosemirrorChanged(node: ProseMirrorNode): void };

export function fillEmptyBlocks(binding: Binding, schema: Schema): void {
  const writing = binding as WritingBinding;
  const write = writing._prosemirrorChanged.bind(writing);
  writing._prosemirrorChanged = (node) =>
    binding.doc.transact((transaction) => {
      write(node);
      for (const [type, keys] of transaction.changed) if (keys.has(null)) fillNew(type, transaction, schema);
    }, ySyncPluginKey);
}

/** Goes through the children of `type` that this transaction has made, and through all that is below those. */
function fillNew(type: unknown, transaction: Y.Transaction, schema: Schema): void {
  if (!(type instanceof Y.XmlFragment)) return;
  for (const child of type.toArray()) {
    if (!(child instanceof Y.XmlElement) || !isNew(child, transaction)) continue;
    if (child.length > 0) fillNew(child, transaction, schema);
    else if (schema.nodes[child.nodeName]?.isTextblock) child.insert(0, [new Y.XmlText()]);
  }
}

function isNew({ _item: item }: Y.XmlElement, { beforeState }: Y.Transaction): boolean {
  return item !== null && item.id.clock >= (beforeState.get(item.id.client) ?? 0);
}
