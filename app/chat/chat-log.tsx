'use client';

import { ArrowDown, Clock, MessagesSquare } from 'lucide-react';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { linkParts } from '../../lib/chat/links.ts';
import type { Chat, ChatMessage } from '../../lib/chat/messages.ts';
import { type Run, runsOf } from '../../lib/chat/runs.ts';
import { Avatar } from '../person/avatar.tsx';
import { Button } from '../ui/button.tsx';
import styles from './chat-log.module.css';

export interface ChatLogProps {
  chat: Chat;
  self: string | undefined;
  /** Ids of the people who are here, and of the messages that wait: as strings, which change only when they say something else. */
  online: string;
  waiting: string;
  firstUnread: string | undefined;
  onEarlier: () => void;
}

/** Pixels from the end within which one is taken to read the newest. */
const AT_END = 48;

/** The messages. It stays at its end when one is there, and where it is when one reads further up. */
export const ChatLog = memo(function ChatLog({ chat, self, online, waiting, firstUnread, onEarlier }: ChatLogProps) {
  const t = useTranslations('chat');
  const format = useFormatter();
  const { messages, hasEarlier } = chat;
  const runs = useMemo(() => {
    const dayOf = (at: number) => format.dateTime(at, { year: 'numeric', month: '2-digit', day: '2-digit' });
    return runsOf(messages, { firstUnread, dayOf });
  }, [messages, firstUnread, format]);
  const here = useMemo(() => new Set(online.split(' ')), [online]);
  const unsaved = useMemo(() => new Set(waiting.split(' ')), [waiting]);
  const { scroller, behind, toEnd, keepPlace } = useStayAtEnd(messages, self);
  /** Earlier messages come in above, and are no news. */
  const [growing, setGrowing] = useState(false);
  useEffect(() => {
    if (messages.length > 0) setGrowing(false);
  }, [messages]);

  return (
    <div className={styles.frame}>
      <div
        ref={scroller}
        className={styles.scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label={t('log')}
        aria-live={growing ? 'off' : 'polite'}
      >
        {messages.length === 0 ? (
          <div className={styles.empty}>
            <MessagesSquare size={28} strokeWidth={1.5} aria-hidden />
            <p className={styles.emptyHeading}>{t('emptyHeading')}</p>
            <p>{t('emptyText')}</p>
          </div>
        ) : null}
        {hasEarlier ? (
          <Button
            kind="quiet"
            className={styles.earlier}
            onClick={() => {
              setGrowing(true);
              keepPlace();
              onEarlier();
            }}
          >
            {t('earlier')}
          </Button>
        ) : null}
        {runs.map((run) => (
          <RunOfMessages
            key={run.messages[0].id}
            run={run}
            own={run.messages[0].person.id === self}
            here={here.has(run.messages[0].person.id)}
            unsaved={unsaved}
          />
        ))}
      </div>
      {behind ? (
        <Button className={styles.toEnd} onClick={toEnd}>
          <ArrowDown size={14} aria-hidden />
          {t('toEnd')}
        </Button>
      ) : null}
    </div>
  );
});

interface RunProps {
  run: Run;
  own: boolean;
  here: boolean;
  unsaved: ReadonlySet<string>;
}

function RunOfMessages({ run, own, here, unsaved }: RunProps) {
  const t = useTranslations('chat');
  const [first] = run.messages;
  return (
    <>
      {run.startsDay ? <Day at={first.at} /> : null}
      {run.startsUnread ? (
        <p className={styles.unread} data-testid="chat-line">
          <span>{t('unreadLine')}</span>
        </p>
      ) : null}
      <div className={styles.run} data-testid="chat-run">
        <span className={styles.face} data-here={here ? '' : undefined} title={here ? t('isHere') : undefined}>
          <Avatar person={first.person} />
        </span>
        <div className={styles.said}>
          <p className={styles.who}>
            <bdi className={styles.name}>{own ? t('you', { name: first.person.name }) : first.person.name}</bdi>
            <Time at={first.at} />
          </p>
          {run.messages.map((message) => (
            <Words key={message.id} message={message} waits={unsaved.has(message.id)} />
          ))}
        </div>
      </div>
    </>
  );
}

function Words({ message, waits }: { message: ChatMessage; waits: boolean }) {
  const t = useTranslations('chat');
  return (
    <div className={styles.message} data-waits={waits ? '' : undefined} data-testid="chat-message">
      <p className={styles.words} dir="auto">
        {linkParts(message.text).map((part, at) =>
          part.href === undefined ? (
            part.text
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: a message never changes
            <a key={at} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
              {part.text}
            </a>
          ),
        )}
      </p>
      {waits ? (
        <span className={styles.waits} title={t('waits')}>
          <Clock size={12} aria-hidden />
          <span className="visually-hidden">{t('waits')}</span>
        </span>
      ) : null}
    </div>
  );
}

function Time({ at }: { at: number }) {
  const format = useFormatter();
  return (
    <time
      className={styles.time}
      dateTime={new Date(at).toISOString()}
      title={format.dateTime(at, { dateStyle: 'full', timeStyle: 'short' })}
    >
      {format.dateTime(at, { hour: 'numeric', minute: '2-digit' })}
    </time>
  );
}

function Day({ at }: { at: number }) {
  const t = useTranslations('chat');
  const format = useFormatter();
  const day = (time: number) => format.dateTime(time, { year: 'numeric', month: '2-digit', day: '2-digit' });
  const now = new Date();
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  const name = () => {
    if (day(at) === day(now.getTime())) return t('today');
    if (day(at) === day(yesterday.getTime())) return t('yesterday');
    const thisYear = new Date(at).getFullYear() === now.getFullYear();
    return format.dateTime(at, {
      weekday: 'short',
      day: 'numeric',
      month: 'long',
      ...(thisYear ? {} : { year: 'numeric' }),
    });
  };
  return (
    <p className={styles.day}>
      <span>{name()}</span>
    </p>
  );
}

/** `behind`: something came while one was reading further up. */
function useStayAtEnd(messages: readonly ChatMessage[], self: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  /** Distance from the end, to be kept when messages come in above. */
  const kept = useRef<number>(undefined);
  const [behind, setBehind] = useState(false);
  const newest = messages.at(-1);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const scrolled = () => {
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END;
      if (atEnd.current) setBehind(false);
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    // A keyboard that opens, a composer that grows: the end stays in sight.
    const sizes = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    sizes.observe(element);
    return () => {
      element.removeEventListener('scroll', scrolled);
      sizes.disconnect();
    };
  }, []);

  const own = newest !== undefined && newest.person.id === self;
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each new message, whoever wrote it
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (atEnd.current || own) element.scrollTop = element.scrollHeight;
    else setBehind(true);
  }, [newest?.id]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: for each change of the list
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || kept.current === undefined) return;
    element.scrollTop = element.scrollHeight - kept.current;
    kept.current = undefined;
  }, [messages.length]);

  return {
    scroller,
    behind,
    toEnd: () => scroller.current?.scrollTo({ top: scroller.current.scrollHeight }),
    keepPlace: () => {
      const element = scroller.current;
      if (element) kept.current = element.scrollHeight - element.scrollTop;
    },
  };
}
