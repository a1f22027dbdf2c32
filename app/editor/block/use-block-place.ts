'use client';

import type { Editor } from '@tiptap/react';
import { type RefObject, useEffect, useState } from 'react';

/** Pixels, from the frame's upper left corner. */
export interface Place {
  top: number;
  left: number;
  width: number;
  height: number;
}

/**
 * Where the element is that `find` names, as long as the text has the focus (or what floats at it: give that `data-floating`); undefined
 * when there is none. Followed through edits, one's own or others', and through changes of size.
 */
export function useBlockPlace(
  editor: Editor,
  frame: RefObject<HTMLElement | null>,
  find: (editor: Editor) => Element | undefined,
): Place | undefined {
  const [place, setPlace] = useState<Place>();
  useEffect(() => {
    let waiting = 0;
    const look = () => {
      waiting = 0;
      if (editor.isDestroyed) return;
      const now = measure(editor, frame.current, find);
      setPlace((before) => (same(before, now) ? before : now));
    };
    // Once per frame, after the browser has laid out what changed.
    const soon = () => {
      waiting ||= requestAnimationFrame(look);
    };
    editor.on('transaction', soon);
    editor.on('focus', soon);
    editor.on('blur', soon);
    const sizes = new ResizeObserver(soon);
    sizes.observe(editor.view.dom);
    soon();
    return () => {
      cancelAnimationFrame(waiting);
      editor.off('transaction', soon);
      editor.off('focus', soon);
      editor.off('blur', soon);
      sizes.disconnect();
    };
  }, [editor, frame, find]);
  return place;
}

function measure(
  editor: Editor,
  frame: HTMLElement | null,
  find: (editor: Editor) => Element | undefined,
): Place | undefined {
  if (!frame) return undefined;
  const focused = editor.isFocused || document.activeElement?.closest('[data-floating]') != null;
  const element = focused ? find(editor) : undefined;
  if (!element) return undefined;
  const origin = frame.getBoundingClientRect();
  const { top, left, width, height } = element.getBoundingClientRect();
  return { top: top - origin.top, left: left - origin.left, width, height };
}

function same(a: Place | undefined, b: Place | undefined): boolean {
  return a?.top === b?.top && a?.left === b?.left && a?.width === b?.width && a?.height === b?.height;
}

/** The element of the innermost node named `type` around the caret. */
export function blockAround(editor: Editor, type: string): Element | undefined {
  const { $from } = editor.state.selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    if ($from.node(depth).type.name !== type) continue;
    const element = editor.view.nodeDOM($from.before(depth));
    return element instanceof Element ? element : undefined;
  }
  return undefined;
}
