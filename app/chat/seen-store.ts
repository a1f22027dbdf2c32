'use client';

import { useCallback, useSyncExternalStore } from 'react';

// Which messages of which chat have been shown on this device.
// Invariant: one set per document, the same object until it changes; where storage is forbidden or full it lasts as long as the page.

const KEY = 'inkroom.chat.';
const NOTHING: ReadonlySet<string> = new Set();

const unstored = new Map<string, string>();
const parsed = new Map<string, { readonly source: string; readonly ids: ReadonlySet<string> }>();
const listeners = new Set<() => void>();

export function useSeen(document: string): ReadonlySet<string> {
  const read = useCallback(() => readSeen(document), [document]);
  return useSyncExternalStore(subscribe, read, () => NOTHING);
}

export function saveSeen(document: string, ids: readonly string[]): void {
  const text = ids.join(' ');
  if (text === sourceOf(document)) return;
  try {
    localStorage.setItem(KEY + document, text);
    unstored.delete(document);
  } catch {
    unstored.set(document, text);
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

function readSeen(document: string): ReadonlySet<string> {
  const source = sourceOf(document);
  const known = parsed.get(document);
  if (known?.source === source) return known.ids;
  const ids = new Set(source.split(' '));
  parsed.set(document, { source, ids });
  return ids;
}

function sourceOf(document: string): string {
  const kept = unstored.get(document);
  if (kept !== undefined) return kept;
  try {
    return localStorage.getItem(KEY + document) ?? '';
  } catch {
    return ''; // storage is forbidden
  }
}
