import type { Node } from '@tiptap/pm/model';
import * as Y from 'yjs';
import { nodeOf, type Shown } from './shown.ts';

// The blocks of a text and the shared elements that they are, one for one, in order.
// Invariant: what is shown of the n-th element is the n-th block of `text`. So a change is found by comparing two lists of blocks; to ask each element of a
// long document what is shown of it is most of what a key would cost.

export class Row {
  readonly text: Node;
  readonly #elements: readonly Y.XmlElement[];

  private constructor(text: Node, elements: readonly Y.XmlElement[]) {
    this.text = text;
    this.#elements = elements;
  }

  /** Undefined where `text` has something else than what is shown. Takes a walk through the document. */
  static of(root: Y.XmlFragment, text: Node, shown: Shown): Row | undefined {
    const elements: Y.XmlElement[] = [];
    for (const child of root.toArray()) {
      const node = nodeOf(shown, child);
      if (!node) continue;
      if (!(child instanceof Y.XmlElement) || text.maybeChild(elements.length) !== node) return undefined;
      elements.push(child);
    }
    return elements.length === text.childCount ? new Row(text, elements) : undefined;
  }

  /** The elements are the same as before; of some of them something else is shown. */
  with(text: Node): Row {
    return new Row(text, this.#elements);
  }

  /** The one block that is another one in `text`, of the same type; undefined where more have changed, or come, or gone. */
  changeTo(text: Node): BlockChange | undefined {
    const [before, after] = [this.text.children, text.children];
    if (before.length !== after.length) return undefined;
    let index = 0;
    while (index < before.length && before[index] === after[index]) index += 1;
    const [element, from, to] = [this.#elements[index], before[index], after[index]];
    if (!element || !from || !to || from.type !== to.type || element._item?.deleted !== false) return undefined;
    for (let at = index + 1; at < before.length; at++) if (before[at] !== after[at]) return undefined;
    return { element, before: from, after: to, start: this.startOf(index) };
  }

  /** Among the blocks; -1 for an element that is not shown, or not a block of its own. */
  indexOf(element: Y.AbstractType<unknown>): number {
    return this.#elements.indexOf(element as Y.XmlElement);
  }

  /** The block at a position, unless that is between blocks: its element, and where it begins. */
  at(position: number): { readonly element: Y.XmlElement; readonly start: number } | undefined {
    const { index, offset } = this.text.childAfter(position);
    const element = this.#elements[index];
    return element && position > offset ? { element, start: offset } : undefined;
  }

  /** The position before a block. */
  startOf(index: number): number {
    const { children } = this.text;
    let start = 0;
    for (let at = 0; at < index; at++) start += children[at]?.nodeSize ?? 0;
    return start;
  }
}

export interface BlockChange {
  readonly element: Y.XmlElement;
  readonly before: Node;
  readonly after: Node;
  /** The position before the block, which is the same in both texts. */
  readonly start: number;
}
