'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SharedDocument } from '../../lib/react/index.ts';
import { CHAT_BUTTON } from '../chat/chat-button.tsx';
import { ChatPanel } from '../chat/chat-panel.tsx';
import { NameDialog } from '../person/name-dialog.tsx';
import { useSelf } from '../person/person-store.ts';
import { PageTitle } from '../ui/page-title.tsx';
import styles from './document.module.css';
import { DocumentHeader } from './document-header.tsx';
import { focusText } from './focus-text.ts';
import { Announcer } from './people/announcer.tsx';
import { FollowingFrame } from './people/following.tsx';
import { useFollow } from './people/use-follow.ts';
import { LeaveWarning } from './sync/leave-warning.tsx';
import { SyncBanner } from './sync/sync-banner.tsx';
import { useIdle } from './use-idle.ts';
import { useSharedTitle } from './use-shared-title.ts';

export interface LiveDocumentProps {
  provider: SharedDocument;
  editable: boolean;
  /** What can be done with a document of this kind. */
  menu: ReactNode;
  /** The text, or the board. */
  children: ReactNode;
}

/**
 * What is around the content of a document that is open, of whatever kind. Does not follow the sync state, which changes with each keystroke: the
 * small parts that show it do.
 */
export function LiveDocument({ provider, editable, menu, children }: LiveDocumentProps) {
  const self = useSelf();
  const [asking, setAsking] = useState(false);
  const chat = useChatPanel();
  const following = useFollow(provider);
  useIdle(provider);

  const person = self.state === 'named' ? self.person : undefined;
  useEffect(() => {
    if (person) provider.awareness.setLocalStateField('user', person);
  }, [provider, person]);

  return (
    <>
      <TabTitle provider={provider} />
      <DocumentHeader
        provider={provider}
        editable={editable}
        onRename={() => setAsking(true)}
        following={following}
        chatOpen={chat.open}
        onChat={chat.toggle}
        menu={menu}
      />
      <div className={styles.body} data-panel={chat.open ? '' : undefined}>
        <SyncBanner provider={provider} />
        {children}
      </div>
      {chat.open ? (
        <ChatPanel provider={provider} draft={chat.draft} onDraft={chat.setDraft} onClose={chat.close} />
      ) : null}
      {self.state === 'unnamed' || asking ? (
        <NameDialog name={person?.name} onClose={() => setAsking(false)} onClosed={focusText} />
      ) : null}
      <FollowingFrame person={following.person} onStop={following.stop} />
      <Announcer provider={provider} />
      <LeaveWarning provider={provider} />
    </>
  );
}

/** Whether the chat is open, and what is being written in it, which closing does not lose. */
function useChatPanel() {
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState('');
  const close = () => {
    setOpen(false);
    document.getElementById(CHAT_BUTTON)?.focus();
  };
  return { open, draft, setDraft, close, toggle: () => setOpen((before) => !before) };
}

function TabTitle({ provider }: { provider: SharedDocument }) {
  const t = useTranslations('document');
  const title = useSharedTitle(provider.doc);
  const shown = title.trim() === '' ? t('untitled') : title;
  return (
    <>
      <PageTitle title={shown} />
      {/* For paper: on the screen the title is a field. */}
      <p className="print-title" aria-hidden="true">
        {shown}
      </p>
    </>
  );
}
