'use client';

import { useEffect } from 'react';
import type { SharedDocument } from '../../lib/react/index.ts';

/** Milliseconds without a key, a click or a movement after which somebody is taken to have gone for a tea. */
const IDLE_MS = 3 * 60_000;

/** Tells the others when nothing has been heard from this person for a while, and when they are back. */
export function useIdle({ awareness }: SharedDocument): void {
  useEffect(() => {
    let idle = false;
    let timer: ReturnType<typeof setTimeout>;
    let heardAt = 0;
    const rest = () => {
      idle = true;
      awareness.setLocalStateField('idle', true);
    };
    const heard = () => {
      // A moving mouse is heard of a hundred times a second: one timer a second is enough.
      if (!idle && performance.now() - heardAt < 1_000) return;
      heardAt = performance.now();
      clearTimeout(timer);
      timer = setTimeout(rest, IDLE_MS);
      if (!idle) return;
      idle = false;
      awareness.setLocalStateField('idle', null);
    };
    timer = setTimeout(rest, IDLE_MS);
    const types = ['keydown', 'pointermove', 'pointerdown', 'wheel', 'touchmove'];
    for (const type of types) window.addEventListener(type, heard, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      for (const type of types) window.removeEventListener(type, heard, { capture: true });
    };
  }, [awareness]);
}
