'use client';

import { useEffect, useState } from 'react';
import type { DocumentKind } from '../../lib/convert/kinds.ts';
import { ApiError, findDocument } from '../api.ts';
import type { Snapshot } from './snapshot.ts';

// Whether the document of an address exists.
// Invariant: only the server's own "no" makes a document missing. Silence does not: there may be a copy on this device.

/** Milliseconds between two questions while the server is silent. */
const ASK_AGAIN_MS = 5_000;

export type Existence =
  | { state: 'asking' }
  | { state: 'there'; title: string; kind: DocumentKind | undefined }
  | { state: 'missing' }
  | { state: 'unknown' };

/** `snapshot`: of a document that is known to exist. */
export function useExistence(name: string, snapshot: Snapshot | undefined): Existence {
  const known = snapshot !== undefined;
  const [existence, setExistence] = useState<Existence>(
    known ? { state: 'there', title: snapshot.title, kind: snapshot.kind } : { state: 'asking' },
  );
  useEffect(() => {
    if (known) return;
    const controller = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    const ask = () =>
      findDocument(name, controller.signal).then(
        ({ title, kind }) => setExistence({ state: 'there', title, kind }),
        (error: unknown) => {
          if (controller.signal.aborted) return;
          if (error instanceof ApiError && error.status === 404) {
            setExistence({ state: 'missing' });
            return;
          }
          setExistence({ state: 'unknown' });
          again = setTimeout(ask, ASK_AGAIN_MS);
        },
      );
    void ask();
    return () => {
      controller.abort();
      clearTimeout(again);
    };
  }, [name, known]);
  return existence;
}
