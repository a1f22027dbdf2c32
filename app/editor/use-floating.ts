'use client';

import { autoUpdate, computePosition, flip, hide, offset, type Placement, shift, size } from '@floating-ui/dom';
import { type RefObject, useLayoutEffect } from 'react';

// Puts an element beside a place of the text, and keeps it there.

/** Pixels between the place and the element, and between the element and the edge of the window. */
const GAP = 6;
const EDGE = 8;

export interface Floating {
  placement: Placement;
  /** Where the place is now, in the window; undefined when it is gone. Must stay the same function. */
  placeOf: () => DOMRect | undefined;
  /** An element of the text: what scrolls around it is followed. */
  within: Element;
  /** Pixels at the top of the window that are covered. */
  covered?: number;
}

/**
 * The element is `position: fixed`. It is turned to the other side where there is no room, is not higher than the room there is
 * (`--available-height`), and is hidden while its place is scrolled out of sight.
 */
export function useFloating(element: RefObject<HTMLElement | null>, floating: Floating | undefined): void {
  useLayoutEffect(() => {
    const floated = element.current;
    if (!floated || !floating) return;
    const { placement, placeOf, within, covered = 0 } = floating;
    const reference = {
      getBoundingClientRect: () => placeOf() ?? new DOMRect(),
      contextElement: within,
    };
    let current = true;
    const place = async () => {
      const padding = { top: EDGE + covered, right: EDGE, bottom: EDGE + coveredBelow(), left: EDGE };
      const { x, y, middlewareData } = await computePosition(reference, floated, {
        strategy: 'fixed',
        placement,
        middleware: [
          offset(GAP),
          flip({ padding }),
          shift({ padding }),
          size({
            padding,
            apply: ({ availableHeight, elements }) =>
              elements.floating.style.setProperty('--available-height', `${Math.floor(availableHeight)}px`),
          }),
          hide({ padding: { top: covered } }),
        ],
      });
      if (!current) return;
      floated.style.left = `${Math.round(x)}px`;
      floated.style.top = `${Math.round(y)}px`;
      floated.style.visibility = middlewareData.hide?.referenceHidden ? 'hidden' : 'visible';
    };
    const stop = autoUpdate(reference, floated, () => void place());
    return () => {
      current = false;
      stop();
    };
  }, [element, floating]);
}

/** Pixels at the lower edge, above the keyboard, where on a phone the toolbar stands. */
function coveredBelow(): number {
  const bar = document.querySelector('[data-toolbar]')?.getBoundingClientRect();
  return bar && bar.top > window.innerHeight / 3 ? bar.height : 0;
}
