'use client';

import type { RefObject } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { SyncState } from '../../../lib/client/index.ts';
import { type SharedDocument, useSyncState } from '../../../lib/react/index.ts';
import { useRefusalText } from '../use-refusal-text.ts';
import { describeSync } from './describe-sync.ts';
import styles from './sync-details.module.css';
import { UnsentEdits } from './unsent-edits.tsx';

/** Since when things are as they are. Milliseconds since 1970. */
export interface SyncTimes {
  /** The present state was entered. */
  readonly since: number;
  /** An edit made here was last found on the server's disk; undefined when there was none yet. */
  readonly savedAt: number | undefined;
}

/** What the small label means, in whole sentences, and what waits. */
export function SyncDetails({
  provider,
  times,
}: {
  provider: SharedDocument;
  /** Kept up to date by who gives it. */
  times: RefObject<SyncTimes>;
}) {
  const sync = useSyncState(provider);
  const t = useTranslations('sync');
  const sentences = useSentences(sync, provider.keepsUnsent, times.current);
  return (
    <>
      {sync && <h2 className={styles.heading}>{describeSync(sync, provider.keepsUnsent, t).text}</h2>}
      {sentences.map((sentence) => (
        <p key={sentence} className={styles.text}>
          {sentence}
        </p>
      ))}
      <UnsentEdits provider={provider} />
    </>
  );
}

function useSentences(sync: SyncState | undefined, kept: boolean, { since, savedAt }: SyncTimes): string[] {
  const t = useTranslations('syncDetails');
  const refusal = useRefusalText();
  const format = useFormatter();
  const time = (at: number) => format.dateTime(at, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
  const last = savedAt === undefined ? [] : [t('lastSaved', { when: time(savedAt) })];
  switch (sync?.state) {
    case undefined:
    case 'connecting':
      return [t('connecting')];
    case 'syncing':
      return [t('syncing')];
    case 'saved':
      return [t('saved'), ...last];
    case 'saving':
      return [t('saving', { changes: sync.changes }), ...last];
    case 'offline': {
      const waiting = sync.changes === 0 ? t('nothingWaits') : t('waiting', { changes: sync.changes });
      return [
        t('offline', { when: time(since) }),
        waiting,
        ...(sync.changes === 0 ? [] : [kept ? t('kept') : t('notKept')]),
        ...last,
      ];
    }
    case 'refused':
      return [refusal(sync.code, sync.reason), kept ? t('refusedKept') : t('notKept'), ...last];
  }
}
