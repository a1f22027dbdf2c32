'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { DocumentKind } from '../../lib/convert/kinds.ts';
import { createDocument, documentPath } from '../api.ts';
import { markFresh } from '../document/fresh.ts';
import { useToast } from '../ui/toast.tsx';

/** Creates a document of a kind and goes there. One at a time, however often the button is pressed. */
export function useCreateDocument(): { create: (kind: DocumentKind) => void; creating: boolean } {
  const t = useTranslations('start');
  const router = useRouter();
  const toast = useToast();
  const [creating, setCreating] = useState(false);

  const create = useCallback(
    (kind: DocumentKind) => {
      setCreating(true);
      createDocument(kind).then(
        (name) => {
          markFresh(name);
          router.push(documentPath(name)); // `creating` stays: this page is being left
        },
        () => {
          setCreating(false);
          toast(t('createFailed'), 'danger');
        },
      );
    },
    [router, t, toast],
  );

  return { create, creating };
}
