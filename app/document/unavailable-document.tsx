'use client';

import { RotateCw } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import { Button, buttonClass } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { ShutPage } from './pictures.tsx';
import { PlainPage } from './plain-page.tsx';
import { useRefusalText } from './use-refusal-text.ts';

export interface UnavailableDocumentProps {
  /** Why the server refused; undefined when it could not be asked. */
  refusal: { code: string; reason: string } | undefined;
}

/** In place of a document that there is, but that cannot be shown. Never a blank one. */
export function UnavailableDocument({ refusal }: UnavailableDocumentProps) {
  const t = useTranslations('document');
  const tell = useRefusalText();
  const heading = refusal ? t('refusedHeading') : t('unreachableHeading');
  return (
    <PlainPage title={heading}>
      <div role="alert">
        <Notice
          heading={heading}
          text={refusal ? tell(refusal.code, refusal.reason) : t('unreachableText')}
          picture={<ShutPage />}
        >
          <Button kind="primary" onClick={() => location.reload()}>
            <RotateCw size={16} aria-hidden />
            {t('retry')}
          </Button>
          <Link className={buttonClass('plain')} href="/">
            {t('back')}
          </Link>
        </Notice>
      </div>
    </PlainPage>
  );
}
