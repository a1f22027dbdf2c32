'use client';

import { useEffect, useState } from 'react';
import { DocumentPage } from '../document/document-page.tsx';
import { TextSkeleton, WaitingHeader, WaitingToolbar } from '../document/waiting-document.tsx';
import { StartPage } from '../start/start-page.tsx';

// Any page of the product, made by the script alone: the address says which.
// Invariant: the first render is the same at every address, as the HTML was made for none.

export function Shell() {
  const [path, setPath] = useState<string>();
  useEffect(() => setPath(location.pathname), []);
  if (path === undefined) {
    return (
      <>
        <WaitingHeader title={undefined} />
        <WaitingToolbar />
        <TextSkeleton />
      </>
    );
  }
  const name = nameIn(path);
  return name === undefined ? <StartPage /> : <DocumentPage name={name} snapshot={undefined} />;
}

function nameIn(path: string): string | undefined {
  if (!path.startsWith('/d/')) return undefined;
  try {
    return decodeURIComponent(path.slice('/d/'.length));
  } catch {
    return undefined; // not an address that this page has ever made
  }
}
