import { Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { ySyncPluginKey } from '@tiptap/y-tiptap';
import * as Y from 'yjs';

// An empty paragraph has a text to write into from the moment it is made.
// y-tiptap makes a paragraph's Y.XmlText with its first letter. Two people who begin an empty paragraph at the same moment then make one
// each, and y-tiptap's merging of the two doubles a letter and moves another (yjs/y-prosemirror issues 161 and 271).
// Invariant: a text block made by this editor holds one text before anyone else can see the block. Only its maker gives it one: two givers
// would be two texts again.

/** Keeps the invariant in `doc` for edits of the binding until the returned function is called. `isTextBlock` knows node names. */
export function giveTexts(doc: Y.Doc, isTextBlock: (name: string) => boolean): () => void {
  const give = (transaction: Y.Transaction) => {
    if (transaction.origin !== ySyncPluginKey) return;
    const known = transaction.beforeState.get(doc.clientID) ?? 0;
    const bare = [...transaction.changed.keys()].flatMap((type) =>
      bareBlocks(type, { maker: doc.clientID, known, isTextBlock }),
    );
    if (bare.length === 0) return;
    // The binding's own origin: an undo that takes the block away takes its text along.
    doc.transact(() => {
      for (const block of bare) block.insert(0, [new Y.XmlText()]);
    }, ySyncPluginKey);
  };
  doc.on('afterTransaction', give);
  return () => doc.off('afterTransaction', give);
}

interface Made {
  readonly maker: number;
  /** The maker's clock before the transaction: what has a lower one was there. */
  readonly known: number;
  readonly isTextBlock: (name: string) => boolean;
}

/** Empty text blocks at any depth below `type` that the transaction made. */
function bareBlocks(type: unknown, made: Made): Y.XmlElement[] {
  if (!(type instanceof Y.XmlFragment)) return []; // of which an element is one
  return type.toArray().flatMap((child) => {
    const id = child._item?.id;
    if (!(child instanceof Y.XmlElement) || id?.client !== made.maker || id.clock < made.known) return [];
    return made.isTextBlock(child.nodeName) && child.length === 0 ? [child] : bareBlocks(child, made);
  });
}

export const BlockText = Extension.create<{ doc: Y.Doc | undefined }>({
  name: 'blockText',

  addOptions: () => ({ doc: undefined }),

  addProseMirrorPlugins() {
    const { doc } = this.options;
    if (!doc) throw new Error('Blocks of text need a document');
    const { nodes } = this.editor.schema;
    return [
      new Plugin({
        key: new PluginKey('block-text'),
        view: () => ({ destroy: giveTexts(doc, (name) => nodes[name]?.isTextblock === true) }),
      }),
    ];
  },
});
