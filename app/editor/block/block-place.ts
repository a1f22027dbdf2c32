import type { Editor } from '@tiptap/react';
import { type Blocks, blockAt } from '../../../lib/editor/blocks.ts';

// Blocks as they stand on the page.

/** The element of a block. */
export function elementOf(editor: Editor, { from }: Blocks): HTMLElement | undefined {
  const element = editor.view.nodeDOM(from);
  return element instanceof HTMLElement ? element : undefined;
}

/** The block at the height of a point, which may be beside the text. */
export function blockNear(editor: Editor, x: number, y: number): Blocks | undefined {
  const { view } = editor;
  const text = view.dom.getBoundingClientRect();
  if (y < text.top || y > text.bottom) return undefined;
  const at = view.posAtCoords({ left: Math.min(Math.max(x, text.left + 2), text.right - 2), top: y });
  if (!at) return undefined;
  const inside = at.inside >= 0 ? view.state.doc.nodeAt(at.inside) : undefined;
  return blockAt(view.state.doc, inside?.isLeaf ? at.inside : at.pos);
}

/** The block that an element is part of, now. */
export function blockOf(editor: Editor, element: HTMLElement): Blocks | undefined {
  if (!editor.view.dom.contains(element)) return undefined;
  const position = editor.view.posAtDOM(element, 0);
  return blockAt(editor.state.doc, position);
}

/** Where a handle stands for a block: at its first line, at the left edge of what it is part of. From the frame's upper left corner. */
export function handlePlace(
  editor: Editor,
  blocks: Blocks,
  frame: HTMLElement,
): { top: number; left: number } | undefined {
  const element = elementOf(editor, blocks);
  if (!element) return undefined;
  const origin = frame.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  const list = outermostList(element, editor.view.dom);
  const { left } = (list ?? element).getBoundingClientRect();
  const line = editor.state.doc.nodeAt(blocks.from)?.isLeaf ? box : firstLine(editor, blocks, box);
  return { top: (line.top + line.bottom) / 2 - origin.top, left: left - origin.left };
}

function firstLine(editor: Editor, { from, to }: Blocks, box: DOMRect): { top: number; bottom: number } {
  let first: { top: number; bottom: number } | undefined;
  editor.state.doc.nodesBetween(from, to, (node, position) => {
    if (first || !node.isTextblock) return first === undefined;
    const line = editor.view.coordsAtPos(position + 1);
    if (line.top >= box.top - 2 && line.top <= box.bottom) first = line;
    return false;
  });
  return first ?? { top: box.top, bottom: box.top + Math.min(box.height, 28) };
}

function outermostList(element: HTMLElement, text: HTMLElement): Element | undefined {
  let found: Element | undefined;
  for (let one: Element | null = element; one && one !== text; one = one.parentElement) {
    if (one.tagName === 'UL' || one.tagName === 'OL') found = one;
    else if (one.tagName !== 'LI' && one !== element && found) break;
  }
  return found;
}
