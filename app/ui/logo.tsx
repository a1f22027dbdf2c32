'use client';

import { useTranslations } from 'use-intl';
import styles from './logo.module.css';

// A drop of ink in a room; the line of light in the drop is a caret.

export function LogoMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect className={styles.room} width="32" height="32" rx="8" />
      <path className={styles.ink} d="M16 5.2c3.9 4.6 7.6 8.7 7.6 13a7.6 7.6 0 0 1-15.2 0c0-4.3 3.7-8.4 7.6-13Z" />
      <rect className={styles.caret} x="15" y="13.4" width="2" height="9.4" rx="1" />
    </svg>
  );
}

export function Wordmark() {
  const t = useTranslations('app');
  return (
    <span className={styles.wordmark}>
      <LogoMark />
      <span translate="no">{t('name')}</span>
    </span>
  );
}
