'use client';

import { useSyncExternalStore } from 'react';

// Whether the toolbar is shown, as chosen on this device. Invariant: shown until somebody has hidden it here.

const KEY = 'inkroom.toolbar';
const HIDDEN = 'hidden';

/** Where storage is forbidden, the choice lasts as long as the page. */
let kept: string | null = null;
const listeners = new Set<() => void>();

export function useToolbarShown(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => stored() !== HIDDEN,
    () => true,
  );
}

export function showToolbar(shown: boolean): void {
  kept = shown ? null : HIDDEN;
  try {
    if (shown) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, HIDDEN);
  } catch {
    // forbidden or full: `kept` has it
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener); // another tab
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY) ?? kept;
  } catch {
    return kept; // storage is forbidden
  }
}
