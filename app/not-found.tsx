import Link from 'next/link';
import { createTranslator } from 'use-intl/core';
import { CATALOGUES } from './messages/catalogues.ts';
import { readLocale } from './messages/server-locale.ts';
import { buttonClass } from './ui/button.tsx';
import { Notice } from './ui/notice.tsx';
import { PageTitle } from './ui/page-title.tsx';

export default async function NotFound() {
  const locale = await readLocale();
  const t = createTranslator({ locale, messages: CATALOGUES[locale] });
  return (
    <main>
      <PageTitle title={t('notFound.heading')} />
      <Notice heading={t('notFound.heading')} text={t('notFound.text')}>
        <Link className={buttonClass('primary')} href="/">
          {t('app.home')}
        </Link>
      </Notice>
    </main>
  );
}
