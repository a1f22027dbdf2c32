'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SyncState } from '../../../lib/client/index.ts';
import type { SharedDocument } from '../../../lib/react/index.ts';
import { Popover } from '../../ui/popover.tsx';
import { describeSync } from './describe-sync.ts';
import { SyncDetails, type SyncTimes } from './sync-details.tsx';
import styles from './sync-label.module.css';

// Whether what one sees is saved, in words.
// Invariant: good news may come late, bad news never does: "saved" is never shown of an edit that is not.

/** Milliseconds for which "saved" waits after "saving": else the words would flicker with every keystroke. */
const SETTLE_MS = 700;
/** The state before the first look. */
const FIRST: SyncState['state'] = 'connecting';

export function SyncLabel({ provider }: { provider: SharedDocument }) {
  const t = useTranslations('sync');
  const button = useRef<HTMLButtonElement>(null);
  const { shown, times } = useSettled(provider, button);
  const { Icon, text, short, tone } = describeSync(shown, provider.keepsUnsent, t);
  return (
    <Popover
      label={t('details')}
      trigger={
        <button
          ref={button}
          type="button"
          className={styles.label}
          data-testid="sync-state"
          data-state={FIRST}
          data-tone={tone}
          title={text}
        >
          <Icon className={styles.icon} size={15} aria-hidden />
          <span className={styles.text} data-room={short && 'much'}>
            {text}
          </span>
          {short && (
            <span className={styles.text} data-room="little">
              {short}
            </span>
          )}
        </button>
      }
    >
      <SyncDetails provider={provider} times={times} />
    </Popover>
  );
}

/**
 * What is said, which is not each state: every keystroke goes from "saving" to "saved". The state itself is told to the button's `data-state` as it
 * is, without a render.
 */
function useSettled(
  provider: SharedDocument,
  button: RefObject<HTMLButtonElement | null>,
): { shown: SyncState; times: RefObject<SyncTimes> } {
  const [shown, setShown] = useState(provider.state);
  const times = useRef<SyncTimes>({ since: Date.now(), savedAt: undefined });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let before: SyncState['state'] | undefined;
    const look = () => {
      const now = provider.state;
      if (before !== now.state) {
        const since = Date.now();
        const isSaved = before === 'saving' && now.state === 'saved';
        times.current = { since, savedAt: isSaved ? since : times.current.savedAt };
        before = now.state;
        button.current?.setAttribute('data-state', now.state);
      }
      clearTimeout(timer);
      if (now.state === 'saved') {
        timer = setTimeout(() => setShown(now), SETTLE_MS);
        setShown((said) => (said.state === 'saving' ? said : now));
      } else {
        setShown((said) => (said.state === 'saving' && now.state === 'saving' ? said : now));
      }
    };
    look();
    const stop = provider.subscribe(look);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [provider, button]);
  return { shown, times };
}
