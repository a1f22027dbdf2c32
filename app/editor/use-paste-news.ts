'use client';

import { useEffect, useMemo, useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { PasteNews } from '../../lib/editor/paste/paste.ts';
import { useToast } from '../ui/toast.tsx';

/** Says in a notice what became of a paste. The same object for the life of the page: an editor is made with it. */
export function usePasteNews(): PasteNews {
  const t = useTranslations('paste');
  const toast = useToast();
  const words = useRef(t);
  useEffect(() => {
    words.current = t;
  }, [t]);
  return useMemo(
    () => ({
      onTooLong: () => toast(words.current('tooLong'), 'danger'),
      onMarkdown: (asText) =>
        toast(words.current('markdown'), 'plain', { label: words.current('asText'), run: asText }),
    }),
    [toast],
  );
}
