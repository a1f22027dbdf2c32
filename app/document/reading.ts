'use client';

import { useSyncExternalStore } from 'react';

// How a document is being read: which tool is open, whether the outline is, whether all but the text is hidden. The header's menu asks, the text's
// surroundings answer; it is kept outside of both, for the life of the page.

export interface Reading {
  readonly tool: 'none' | 'find' | 'count';
  readonly outline: boolean;
  /** Only the text is shown. */
  readonly focus: boolean;
}

/** Of a page that nobody has read yet. */
const START: Reading = { tool: 'none', outline: false, focus: false };

let reading = START;
const listeners = new Set<() => void>();

export function setReading(change: Partial<Reading>): void {
  reading = { ...reading, ...change };
  for (const listener of listeners) listener();
}

export const readingNow = (): Reading => reading;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useReading(): Reading {
  return useSyncExternalStore(subscribe, readingNow, () => START);
}
