import type { Fragment, Node } from '@tiptap/pm/model';
import * as Y from 'yjs';
import { formatsOf } from './marks.ts';
import type { Shown } from './shown.ts';

// Shared elements for nodes of the editor.
// Invariant: a block of words is made with a text in it, empty or not. If the text came with the first letter, two people who begin the same
// empty paragraph would make one each, and their letters would stand in two texts.

export function makeElement(node: Node, shown: Shown): Y.XmlElement {
  const element = new Y.XmlElement(node.type.name);
  for (const [name, value] of Object.entries(node.attrs)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  const children = node.inlineContent
    ? makeWords(node.content, shown)
    : node.children.map((child) => makeElement(child, shown));
  if (children.length === 0 && node.isTextblock) children.push(new Y.XmlText());
  element.insert(0, children);
  shown.set(element, node);
  return element;
}

/** Texts and inline elements, by turns. */
export function makeWords(content: Fragment, shown: Shown): (Y.XmlElement | Y.XmlText)[] {
  const made: (Y.XmlElement | Y.XmlText)[] = [];
  let run: Node[] = [];
  const end = () => {
    if (run.length === 0) return;
    const text = new Y.XmlText();
    text.applyDelta(run.map((node) => ({ insert: node.text ?? '', attributes: formatsOf(node.marks) })));
    made.push(text);
    run = [];
  };
  content.forEach((node) => {
    if (node.isText) {
      run.push(node);
      return;
    }
    end();
    made.push(makeElement(node, shown));
  });
  end();
  return made;
}
