'use client';

import { useEffect, useRef, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { type SharedDocument, usePresence, useSyncValue } from '../../lib/react/index.ts';
import { useUnread } from '../chat/use-chat.ts';
import { useSelf } from '../person/person-store.ts';

// Tells those who do not see the page, politely, who comes and goes and whether the connection holds. Not every saved keystroke.

/** Milliseconds after which a change is told: a connection that is back at once was never gone, and many who come at once are one message. */
const CALM_MS = 1_500;
/** Names in one message. */
const NAMES = 3;

export function Announcer({ provider }: { provider: SharedDocument }) {
  const people = usePresenceNews(provider);
  const chat = useChatNews(provider);
  return (
    <>
      <ConnectionNews provider={provider} />
      <p className="visually-hidden" role="status">
        {people}
      </p>
      <p className="visually-hidden" role="status">
        {chat}
      </p>
    </>
  );
}

/** By itself, as it follows each keystroke. */
function ConnectionNews({ provider }: { provider: SharedDocument }) {
  return (
    <p className="visually-hidden" role="status">
      {useConnectionNews(provider)}
    </p>
  );
}

function useConnectionNews(provider: SharedDocument): string {
  const t = useTranslations('sync');
  const [told, setTold] = useState<'offline' | 'online'>();
  const now = useSyncValue(provider, ({ state }) =>
    state === 'offline' ? 'offline' : state === 'saved' ? 'online' : undefined,
  );
  useEffect(() => {
    if (now === undefined) return;
    // "Connected again" only after it was lost.
    const tell = () => setTold((before) => (now === 'offline' || before === 'offline' ? now : before));
    const timer = setTimeout(tell, CALM_MS);
    return () => clearTimeout(timer);
  }, [now]);
  if (told === undefined) return '';
  return told === 'offline' ? t('announceOffline') : t('announceOnline');
}

function usePresenceNews(provider: SharedDocument): string {
  const t = useTranslations('presence');
  const format = useFormatter();
  const participants = usePresence(provider);
  const told = useRef<ReadonlyMap<string, string>>(undefined);
  const [news, setNews] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      const here = new Map(participants.filter(({ self }) => !self).map(({ person }) => [person.id, person.name]));
      const before = told.current;
      told.current = here;
      if (!before) return; // who was here already is no news
      const joined = [...here].filter(([id]) => !before.has(id)).map(([, name]) => name);
      const left = [...before].filter(([id]) => !here.has(id)).map(([, name]) => name);
      const say = (names: string[], key: 'joined' | 'left') =>
        names.length === 0 ? '' : t(key, { name: format.list(names.slice(0, NAMES)) });
      const text = `${say(joined, 'joined')} ${say(left, 'left')}`.trim();
      if (text !== '') setNews(text);
    }, CALM_MS);
    return () => clearTimeout(timer);
  }, [participants, t, format]);
  return news;
}

/** Who wrote in the chat while it is closed; open, it is a log that is read out itself, and nothing in it stays unread. */
function useChatNews(provider: SharedDocument): string {
  const t = useTranslations('chat');
  const format = useFormatter();
  const self = useSelf();
  const unread = useUnread(provider, self.state === 'named' ? self.person : undefined);
  const told = useRef<ReadonlySet<string>>(undefined);
  const [news, setNews] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      const before = told.current;
      told.current = new Set(unread.map(({ id }) => id));
      if (!before) return; // what waited already is told by the button
      const names = new Set(unread.filter(({ id }) => !before.has(id)).map(({ person }) => person.name));
      if (names.size > 0) setNews(t('announce', { name: format.list([...names].slice(0, NAMES)) }));
    }, CALM_MS);
    return () => clearTimeout(timer);
  }, [unread, t, format]);
  return news;
}
