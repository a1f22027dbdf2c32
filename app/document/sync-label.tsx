'use client';

import { Check, CloudAlert, CloudOff, CloudUpload, LoaderCircle, type LucideIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SyncState } from '../../lib/client/index.ts';
import { type SharedDocument, useSyncState } from '../../lib/react/index.ts';
import { Popover } from '../ui/popover.tsx';
import { SyncDetails, type SyncTimes } from './sync-details.tsx';
import styles from './sync-label.module.css';

// Whether what one sees is saved, in words.
// Invariant: good news may come late, bad news never does: "saved" is never shown of an edit that is not.

/** Milliseconds for which "saved" waits after "saving": else the words would flicker with every keystroke. */
const SETTLE_MS = 700;

export function SyncLabel({ provider }: { provider: SharedDocument }) {
  const sync = useSyncState(provider);
  const t = useTranslations('sync');
  const shown = useSettled(sync);
  const { Icon, text, tone } = describe(shown, provider.keepsUnsent, t);
  const times = useTimes(sync);
  return (
    <Popover
      label={t('details')}
      trigger={
        <button
          type="button"
          className={styles.label}
          data-testid="sync-state"
          data-state={sync?.state ?? 'connecting'}
          data-tone={tone}
          title={text}
        >
          <Icon className={styles.icon} size={15} aria-hidden />
          <span className={styles.text}>{text}</span>
        </button>
      }
    >
      <SyncDetails provider={provider} heading={text} times={times} />
    </Popover>
  );
}

interface Description {
  Icon: LucideIcon;
  text: string;
  tone: 'quiet' | 'busy' | 'warning' | 'danger';
}

/** `kept`: unsent edits survive the closing of this tab. */
function describe(
  sync: SyncState | undefined,
  kept: boolean,
  t: ReturnType<typeof useTranslations<'sync'>>,
): Description {
  switch (sync?.state) {
    case undefined:
    case 'connecting':
      return { Icon: LoaderCircle, text: t('connecting'), tone: 'busy' };
    case 'syncing':
      return { Icon: LoaderCircle, text: t('syncing'), tone: 'busy' };
    case 'saved':
      return { Icon: Check, text: t('saved'), tone: 'quiet' };
    case 'saving':
      return { Icon: CloudUpload, text: t('saving'), tone: 'quiet' };
    case 'offline': {
      const { changes } = sync;
      if (changes === 0) return { Icon: LoaderCircle, text: t('reconnecting'), tone: 'busy' };
      if (kept) return { Icon: CloudOff, text: t('offlineKept', { changes }), tone: 'warning' };
      return { Icon: CloudAlert, text: t('offlineNotKept', { changes }), tone: 'danger' };
    }
    case 'refused':
      return { Icon: CloudAlert, text: t('refused'), tone: 'danger' };
  }
}

function useSettled(sync: SyncState | undefined): SyncState | undefined {
  const [shown, setShown] = useState(sync);
  // Anything but "saved" is told at once.
  if (sync?.state !== 'saved' && shown !== sync) setShown(sync);
  useEffect(() => {
    if (sync?.state !== 'saved') return;
    const timer = setTimeout(() => setShown(sync), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [sync]);
  return sync?.state === 'saved' && shown?.state === 'saving' ? shown : sync;
}

function useTimes(sync: SyncState | undefined): SyncTimes {
  const state = sync?.state;
  const [times, setTimes] = useState<SyncTimes & { state: typeof state }>(() => ({
    state,
    since: Date.now(),
    savedAt: undefined,
  }));
  if (times.state !== state) {
    const since = Date.now();
    const saved = state === 'saved' && times.state === 'saving';
    setTimes({ state, since, savedAt: saved ? since : times.savedAt });
  }
  return times;
}
