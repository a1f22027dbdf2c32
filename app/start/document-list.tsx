'use client';

import { CloudOff, FilePlus, RotateCw } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { DocumentKind } from '../../lib/convert/kinds.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Bar } from '../ui/skeleton.tsx';
import styles from './document-list.module.css';
import { DocumentRow } from './document-row.tsx';
import { BlankPages } from './pictures.tsx';
import type { DocumentsState } from './use-documents.ts';

export interface DocumentListProps {
  state: DocumentsState;
  reload: () => void;
  showMore: () => void;
  create: (kind: DocumentKind) => void;
  creating: boolean;
}

export function DocumentList({ state, reload, showMore, create, creating }: DocumentListProps) {
  const t = useTranslations('start');

  switch (state.state) {
    case 'loading':
      return (
        <div className={styles.list} data-testid="skeleton" role="status" aria-label={t('loading')}>
          {([4, 2, 3, 2, 3] as const).map((width, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: five bars that never change places
            <div key={row} className={styles.placeholder}>
              <Bar width={width} />
            </div>
          ))}
        </div>
      );
    case 'failed':
      return (
        <div role="alert">
          <Notice
            level={2}
            heading={t('errorHeading')}
            text={t('errorText')}
            picture={<CloudOff size={40} strokeWidth={1.5} />}
          >
            <Button onClick={reload}>
              <RotateCw size={16} aria-hidden />
              {t('retry')}
            </Button>
          </Notice>
        </div>
      );
    case 'offline':
      return (
        <>
          <p className={styles.offline} role="status">
            <CloudOff size={16} aria-hidden />
            {t('offlineList')}
          </p>
          <ul className={styles.list} aria-label={t('list')}>
            {state.documents.map((info) => (
              <DocumentRow key={info.name} info={info} />
            ))}
          </ul>
        </>
      );
    case 'listed':
      if (state.documents.length === 0) {
        return (
          <Notice level={2} heading={t('emptyHeading')} text={t('emptyText')} picture={<BlankPages />}>
            <Button kind="primary" onClick={() => create('text')} disabled={creating}>
              <FilePlus size={16} aria-hidden />
              {t('emptyCreate')}
            </Button>
          </Notice>
        );
      }
      return (
        <>
          <ul className={styles.list} aria-label={t('list')}>
            {state.documents.map((info) => (
              <DocumentRow key={info.name} info={info} />
            ))}
          </ul>
          {state.more ? (
            <div className={styles.more}>
              <Button onClick={showMore}>{t('more')}</Button>
            </div>
          ) : null}
        </>
      );
  }
}
