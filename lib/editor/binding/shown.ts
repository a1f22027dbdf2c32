import type { Node } from '@tiptap/pm/model';
import * as Y from 'yjs';

// What the editor shows of each shared element.
// Invariant: an element of the document is in `Shown` with the very node that was made of it or that it was written from; what the editor
// cannot show has no size, keeps its place among its siblings, and is never written over or deleted for being unknown.

/** Takes no room. The shape is what y-tiptap's carets and undo look at: `nodeSize`. */
export const HIDDEN: { readonly nodeSize: 0 } = { nodeSize: 0 };

/** By shared type. */
export type Shown = Map<object, Node | typeof HIDDEN>;

export function nodeOf(shown: Shown, type: object): Node | undefined {
  const node = shown.get(type);
  return node === undefined || node === HIDDEN ? undefined : (node as Node);
}

/** A stretch of a block's words, or an inline element. Positions count from the beginning of the block's content. */
export type Piece = {
  readonly from: number;
  readonly to: number /** Among the block's children. */;
  readonly index: number;
} & (
  | {
      readonly kind: 'text';
      readonly text: Y.XmlText /** Where the stretch begins in `text`. */;
      readonly at: number;
      formats: Record<string, unknown>;
    }
  | { readonly kind: 'element'; readonly element: Y.XmlElement; readonly node: Node }
);

/** The shown pieces of a block of words, in order. A text without any is a piece of no length: it can be written into. */
export function piecesOf(block: Y.XmlFragment, shown: Shown): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const [index, child] of block.toArray().entries()) {
    if (child instanceof Y.XmlText) {
      const before = pieces.length;
      let at = 0;
      for (const { insert, attributes = {} } of child.toDelta() as {
        insert: unknown;
        attributes?: Record<string, unknown>;
      }[]) {
        // Something else than words in a text (only other applications put it there) has a place and no size.
        const length = typeof insert === 'string' ? insert.length : 0;
        if (length > 0)
          pieces.push({ kind: 'text', text: child, at, index, from, to: from + length, formats: attributes });
        from += length;
        at += length || 1;
      }
      if (pieces.length === before) pieces.push({ kind: 'text', text: child, at, index, from, to: from, formats: {} });
    } else if (child instanceof Y.XmlElement) {
      const node = nodeOf(shown, child);
      if (!node) continue;
      pieces.push({ kind: 'element', element: child, node, index, from, to: from + node.nodeSize });
      from += node.nodeSize;
    }
  }
  return pieces;
}
