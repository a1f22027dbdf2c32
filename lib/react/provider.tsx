'use client';

import { createContext, type ReactNode, useContext, useState } from 'react';
import { InkroomClient, type KeptDocument, openDeviceStore } from '../client/index.ts';
import { documentKind, documentTitle } from '../convert/new-document.ts';
import { OpenDocuments } from './open-documents.ts';

// The connection that the components below share.

const Context = createContext<OpenDocuments | undefined>(undefined);

export interface InkroomProviderProps {
  /** Address of the sync server, `wss://host/sync`; a path is taken as of the page's own host. Read once. */
  url: string;
  children?: ReactNode;
}

/** Connects when the first document below is used, and ends the connection when none is. */
export function InkroomProvider({ url, children }: InkroomProviderProps) {
  const [documents] = useState(
    () =>
      new OpenDocuments(() => new InkroomClient({ url: socketUrl(url), titleOf: documentTitle, kindOf: documentKind })),
  );
  return <Context value={documents}>{children}</Context>;
}

export function useOpenDocuments(): OpenDocuments {
  const documents = useContext(Context);
  if (!documents) throw new Error('No InkroomProvider above this component');
  return documents;
}

/** The documents that this device keeps of the server at `url`, last opened first. */
export async function keptDocuments(url: string): Promise<KeptDocument[]> {
  const device = openDeviceStore(socketUrl(url));
  const documents = await device.list();
  device.close();
  return documents;
}

/** Keeps no copy of a document on this device any more. */
export function forgetDocument(url: string, name: string): void {
  const device = openDeviceStore(socketUrl(url));
  device.remove(name);
  device.close();
}

function socketUrl(url: string): string {
  const address = new URL(url, location.href);
  if (address.protocol === 'http:') address.protocol = 'ws:';
  if (address.protocol === 'https:') address.protocol = 'wss:';
  return address.href;
}
