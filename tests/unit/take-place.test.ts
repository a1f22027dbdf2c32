// @vitest-environment happy-dom

import { afterEach, expect, it } from 'vitest';
import { type Place, takePlace } from '../../app/document/take-place.ts';
import { selectPlaces } from '../../lib/editor/select-places.ts';
import { closeWriters, two } from '../support/writers.ts';

// The editor takes the place of the text that stood in for it.

afterEach(closeWriters);

const TEXT = '<p>One <strong>two.</strong></p><p>Three four.</p>';

/** What stands in for the editor, with a selection in its second and its third run of words. */
function standIn(anchor: [run: number, offset: number], focus: [run: number, offset: number]): HTMLElement {
  const snapshot = document.createElement('main');
  snapshot.innerHTML = `<article class="text">${TEXT}</article>`;
  document.body.append(snapshot);
  const runs: Node[] = [];
  const walker = document.createTreeWalker(snapshot, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) runs.push(walker.currentNode);
  document.getSelection()?.setBaseAndExtent(runs[anchor[0]] as Node, anchor[1], runs[focus[0]] as Node, focus[1]);
  return snapshot;
}

it.each([
  { what: 'words', anchor: [1, 1], focus: [2, 5], selected: 'wo.Three', forward: true },
  { what: 'words from behind', anchor: [2, 5], focus: [1, 1], selected: 'wo.Three', forward: false },
  { what: 'a caret', anchor: [2, 3], focus: [2, 3], selected: '', forward: true },
] as const)(
  '[SNAP-1] of $what that were selected before it came the editor knows before the browser tells it',
  ({ anchor, focus, selected, forward }) => {
    const [{ editor }] = two(TEXT);
    const snapshot = standIn([...anchor], [...focus]);
    const silence = (event: Event) => event.stopImmediatePropagation();
    window.addEventListener('selectionchange', silence, { capture: true });
    const select = (from: Place, to: Place) => selectPlaces(editor.view, from, to);
    takePlace(snapshot, { dom: editor.view.dom, select }, 0);
    window.removeEventListener('selectionchange', silence, { capture: true });
    const { selection, doc } = editor.state;
    expect(doc.textBetween(selection.from, selection.to)).toBe(selected);
    expect(selection.anchor <= selection.head).toBe(forward);
    expect(selection.$anchor.parentOffset).toBe(anchor[0] === 1 ? 'One '.length + anchor[1] : anchor[1]);
    expect(snapshot.hidden).toBe(true);
  },
);
