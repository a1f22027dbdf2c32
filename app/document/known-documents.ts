'use client';

import { useEffect, useSyncExternalStore } from 'react';
import { type DocumentInfo, listDocuments } from '../api.ts';

// The documents that can be mentioned, and what they are called now.
// Invariant: one request for any number of mentions; it is asked for when the first of them is drawn or searched, and not again while fresh.

/** Documents asked for, last changed first: the most that the server gives at once. A mention of another one keeps its label. */
const COUNT = 100;
/** Milliseconds for which an answer is as good as a new one. */
const FRESH_MS = 30_000;

let documents: readonly DocumentInfo[] = [];
let askedAt = Number.NEGATIVE_INFINITY;
const listeners = new Set<() => void>();

/** Last changed first; empty until the server has answered. */
export function useKnownDocuments(): readonly DocumentInfo[] {
  useEffect(ask, []);
  return useSyncExternalStore(
    subscribe,
    () => documents,
    () => documents,
  );
}

/** Calls `show` with the title of `name` now, if it is known, and whenever that changes, until the returned function is called. */
export function followTitle(name: string, show: (title: string) => void): () => void {
  let shown: string | undefined;
  const look = () => {
    const title = documents.find((document) => document.name === name)?.title;
    if (title === undefined || title === shown) return;
    shown = title;
    show(title);
  };
  ask();
  look();
  return subscribe(look);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function ask(): void {
  if (performance.now() - askedAt < FRESH_MS) return;
  askedAt = performance.now();
  listDocuments({ offset: 0, limit: COUNT }).then(
    (answer) => {
      documents = answer;
      for (const listener of listeners) listener();
    },
    () => {
      askedAt = Number.NEGATIVE_INFINITY; // offline: mentions keep their labels; the next one to be drawn asks again
    },
  );
}
