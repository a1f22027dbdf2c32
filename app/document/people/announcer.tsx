'use client';

import { useEffect, useRef, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { type SharedDocument, usePresence, useSyncValue } from '../../../lib/react/index.ts';
import { useUnread } from '../../chat/use-chat.ts';
import { useSelf } from '../../person/person-store.ts';
import { Arrivals, type ArrivalsNews, shortened } from './arrivals.ts';

// Tells those who do not see the page, politely, who comes and goes and whether the connection holds. Not every saved keystroke.

/** Milliseconds after which a change is told: a connection that is back at once was never gone. */
const CALM_MS = 1_500;

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
  const list = useNameList();
  const participants = usePresence(provider);
  const [news, setNews] = useState<ArrivalsNews>();
  const arrivals = useRef<Arrivals>(undefined);
  useEffect(() => {
    const made = new Arrivals({ tell: setNews });
    arrivals.current = made;
    return () => made.close();
  }, []);
  useEffect(() => {
    const others = participants.filter(({ self }) => !self);
    arrivals.current?.see(new Map(others.map(({ person }) => [person.id, person.name])));
  }, [participants]);
  const say = (names: readonly string[] = [], key: 'joined' | 'left') =>
    names.length === 0 ? '' : t(key, { name: list(names) });
  return `${say(news?.joined, 'joined')} ${say(news?.left, 'left')}`.trim();
}

/** "Ann, Bo and 3 others". */
function useNameList(): (names: readonly string[]) => string {
  const t = useTranslations('presence');
  const format = useFormatter();
  return (names) => {
    const { named, others } = shortened(names);
    return format.list(others === 0 ? named : [...named, t('others', { count: others })]);
  };
}

/** Who wrote in the chat while it is closed; open, it is a log that is read out itself, and nothing in it stays unread. */
function useChatNews(provider: SharedDocument): string {
  const t = useTranslations('chat');
  const list = useNameList();
  const self = useSelf();
  const unread = useUnread(provider, self.state === 'named' ? self.person : undefined);
  const told = useRef<ReadonlySet<string>>(undefined);
  const [news, setNews] = useState<readonly string[]>([]);
  useEffect(() => {
    const timer = setTimeout(() => {
      const before = told.current;
      told.current = new Set(unread.map(({ id }) => id));
      if (!before) return; // what waited already is told by the button
      const names = new Set(unread.filter(({ id }) => !before.has(id)).map(({ person }) => person.name));
      if (names.size > 0) setNews([...names]);
    }, CALM_MS);
    return () => clearTimeout(timer);
  }, [unread]);
  return news.length === 0 ? '' : t('announce', { name: list(news) });
}
