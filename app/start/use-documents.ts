'use client';

import { useCallback, useEffect, useReducer, useRef } from 'react';
import { KINDS } from '../../lib/convert/kinds.ts';
import { keptDocuments } from '../../lib/react/index.ts';
import { type DocumentInfo, listDocuments, SYNC_PATH } from '../api.ts';

// The list of documents as the start page shows it.
// Invariant: an answer that was overtaken (another was asked since) changes nothing.

/** Documents per page of the list. */
const PAGE = 50;

export type DocumentsState =
  | { state: 'loading' }
  | { state: 'failed' }
  /** The server does not answer: those that this device keeps, the last opened first. */
  | { state: 'offline'; documents: readonly DocumentInfo[] }
  | { state: 'listed'; documents: readonly DocumentInfo[]; more: boolean };

type Event =
  | { type: 'asked' }
  | { type: 'failed'; kept: readonly DocumentInfo[] }
  | { type: 'answered'; documents: DocumentInfo[]; count: number };

function next(state: DocumentsState, event: Event): DocumentsState {
  switch (event.type) {
    case 'asked':
      return state.state === 'failed' ? { state: 'loading' } : state; // a list that is there stays while it is renewed
    case 'failed':
      if (state.state === 'listed') return state;
      return event.kept.length > 0 ? { state: 'offline', documents: event.kept } : { state: 'failed' };
    case 'answered': {
      const more = event.documents.length > event.count;
      return { state: 'listed', documents: event.documents.slice(0, event.count), more };
    }
  }
}

export function useDocuments() {
  const [state, dispatch] = useReducer(next, { state: 'loading' });
  const asking = useRef<AbortController>(undefined);
  const count = useRef(PAGE);

  const load = useCallback(() => {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    dispatch({ type: 'asked' });
    const wanted = count.current;
    // One more than shown, to know whether there are more.
    listDocuments({ offset: 0, limit: wanted + 1 }, controller.signal).then(
      (documents) => controller.signal.aborted || dispatch({ type: 'answered', documents, count: wanted }),
      async () => {
        if (controller.signal.aborted) return;
        const kept = await keptDocuments(SYNC_PATH);
        const infos = kept.map(({ name, title, kind, usedAt }) => ({
          name,
          title,
          kind: KINDS.find((known) => known === kind),
          createdAt: usedAt,
          updatedAt: usedAt,
        }));
        if (!controller.signal.aborted) dispatch({ type: 'failed', kept: infos });
      },
    );
  }, []);

  const showMore = useCallback(() => {
    count.current += PAGE;
    load();
  }, [load]);

  useEffect(() => {
    load();
    // Back from a document, or from another tab: its title and time have changed.
    const returned = () => document.visibilityState === 'visible' && load();
    document.addEventListener('visibilitychange', returned);
    return () => {
      document.removeEventListener('visibilitychange', returned);
      asking.current?.abort();
    };
  }, [load]);

  return { state, reload: load, showMore };
}
