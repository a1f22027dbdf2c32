// @vitest-environment happy-dom

import { Editor } from '@tiptap/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { newDocument } from '../../lib/convert/new-document.ts';
import { editorExtensions } from '../../lib/editor/extensions.ts';
import { follow, followed } from '../../lib/editor/followed.ts';
import { emptyWords } from '../support/editor.ts';

const open: { editor: Editor; doc: Y.Doc; awareness: Awareness }[] = [];

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.advanceTimersByTime(10); // y-tiptap queues for all editors together: nothing of one test may wait in the next
  for (const { editor, doc, awareness } of open.splice(0)) {
    editor.destroy();
    awareness.destroy();
    doc.destroy();
  }
  document.body.replaceChildren();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function setUp() {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, newDocument({ title: '' }), 'server');
  const element = document.createElement('div');
  document.body.append(element);
  const awareness = new Awareness(doc);
  const editor = new Editor({
    element,
    injectCSS: false,
    extensions: editorExtensions({ doc, awareness, words: emptyWords }),
  });
  open.push({ editor, doc, awareness });
  const scrolls = vi.spyOn(window, 'scrollBy').mockImplementation(() => undefined);
  let clock = 0;
  /** Another machine's presence arrives, whatever it holds; null: they leave. */
  const show = (id: number, state: Record<string, unknown> | null) => {
    const theirs = new Awareness(new Y.Doc());
    if (state) theirs.states.set(id, state);
    theirs.meta.set(id, { clock: ++clock, lastUpdated: 0 });
    applyAwarenessUpdate(awareness, encodeAwarenessUpdate(theirs, [id]), 'server');
    theirs.destroy();
    vi.advanceTimersByTime(300);
  };
  /** Where a caret at `index` of the first paragraph stands. */
  const caret = (index: number) => {
    const text = (doc.getXmlFragment('content').get(0) as Y.XmlElement).get(0) as Y.XmlText;
    const at = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index));
    return { anchor: at, head: at };
  };
  /** All that is drawn of others' carets is `top` pixels below the upper edge of the window. */
  const caretsAt = (top: number) => {
    vi.spyOn(Element.prototype, 'getClientRects').mockReturnValue([{}] as unknown as DOMRectList);
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue({
      top,
      bottom: top + 20,
      left: 0,
      height: 20,
    } as DOMRect);
  };
  return { editor, doc, awareness, scrolls, show, caret, caretsAt };
}

const BO = { id: 'bo', name: 'Bo', color: '#336bdb' };

describe('following', () => {
  it('[FOLLOW-1] scrolls to the caret of whom one follows, and of nobody else', () => {
    const { editor, awareness, scrolls, show, caret, caretsAt } = setUp();
    editor.commands.insertContentAt(1, 'some words');
    caretsAt(5_000);
    show(7, { user: BO, cursor: caret(2) });
    expect(scrolls).not.toHaveBeenCalled();
    follow(awareness, 7);
    vi.advanceTimersByTime(300);
    expect(scrolls).toHaveBeenCalledTimes(1);
    show(7, { user: BO, cursor: caret(4) });
    expect(scrolls).toHaveBeenCalledTimes(2);
    show(8, { user: { ...BO, id: 'cy', name: 'Cy' }, cursor: caret(1) });
    expect(scrolls).toHaveBeenCalledTimes(2);
    follow(awareness, undefined);
    show(7, { user: BO, cursor: caret(5) });
    expect(scrolls).toHaveBeenCalledTimes(2);
  });

  it('[FOLLOW-2] tells where one looks only while somebody follows', () => {
    const { awareness, show } = setUp();
    const view = () => awareness.getLocalState()?.view;
    show(7, { user: BO });
    window.dispatchEvent(new Event('scroll'));
    vi.advanceTimersByTime(300);
    expect(view()).toBeUndefined();
    show(7, { user: BO, following: awareness.clientID });
    expect(view()).not.toBeUndefined();
    show(7, null);
    expect(view()).toBeNull();
  });

  it('[FOLLOW-3] lives with hostile presence', () => {
    const { awareness, scrolls, show } = setUp();
    follow(awareness, 7);
    for (const view of [
      null,
      5,
      {},
      { at: { tname: 'x' }, part: 0 },
      { at: { type: null }, part: 0 },
      { at: null, part: 1e9 },
    ]) {
      show(7, { user: BO, cursor: 'no', view });
    }
    show(7, { user: BO, view: { at: { item: { client: 1, clock: 99 } }, part: 0.5 } });
    expect(scrolls).not.toHaveBeenCalled();
    for (const whom of ['7', Number.NaN, {}, 1.5]) expect(followed({ following: whom })).toBeUndefined();
  });
});
