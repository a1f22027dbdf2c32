'use client';

import { useRouter } from 'next/navigation';
import { useCallback } from 'react';
import { LOCALE_COOKIE, type Locale } from '../messages/locale.ts';

const YEAR_S = 365 * 24 * 60 * 60;

/** Keeps the choice in a cookie and renders the page anew in it; what is open on the page stays open. */
export function useSetLocale(): (locale: Locale) => void {
  const router = useRouter();
  return useCallback(
    (locale) => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Safari below 18.4 and on plain http
      document.cookie = `${LOCALE_COOKIE}=${locale}; path=/; max-age=${YEAR_S}; samesite=lax`;
      router.refresh();
    },
    [router],
  );
}
