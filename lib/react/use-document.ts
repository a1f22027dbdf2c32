'use client';

import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { DocumentProvider, SyncState } from '../client/index.ts';
import type { Role } from '../protocol/messages.ts';
import type { SharedDocument } from './open-documents.ts';
import { useOpenDocuments } from './provider.tsx';

/** The provider of the document `name`, open for as long as the component is there; undefined on the server and for one render. */
export function useDocument(name: string): SharedDocument | undefined {
  const documents = useOpenDocuments();
  const [provider, setProvider] = useState<SharedDocument>();
  useEffect(() => {
    const lease = documents.acquire(name);
    setProvider(lease.provider);
    return () => {
      setProvider(undefined);
      lease.release();
    };
  }, [documents, name]);
  return provider?.name === name ? provider : undefined;
}

/** Whether what the provider's document shows is saved; undefined without a provider. */
export function useSyncState(provider: DocumentProvider | undefined): SyncState | undefined {
  return useProviderValue(provider, () => provider?.state);
}

/**
 * What `select` says of it. Renders again only when that is something else: each keystroke changes the state, twice. `select` gives a plain value, or
 * the state itself.
 */
export function useSyncValue<Value>(
  provider: DocumentProvider | undefined,
  select: (state: SyncState) => Value,
): Value | undefined {
  return useProviderValue(provider, () => provider && select(provider.state));
}

/** False until the document's content is there: an editor shown before would look like lost work. */
export function useHasContent(provider: DocumentProvider | undefined): boolean {
  return useProviderValue(provider, () => provider?.hasContent) ?? false;
}

/** What one may do; undefined until the server has said so. */
export function useRole(provider: DocumentProvider | undefined): Role | undefined {
  return useProviderValue(provider, () => provider?.role);
}

/** False once the server has said that it takes no edits: who may comment does so beside the document, not in it. */
export function useMayEdit(provider: DocumentProvider | undefined): boolean {
  const role = useRole(provider);
  return role !== 'view' && role !== 'comment';
}

function useProviderValue<Value>(
  provider: DocumentProvider | undefined,
  read: () => Value | undefined,
): Value | undefined {
  const subscribe = useCallback((changed: () => void) => provider?.subscribe(changed) ?? nothing, [provider]);
  return useSyncExternalStore(subscribe, read, () => undefined);
}

/** Ends a subscription to no provider. */
const nothing = () => undefined;
