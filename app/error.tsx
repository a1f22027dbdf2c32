'use client';

import { RotateCw } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from './ui/button.tsx';
import { Notice } from './ui/notice.tsx';

/** A component threw. Edits are not lost by it: they are sent and kept outside of what was rendered. */
export default function PageFailure() {
  const t = useTranslations('failure');
  return (
    <main role="alert">
      <Notice heading={t('heading')} text={t('text')}>
        <Button kind="primary" onClick={() => location.reload()}>
          <RotateCw size={16} aria-hidden />
          {t('reload')}
        </Button>
      </Notice>
    </main>
  );
}
