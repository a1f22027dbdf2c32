'use client';

import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import { PageTitle } from '../ui/page-title.tsx';
import { Bar } from '../ui/skeleton.tsx';
import styles from './document.module.css';
import header from './document-header.module.css';

/** The head of a document that is on its way, in the place of the real one, so that nothing jumps when that is there. */
export function WaitingHeader({ title }: { title: string | undefined }) {
  const t = useTranslations('document');
  return (
    <>
      <PageTitle title={title} />
      <header className={header.header}>
        <Link className={header.back} href="/" prefetch={false} aria-label={t('back')}>
          <ArrowLeft size={18} aria-hidden />
        </Link>
        <div className={header.name}>
          {title === undefined ? <Bar width={2} /> : <p className={header.waitingTitle}>{title || t('untitled')}</p>}
        </div>
      </header>
    </>
  );
}

export function WaitingToolbar() {
  return <div className={styles.emptyToolbar} />;
}

/** In the place of the text. */
export function TextSkeleton() {
  const t = useTranslations('document');
  return (
    <main className={styles.column}>
      <div className={styles.skeleton} data-testid="skeleton" role="status" aria-label={t('loading')}>
        <Bar width={2} tall />
        <Bar width={5} />
        <Bar width={4} />
        <Bar width={3} />
        <span className={styles.gap} />
        <Bar width={5} />
        <Bar width={5} />
        <Bar width={2} />
      </div>
    </main>
  );
}
