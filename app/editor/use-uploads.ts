'use client';

import { useEffect, useMemo, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { UploadError, type UploadOptions, upload } from '../../lib/client/index.ts';
import type { UploadSurroundings } from '../../lib/editor/uploads.ts';
import { UPLOAD_TYPES } from '../../lib/protocol/upload.ts';
import { useToast } from '../ui/toast.tsx';

/** Sends pictures for a document, and says when one cannot be sent. The same object for the life of the page: an editor is made with it. */
export function useUploads(document: string): UploadSurroundings {
  const t = useTranslations('upload');
  const toast = useToast();
  const words = useRef(t);
  useEffect(() => {
    words.current = t;
  }, [t]);
  return useMemo(
    () => ({
      send: (file, options) => sendPicture(document, file, options),
      failed(file, error, retry) {
        const { code, retry: mayRetry } = error instanceof UploadError ? error : new UploadError('failed');
        if (code === 'aborted') return undefined;
        const why = words.current(code, { name: file.name });
        toast(why, 'danger', mayRetry ? { label: words.current('retry'), run: retry } : undefined);
        return mayRetry ? why : undefined;
      },
      words: () => ({
        uploading: (name) => words.current('uploading', { name }),
        cancel: words.current('cancel'),
        retry: words.current('retry'),
        remove: words.current('remove'),
      }),
    }),
    [document, toast],
  );
}

/** What the browser knows to be no picture is not sent first. Rejects with UploadError. */
async function sendPicture(document: string, file: File, options: UploadOptions): Promise<{ address: string }> {
  if (file.type !== '' && !UPLOAD_TYPES.some((type) => type === file.type)) throw new UploadError('not-an-image');
  return upload(document, file, options);
}
