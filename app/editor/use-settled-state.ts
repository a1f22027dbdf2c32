'use client';

import type { Editor } from '@tiptap/react';
import { useEffect, useRef, useState } from 'react';

// What a bar shows of the text: which marks the caret has, whether it is in a table. Dozens of such questions are asked of each transaction.
// Invariant: they are asked once a frame, when that has been drawn. The letter that was typed does not wait for its buttons.

export interface Shown<State> {
  editor: Editor;
  /** A plain value, or an object of such. Reads nothing but the editor. */
  selector: (context: { editor: Editor }) => State;
}

/** As TipTap's `useEditorState`, a frame later. */
export function useSettledState<State>({ editor, selector }: Shown<State>): State {
  const [state, setState] = useState(() => selector({ editor }));
  const select = useRef(selector);
  useEffect(() => {
    select.current = selector;
  });
  useEffect(() => {
    const look = () => {
      if (editor.isDestroyed) return;
      const now = select.current({ editor });
      setState((before) => (isSame(before, now) ? before : now));
    };
    look();
    return afterFrames(editor, look);
  }, [editor]);
  return state;
}

const looks = new WeakMap<Editor, Set<() => void>>();

/** Calls `look` after each frame that shows something new. Returns what ends that. */
function afterFrames(editor: Editor, look: () => void): () => void {
  const all = looks.get(editor) ?? begin(editor);
  all.add(look);
  return () => all.delete(look);
}

/** It ends with the editor. */
function begin(editor: Editor): Set<() => void> {
  const all = new Set<() => void>();
  looks.set(editor, all);
  let waiting = false;
  editor.on('transaction', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      setTimeout(() => {
        waiting = false;
        for (const look of all) look();
      });
    });
  });
  return all;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [before, after] = [Object.entries(a), Object.entries(b)];
  return before.length === after.length && before.every(([key, value]) => Object.is(value, Reflect.get(b, key)));
}
