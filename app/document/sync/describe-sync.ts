import { Check, CloudAlert, CloudOff, CloudUpload, LoaderCircle, type LucideIcon } from 'lucide-react';
import type { useTranslations } from 'use-intl';
import type { SyncState } from '../../../lib/client/index.ts';

// The state of a document in a few words.

export interface Description {
  Icon: LucideIcon;
  text: string;
  /** Where there is little room, when that is something else. */
  short?: string;
  tone: 'quiet' | 'busy' | 'warning' | 'danger';
}

/** `kept`: unsent edits survive the closing of this tab. */
export function describeSync(
  sync: SyncState,
  kept: boolean,
  t: ReturnType<typeof useTranslations<'sync'>>,
): Description {
  switch (sync.state) {
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
      if (kept) {
        const [text, short] = [t('offlineKept', { changes }), t('offlineKeptShort', { changes })];
        return { Icon: CloudOff, text, short, tone: 'warning' };
      }
      const [text, short] = [t('offlineNotKept', { changes }), t('offlineNotKeptShort', { changes })];
      return { Icon: CloudAlert, text, short, tone: 'danger' };
    }
    case 'refused':
      return { Icon: CloudAlert, text: t('refused'), tone: 'danger' };
  }
}
