'use client';

import { FilePlus } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import { useCreateDocument } from '../start/use-create-document.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { LostPage } from './pictures.tsx';
import { PlainPage } from './plain-page.tsx';

export function MissingDocument() {
  const t = useTranslations('document');
  const { create, creating } = useCreateDocument();
  return (
    <PlainPage title={t('missingHeading')}>
      <Notice heading={t('missingHeading')} text={t('missingText')} picture={<LostPage />}>
        <Button kind="primary" onClick={() => create('text')} disabled={creating}>
          <FilePlus size={16} aria-hidden />
          {t('missingCreate')}
        </Button>
        <Link className={buttonClass('plain')} href="/">
          {t('back')}
        </Link>
      </Notice>
    </PlainPage>
  );
}
