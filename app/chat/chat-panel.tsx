'use client';

import { useEffect, useMemo, useRef, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { sendMessage } from '../../lib/chat/messages.ts';
import { SEEN, seenNow } from '../../lib/chat/unread.ts';
import { type SharedDocument, useMayEdit, usePresence } from '../../lib/react/index.ts';
import { useSelf } from '../person/person-store.ts';
import { SidePanel } from '../ui/side-panel.tsx';
import { CHAT_PANEL } from './chat-button.tsx';
import { ChatComposer } from './chat-composer.tsx';
import { ChatLog } from './chat-log.tsx';
import styles from './chat-panel.module.css';
import { saveSeen } from './seen-store.ts';
import { useChat, usePageVisible, useTyping, useUnread, useWaiting } from './use-chat.ts';

/** Messages that "show earlier" adds. */
const MORE = 200;
/** Names in the line that says who types. */
const NAMES = 2;

export interface ChatPanelProps {
  provider: SharedDocument;
  /** What is being written: outlives the panel. */
  draft: string;
  onDraft: (text: string) => void;
  onClose: () => void;
}

/** The chat beside the text. What it shows counts as read while somebody may be looking at it. */
export function ChatPanel({ provider, draft, onDraft, onClose }: ChatPanelProps) {
  const t = useTranslations('chat');
  const self = useSelf();
  const person = self.state === 'named' ? self.person : undefined;
  const mayWrite = useMayEdit(provider);
  const [limit, setLimit] = useState(SEEN);
  const chat = useChat(provider.doc, limit);
  const waiting = useWaiting(provider);
  const here = usePresence(provider);
  const online = useMemo(() => here.map((participant) => participant.person.id).join(' '), [here]);
  const { line, forgetLine } = useReading(provider, person?.id);

  const send = (text: string): boolean => {
    if (!person || !sendMessage(provider.doc, { person, text, at: Date.now() })) return false;
    forgetLine();
    return true;
  };
  const others = here.filter((participant) => !participant.self).length;

  return (
    <SidePanel
      id={CHAT_PANEL}
      heading={t('heading')}
      text={others === 0 ? t('alone') : t('here', { count: others })}
      onClose={onClose}
    >
      <ChatLog
        chat={chat}
        self={person?.id}
        online={online}
        waiting={waiting}
        firstUnread={line}
        onEarlier={() => setLimit((before) => before + MORE)}
      />
      <TypingLine provider={provider} />
      {mayWrite ? (
        <ChatComposer awareness={provider.awareness} draft={draft} onDraft={onDraft} onSend={send} />
      ) : (
        <p className={styles.readOnly}>{t('readOnly')}</p>
      )}
    </SidePanel>
  );
}

/** Marks as read what is shown, and remembers above which message the line stands. */
function useReading(provider: SharedDocument, self: string | undefined) {
  const { messages } = useChat(provider.doc, SEEN);
  const unread = useUnread(provider, self === undefined ? undefined : { id: self, name: '', color: '#000000' });
  const visible = usePageVisible();
  const [line, setLine] = useState<string>();
  /** Whether somebody has looked since the panel was opened, or the page came back: what comes then is no news. */
  const looking = useRef(false);
  useEffect(() => {
    if (!visible) {
      looking.current = false;
      return;
    }
    if (!looking.current) setLine(unread[0]?.id);
    looking.current = true;
    saveSeen(provider.name, seenNow(messages));
  }, [provider, visible, messages, unread]);
  return { line, forgetLine: () => setLine(undefined) };
}

function TypingLine({ provider }: { provider: SharedDocument }) {
  const t = useTranslations('chat');
  const format = useFormatter();
  const people = useTyping(provider);
  const name = format.list(people.map((person) => person.name));
  const says = () => {
    if (people.length > NAMES) return t('manyTyping');
    return people.length > 1 ? t('twoTyping', { name }) : t('typing', { name });
  };
  return (
    <p className={styles.typing} data-testid="chat-typing">
      {people.length === 0 ? '' : says()}
    </p>
  );
}
