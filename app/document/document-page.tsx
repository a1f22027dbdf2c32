'use client';

import { useEffect } from 'react';
import { forgetDocument, InkroomProvider } from '../../lib/react/index.ts';
import { SYNC_PATH } from '../api.ts';
import { MissingDocument } from './missing-document.tsx';
import { OpenDocument } from './open-document.tsx';
import type { Snapshot } from './snapshot.ts';
import { useExistence } from './use-existence.ts';

export interface DocumentPageProps {
  name: string;
  /** The document as it was stored last; undefined when it was not to be had. */
  snapshot: Snapshot | undefined;
}

/** The page of one document. It is looked up before it is opened, so that a mistyped address opens nothing. */
export function DocumentPage({ name, snapshot }: DocumentPageProps) {
  const existence = useExistence(name, snapshot);
  const missing = existence.state === 'missing';
  useEffect(() => {
    if (missing) forgetDocument(SYNC_PATH, name);
  }, [missing, name]);
  if (missing) return <MissingDocument />;
  return (
    <InkroomProvider url={SYNC_PATH}>
      <OpenDocument key={name} name={name} existence={existence} snapshot={snapshot} />
    </InkroomProvider>
  );
}
