'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { LanguageMenu, ThemeMenu } from '../settings/menus.tsx';
import { Wordmark } from '../ui/logo.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import styles from './plain-page.module.css';

/** A document page without a document: the way home, and a message. */
export function PlainPage({ title, children }: { title: string; children: ReactNode }) {
  const t = useTranslations('app');
  return (
    <div className={styles.page}>
      <PageTitle title={title} />
      <header className={styles.header}>
        <Link className={styles.home} href="/" aria-label={`${t('name')}: ${t('home')}`}>
          <Wordmark />
        </Link>
        <div className={styles.settings}>
          <LanguageMenu />
          <ThemeMenu />
        </div>
      </header>
      <main>{children}</main>
    </div>
  );
}
