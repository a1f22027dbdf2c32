'use client';

import { type RefObject, useEffect } from 'react';

/**
 * Tells `element`, as `--keyboard`, how many pixels of the page's lower edge are covered by the keyboard on the screen. Where the keyboard
 * shrinks the page instead (`interactiveWidget` in layout.tsx) that is none.
 */
export function useAboveKeyboard(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const screen = window.visualViewport;
    if (!screen) return;
    const place = () => {
      const covered = Math.max(0, Math.round(window.innerHeight - screen.height - screen.offsetTop));
      element.current?.style.setProperty('--keyboard', `${covered}px`);
    };
    place();
    screen.addEventListener('resize', place);
    screen.addEventListener('scroll', place);
    return () => {
      screen.removeEventListener('resize', place);
      screen.removeEventListener('scroll', place);
    };
  }, [element]);
}
