// Steps from which the transforms of pasted HTML are made.

/** Puts the children in the element's place. */
export function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes);
}

/** The same children in an element of another name, with these attributes only. */
export function rename(element: Element, name: string, attributes: Readonly<Record<string, string>> = {}): Element {
  const made = element.ownerDocument.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...element.childNodes);
  element.replaceWith(made);
  return made;
}

/** Puts an element of this name between `element` and its children. */
export function wrapChildren(element: Element, name: string): void {
  const made = element.ownerDocument.createElement(name);
  made.append(...element.childNodes);
  element.append(made);
}

/** All elements below that match, innermost last. A list of its own: the tree may be changed while it is gone through. */
export function all(root: ParentNode, selector: string): Element[] {
  return [...root.querySelectorAll(selector)];
}

const BLOCKS =
  'p, div, h1, h2, h3, h4, h5, h6, ul, ol, li, dl, dt, dd, table, blockquote, pre, hr, section, article, header, footer, main, aside, nav, figure, figcaption, details, summary, address, form, fieldset, center';

export function isBlock(element: Element): boolean {
  return element.matches(BLOCKS);
}

export function hasBlocks(element: Element): boolean {
  return element.querySelector(BLOCKS) !== null;
}
