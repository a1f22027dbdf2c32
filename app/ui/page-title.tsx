'use client';

import { useTranslations } from 'use-intl';

/** Names the browser's tab; React moves it into the head. One per page at a time. */
export function PageTitle({ title }: { title?: string | undefined }) {
  const name = useTranslations('app')('name');
  return <title>{title === undefined || title.trim() === '' ? name : `${title.trim()} · ${name}`}</title>;
}
