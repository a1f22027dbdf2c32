'use client';

import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type * as Y from 'yjs';
import { documentTitle, META } from '../../lib/convert/new-document.ts';
import { keepCaret } from '../../lib/editor/keep-caret.ts';

/** The document's title, '' when it has none. If `input` shows it, somebody else's change leaves the caret among the words where it was. */
export function useSharedTitle(doc: Y.Doc, input?: RefObject<HTMLInputElement | null>): string {
  const [title, setTitle] = useState(() => documentTitle(doc));
  const caret = useRef<readonly [start: number, end: number]>(undefined);

  useEffect(() => {
    const meta = doc.getMap(META);
    let before = documentTitle(doc);
    setTitle(before);
    const changed = (_event: unknown, transaction: Y.Transaction) => {
      const after = documentTitle(doc);
      const field = input?.current;
      if (field && !transaction.local && document.activeElement === field) {
        const [start, end] = caret.current ?? [field.selectionStart ?? 0, field.selectionEnd ?? 0];
        caret.current = [keepCaret(before, after, start), keepCaret(before, after, end)];
      }
      before = after;
      setTitle(after);
    };
    meta.observe(changed);
    return () => meta.unobserve(changed);
  }, [doc, input]);

  // Each time it has rendered: only then is the new text in the field.
  useLayoutEffect(() => {
    if (!caret.current) return;
    const field = input?.current;
    // While something is being composed the field shows that, not the title.
    if (field?.value === title) field.setSelectionRange(...caret.current);
    caret.current = undefined;
  }, [input, title]);

  return title;
}
