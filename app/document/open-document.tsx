'use client';

import dynamic from 'next/dynamic';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { CONTENT } from '../../lib/convert/new-document.ts';
import { type SharedDocument, useDocument, useHasContent, useRole, useSyncValue } from '../../lib/react/index.ts';
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
import type { Snapshot } from './snapshot.ts';
import { SnapshotText } from './snapshot-text.tsx';
import { SyncBanner } from './sync-banner.tsx';
import { takePlace } from './take-place.ts';
import { UnavailableDocument } from './unavailable-document.tsx';
import type { Existence } from './use-existence.ts';
import { useFollow } from './use-follow.ts';
import { useIdle } from './use-idle.ts';
import { useSharedTitle } from './use-shared-title.ts';
import { TextSkeleton, WaitingHeader, WaitingToolbar } from './waiting-document.tsx';

// A document that was found, or that may be on this device.
// Invariant: an editor is shown only for content that has arrived. Until it is on the page there is the text as it was stored last, or a
// skeleton, or the reason why there is neither; and between those and the editor there is never nothing.

const loadEditor = () => import('../editor/editor.tsx').then(({ Editor }) => Editor);
// Its code comes while the page is made ready, and the document does.
if (typeof window !== 'undefined') void loadEditor();

const Editor = dynamic(loadEditor, {
  ssr: false,
  loading: () => <WaitingToolbar />,
});

/** Pixels at the top of the window that header and toolbar cover. */
const COVERED = 96;

export interface OpenDocumentProps {
  name: string;
  existence: Existence;
  snapshot: Snapshot | undefined;
}

export function OpenDocument({ name, existence, snapshot }: OpenDocumentProps) {
  const provider = useDocument(name);
  const arrived = useHasContent(provider);
  const refusal = useSyncValue(provider, (sync) => (sync.state === 'refused' ? sync : undefined));
  const offline = useSyncValue(provider, ({ state }) => state === 'offline');
  const toolbar = useToolbarShown();
  const [shown, setShown] = useState(false);
  const standIn = useRef<HTMLElement>(null);
  const show = useCallback((text: HTMLElement) => {
    if (standIn.current) takePlace(standIn.current, text, COVERED);
    setShown(true);
  }, []);
  const certain = existence.state === 'there';
  // Without the server's word, an empty document is not a document: nothing has been kept of it here.
  const there = arrived && (certain || (provider?.doc.getXmlFragment(CONTENT).length ?? 0) > 0);

  if (!there && refusal) return <UnavailableDocument refusal={refusal} />;
  if (!there && offline && existence.state === 'unknown') {
    return <UnavailableDocument refusal={undefined} />;
  }
  // What stands in for the text keeps its place below whatever is above it: it is never made anew.
  return (
    <div className={styles.page} data-toolbar={toolbar ? undefined : 'hidden'}>
      {provider && there ? (
        <LiveDocument provider={provider} onShown={show} />
      ) : (
        <WaitingHeader title={certain ? existence.title : undefined} />
      )}
      {shown ? null : snapshot ? <SnapshotText text={snapshot.text} ref={standIn} /> : <TextSkeleton />}
    </div>
  );
}

/** Does not follow the sync state, which changes with each keystroke: the small parts that show it do. */
const LiveDocument = memo(function LiveDocument({
  provider,
  onShown,
}: {
  provider: SharedDocument;
  onShown: (text: HTMLElement) => void;
}) {
  const editable = useRole(provider) !== 'view';
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
      />
      <div className={styles.body} data-panel={chat.open ? '' : undefined}>
        <SyncBanner provider={provider} />
        <Editor provider={provider} editable={editable} onShown={onShown} />
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
});

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
