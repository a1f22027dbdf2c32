'use client';

import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { CONTENT } from '../../lib/convert/new-document.ts';
import { type SharedDocument, useDocument, useHasContent, useRole, useSyncState } from '../../lib/react/index.ts';
import { CHAT_BUTTON } from '../chat/chat-button.tsx';
import { ChatPanel } from '../chat/chat-panel.tsx';
import { NameDialog } from '../person/name-dialog.tsx';
import { useSelf } from '../person/person-store.ts';
import { useToolbarShown } from '../settings/toolbar-choice.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { Announcer } from './announcer.tsx';
import styles from './document.module.css';
import { DocumentHeader } from './document-header.tsx';
import { focusText } from './focus-text.ts';
import { FollowingFrame } from './following.tsx';
import { LeaveWarning } from './leave-warning.tsx';
import { SyncBanner } from './sync-banner.tsx';
import { UnavailableDocument } from './unavailable-document.tsx';
import { useFollow } from './use-follow.ts';
import { useIdle } from './use-idle.ts';
import { useSharedTitle } from './use-shared-title.ts';
import { TextSkeleton, WaitingDocument } from './waiting-document.tsx';

// A document that was found, or that may be on this device.
// Invariant: an editor is shown only for content that has arrived. Before that there is a skeleton, or the reason why there is none.

const loadEditor = () => import('../editor/editor.tsx').then(({ Editor }) => Editor);

const Editor = dynamic(loadEditor, {
  ssr: false,
  loading: () => <EditorSkeleton />,
});

export interface OpenDocumentProps {
  name: string;
  /** As the server's list has it, until the document itself is there; undefined when the server did not say. */
  title: string | undefined;
  /** The server has said that the document exists. */
  certain: boolean;
}

export function OpenDocument({ name, title, certain }: OpenDocumentProps) {
  const provider = useDocument(name);
  const arrived = useHasContent(provider);
  const sync = useSyncState(provider);
  useEffect(() => {
    void loadEditor(); // its code comes while the document does
  }, []);
  // Without the server's word, an empty document is not a document: nothing has been kept of it here.
  const there = arrived && (certain || (provider?.doc.getXmlFragment(CONTENT).length ?? 0) > 0);

  if (provider && there) return <LiveDocument provider={provider} />;
  if (sync?.state === 'refused') return <UnavailableDocument refusal={sync} />;
  if (sync?.state === 'offline' && !certain) return <UnavailableDocument refusal={undefined} />;
  return <WaitingDocument title={title} />;
}

/** Does not follow the sync state, which changes with each keystroke: the small parts that show it do. */
function LiveDocument({ provider }: { provider: SharedDocument }) {
  const editable = useRole(provider) !== 'view';
  const self = useSelf();
  const toolbar = useToolbarShown();
  const [asking, setAsking] = useState(false);
  const chat = useChatPanel();
  const following = useFollow(provider);
  useIdle(provider);

  const person = self.state === 'named' ? self.person : undefined;
  useEffect(() => {
    if (person) provider.awareness.setLocalStateField('user', person);
  }, [provider, person]);

  return (
    <div className={styles.page} data-toolbar={toolbar ? undefined : 'hidden'}>
      <TabTitle provider={provider} />
      <DocumentHeader
        provider={provider}
        editable={editable}
        onRename={() => setAsking(true)}
        following={following}
        chatOpen={chat.open}
        onChat={chat.toggle}
      />
      <div className={styles.body} data-panel={chat.open ? '' : undefined}>
        <SyncBanner provider={provider} />
        <Editor provider={provider} editable={editable} />
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
    </div>
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

/** While the editor's own code is being loaded. */
function EditorSkeleton() {
  return (
    <>
      <div className={styles.emptyToolbar} />
      <main className={styles.column}>
        <TextSkeleton />
      </main>
    </>
  );
}
