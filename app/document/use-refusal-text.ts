'use client';

import { useTranslations } from 'use-intl';
import type { en } from '../messages/en.ts';

type KnownCode = keyof typeof en.refusal;

/** Says a refusal in the reader's language; a code that this page does not know is told as the server put it. */
export function useRefusalText(): (code: string, reason: string) => string {
  const t = useTranslations('refusal');
  return (code, reason) => (t.has(code as KnownCode) ? t(code as KnownCode) : reason);
}
