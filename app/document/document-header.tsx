'use client';

import { ArrowLeft, Eye } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { type SharedDocument, useRole } from '../../lib/react/index.ts';
import { ChatButton } from '../chat/chat-button.tsx';
import { Hint } from '../ui/icon-button.tsx';
import styles from './document-header.module.css';
import { focusText } from './focus-text.ts';
import { Presence } from './people/presence.tsx';
import type { Following } from './people/use-follow.ts';
import { SyncLabel } from './sync/sync-label.tsx';
import { TitleField } from './title-field.tsx';

export interface DocumentHeaderProps {
  provider: SharedDocument;
  editable: boolean;
  /** The person wants another name. */
  onRename: () => void;
  following: Following;
  chatOpen: boolean;
  onChat: () => void;
  /** What can be done with a document of this kind. */
  menu: ReactNode;
}

export function DocumentHeader({
  provider,
  editable,
  onRename,
  following,
  chatOpen,
  onChat,
  menu,
}: DocumentHeaderProps) {
  const t = useTranslations('document');
  const app = useTranslations('app');
  return (
    <header className={styles.header}>
      <button type="button" className={styles.skip} onClick={focusText}>
        {app('skip')}
      </button>
      <Hint label={t('back')}>
        <Link className={styles.back} href="/" aria-label={t('back')}>
          <ArrowLeft size={18} aria-hidden />
        </Link>
      </Hint>
      <div className={styles.name}>
        <TitleField doc={provider.doc} name={provider.name} editable={editable} />
        {editable ? <SyncLabel provider={provider} /> : <ReadOnlyLabel provider={provider} />}
      </div>
      <Presence provider={provider} onRename={onRename} following={following} />
      <ChatButton provider={provider} open={chatOpen} onToggle={onChat} />
      {menu}
    </header>
  );
}

/** Why one cannot write here. */
function ReadOnlyLabel({ provider }: { provider: SharedDocument }) {
  const t = useTranslations('document');
  const comments = useRole(provider) === 'comment';
  return (
    <span
      className={styles.viewOnly}
      data-testid="read-only"
      title={t(comments ? 'commentOnlyReason' : 'viewOnlyReason')}
    >
      <Eye size={14} aria-hidden />
      {t(comments ? 'commentOnly' : 'viewOnly')}
    </span>
  );
}
