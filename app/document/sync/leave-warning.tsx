'use client';

import { useEffect } from 'react';
import { type SharedDocument, useSyncValue } from '../../../lib/react/index.ts';

/** Lets the browser ask before a tab is closed whose edits are neither sent nor kept on this device. */
export function LeaveWarning({ provider }: { provider: SharedDocument }): null {
  const atRisk = useSyncValue(provider, (sync) => {
    const unsaved = sync.state === 'refused' || ('changes' in sync && sync.changes > 0);
    return unsaved && !provider.keepsUnsent;
  });
  useEffect(() => {
    if (!atRisk) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [atRisk]);
  return null;
}
