'use client';

// The React side of Inkroom: what an application imports.

export type { SharedDocument } from './open-documents.ts';
export { forgetDocument, InkroomProvider, type InkroomProviderProps, keptDocuments } from './provider.tsx';
export { useDocument, useHasContent, useMayEdit, useRole, useSyncState, useSyncValue } from './use-document.ts';
export { type Participant, usePresence } from './use-presence.ts';
