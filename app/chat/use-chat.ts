'use client';

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type * as Y from 'yjs';
import { type Chat, type ChatMessage, messagesIn, readChat, watchChat } from '../../lib/chat/messages.ts';
import { watchTyping } from '../../lib/chat/typing.ts';
import { SEEN, unreadOf } from '../../lib/chat/unread.ts';
import type { Person } from '../../lib/person/person.ts';
import type { SharedDocument } from '../../lib/react/index.ts';
import { useSeen } from './seen-store.ts';

/** The newest `limit` messages; a new object when the list has changed. */
export function useChat(doc: Y.Doc, limit: number): Chat {
  const store = useMemo(() => {
    let shown: Chat | undefined;
    return {
      read: () => {
        shown ??= readChat(doc, limit);
        return shown;
      },
      subscribe: (changed: () => void) => {
        shown = undefined;
        return watchChat(doc, () => {
          shown = undefined;
          changed();
        });
      },
    };
  }, [doc, limit]);
  return useSyncExternalStore(store.subscribe, store.read, store.read);
}

/** What others wrote and this device has not shown, oldest first. */
export function useUnread(provider: SharedDocument, self: Person | undefined): readonly ChatMessage[] {
  const { messages } = useChat(provider.doc, SEEN);
  const seen = useSeen(provider.name);
  return useMemo(() => unreadOf(messages, seen, self?.id), [messages, seen, self?.id]);
}

/** Ids of the messages that the server does not have yet, as one string: it changes only when they do. */
export function useWaiting(provider: SharedDocument): string {
  const subscribe = useCallback((changed: () => void) => provider.subscribe(changed), [provider]);
  return useSyncExternalStore(
    subscribe,
    () => [...messagesIn(provider.unsent())].join(' '),
    () => '',
  );
}

export function useTyping(provider: SharedDocument): readonly Person[] {
  const [people, setPeople] = useState<readonly Person[]>([]);
  useEffect(() => watchTyping(provider.awareness, setPeople), [provider]);
  return people;
}

/** Whether somebody may be looking at the page. */
export function usePageVisible(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener('visibilitychange', changed);
      return () => document.removeEventListener('visibilitychange', changed);
    },
    () => document.visibilityState === 'visible',
    () => true,
  );
}
