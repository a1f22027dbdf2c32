'use client';

import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { type SharedDocument, useSyncState } from '../../lib/react/index.ts';
import { Button } from '../ui/button.tsx';
import styles from './sync-banner.module.css';
import { useRefusalText } from './use-refusal-text.ts';

/** Says loudly what the small label cannot: that something written here will not be saved, and why. */
export function SyncBanner({ provider }: { provider: SharedDocument }) {
  const sync = useSyncState(provider);
  const t = useTranslations('sync');
  const refusal = useRefusalText();
  if (sync?.state !== 'refused') return null;
  return (
    <div className={styles.banner} role="alert">
      <TriangleAlert size={18} aria-hidden />
      <p className={styles.text}>{t('refusedBecause', { reason: refusal(sync.code, sync.reason) })}</p>
      <Button onClick={() => location.reload()}>{t('reload')}</Button>
    </div>
  );
}
