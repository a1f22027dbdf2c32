'use client';

import { FilePlus, Shapes } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { LanguageMenu, ThemeMenu } from '../settings/menus.tsx';
import { pageIsShown } from '../settled.ts';
import { Button } from '../ui/button.tsx';
import { Wordmark } from '../ui/logo.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { DocumentList } from './document-list.tsx';
import styles from './start-page.module.css';
import { useCreateDocument } from './use-create-document.ts';
import { useDocuments } from './use-documents.ts';

/** The first page: what documents there are, and a new one. */
export function StartPage() {
  const t = useTranslations('start');
  const { create, creating } = useCreateDocument();
  const { state, reload, showMore } = useDocuments();
  // An empty list has a button of its own, which is then the one that calls.
  const empty = state.state === 'listed' && state.documents.length === 0;
  const shown = state.state !== 'loading';
  useEffect(() => {
    if (shown) pageIsShown();
  }, [shown]);
  return (
    <div className={styles.page}>
      <PageTitle />
      <header className={styles.header}>
        <Wordmark />
        <div className={styles.settings}>
          <LanguageMenu />
          <ThemeMenu />
        </div>
      </header>
      <main className={styles.main}>
        <div className={styles.top}>
          <h1 className={styles.heading}>{t('heading')}</h1>
          <div className={styles.create}>
            <Button kind="plain" onClick={() => create('board')} disabled={creating}>
              <Shapes size={16} aria-hidden />
              {t('createBoard')}
            </Button>
            <Button kind={empty ? 'plain' : 'primary'} onClick={() => create('text')} disabled={creating}>
              <FilePlus size={16} aria-hidden />
              {creating ? t('creating') : t('create')}
            </Button>
          </div>
        </div>
        <DocumentList state={state} reload={reload} showMore={showMore} create={create} creating={creating} />
      </main>
    </div>
  );
}
