'use client';

import { InkroomProvider } from '../../lib/react/index.ts';
import { MissingDocument } from './missing-document.tsx';
import { OpenDocument } from './open-document.tsx';
import { useExistence } from './use-existence.ts';
import { WaitingDocument } from './waiting-document.tsx';

/** Where the sync server listens, on the page's own host. */
const SYNC_PATH = '/sync';

/** The page of one document. It is looked up before it is opened, so that a mistyped address opens nothing. */
export function DocumentPage({ name }: { name: string }) {
  const existence = useExistence(name);
  switch (existence.state) {
    case 'asking':
      return <WaitingDocument title={undefined} />;
    case 'missing':
      return <MissingDocument />;
    case 'there':
    case 'unknown':
      return (
        <InkroomProvider url={SYNC_PATH}>
          <OpenDocument
            key={name}
            name={name}
            title={existence.state === 'there' ? existence.title : undefined}
            certain={existence.state === 'there'}
          />
        </InkroomProvider>
      );
  }
}
