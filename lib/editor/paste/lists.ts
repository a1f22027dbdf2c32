import { all, rename } from './reshape.ts';

// Lists: a nested one stands in the item to which it belongs, and items with a box are tasks.

export function shapeLists(body: HTMLElement): void {
  nestByDepth(body);
  for (const list of all(body, 'ul, ol')) {
    const { parentElement, previousElementSibling } = list;
    if (!parentElement?.matches('ul, ol')) continue;
    if (previousElementSibling?.localName === 'li') previousElementSibling.append(list);
    else wrapInItem(list);
  }
  for (const item of all(body, 'li').filter(holdsOnlyLists)) {
    item.previousElementSibling?.append(...item.children);
    item.remove();
  }
  for (const item of all(body, 'li')) if (!item.parentElement?.matches('ul, ol')) wrapInList(item);
  for (const list of all(body, 'ul, ol')) {
    // Only items may stand in a list.
    for (const child of [...list.childNodes]) {
      if (child instanceof Element ? child.localName !== 'li' : child.nodeValue?.trim() !== '') wrapInItem(child);
    }
    shapeTasks(list);
  }
  for (const term of all(body, 'dt')) rename(term, 'p');
  for (const text of all(body, 'dd')) rename(text, 'p');
}

/** Slack writes a list per level, one behind the other, and how deep each is. */
function nestByDepth(body: HTMLElement): void {
  for (const list of all(body, 'ul[data-indent], ol[data-indent]')) {
    const before = list.previousElementSibling;
    const depth = Number(list.getAttribute('data-indent'));
    if (!before?.matches('ul[data-indent], ol[data-indent]')) continue;
    if (depth === 0 && before.localName === list.localName) {
      before.append(...list.children);
      list.remove();
      continue;
    }
    let item = before.lastElementChild;
    for (let level = 1; level < depth; level++) item = item?.lastElementChild?.lastElementChild ?? item;
    if (depth > 0 && item?.localName === 'li') item.append(list);
  }
}

/** Lexical and others nest a list in an item of its own, behind the one that it belongs to. */
function holdsOnlyLists(item: Element): boolean {
  return (
    item.previousElementSibling?.localName === 'li' &&
    item.childElementCount > 0 &&
    [...item.childNodes].every((child) =>
      child instanceof Element ? child.matches('ul, ol') : child.nodeValue?.trim() === '',
    )
  );
}

function wrapInItem(node: ChildNode): void {
  const item = (node.ownerDocument ?? document).createElement('li');
  node.replaceWith(item);
  item.append(node);
}

function wrapInList(item: Element): void {
  const before = item.previousElementSibling;
  if (before?.matches('ul[data-loose]')) {
    before.append(item);
    return;
  }
  const list = item.ownerDocument.createElement('ul');
  list.setAttribute('data-loose', '');
  item.replaceWith(list);
  list.append(item);
}

/** Is there a box, and is it ticked? Takes the box away. */
function takeBox(item: Element): boolean | undefined {
  const said = item.getAttribute('data-checked');
  if (said !== null) return said === 'true';
  if (item.getAttribute('role') === 'checkbox') return item.getAttribute('aria-checked') === 'true';
  const box = item.querySelector(
    ':scope > input[type="checkbox"], :scope > label > input[type="checkbox"], :scope > p:first-child > input[type="checkbox"], :scope > div:first-child > input[type="checkbox"]',
  );
  box?.remove();
  return box ? box.hasAttribute('checked') : undefined;
}

/** A list of tasks and points becomes lists of one kind each. */
function shapeTasks(list: Element): void {
  const items = [...list.children].map((item) => ({ item, checked: takeBox(item) }));
  if (items.every(({ checked }) => checked === undefined)) return;
  let tasks: Element | undefined;
  let points: Element | undefined;
  for (const { item, checked } of items) {
    if (checked === undefined) {
      tasks = undefined;
      points ??= startList(list, list.localName);
      points.append(item);
    } else {
      points = undefined;
      tasks ??= startList(list, 'ul', 'taskList');
      tasks.append(rename(item, 'li', { 'data-type': 'taskItem', 'data-checked': String(checked) }));
    }
  }
  list.remove();
}

function startList(before: Element, name: string, type?: string): Element {
  const made = before.ownerDocument.createElement(name);
  if (type !== undefined) made.setAttribute('data-type', type);
  before.before(made);
  return made;
}
