'use client';

import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { type SharedDocument, useSyncValue } from '../../../lib/react/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useRefusalText } from '../use-refusal-text.ts';
import styles from './sync-banner.module.css';
import { UnsentEdits } from './unsent-edits.tsx';

/** Says loudly what the small label cannot: that something written here will not be saved, and why. */
export function SyncBanner({ provider }: { provider: SharedDocument }) {
  const refused = useSyncValue(provider, (sync) => (sync.state === 'refused' ? sync : undefined));
  const t = useTranslations('sync');
  const details = useTranslations('syncDetails');
  const refusal = useRefusalText();
  const [shown, setShown] = useState(false);
  if (!refused) return null;
  return (
    <div className={styles.banner} role="alert">
      <TriangleAlert size={18} aria-hidden />
      <p className={styles.text}>{t('refusedBecause', { reason: refusal(refused.code, refused.reason) })}</p>
      {/* What waits is looked at first: only then is a reload a fair offer. */}
      {provider.unsent().length > 0 ? <Button onClick={() => setShown(true)}>{t('showUnsent')}</Button> : null}
      <Button onClick={() => location.reload()}>{t('reload')}</Button>
      <Dialog
        open={shown}
        onClose={() => setShown(false)}
        heading={t('refused')}
        text={provider.keepsUnsent ? details('refusedKept') : details('notKept')}
        wide
      >
        <UnsentEdits provider={provider} />
      </Dialog>
    </div>
  );
}
