import type { StoredUpload } from '../log/upload-index.ts';

/** The documents that use any of `uploads`, by name. */
export function usersOf(uploads: readonly StoredUpload[]): string {
  const names = new Set(uploads.flatMap(({ uses }) => uses.map(({ document }) => JSON.stringify(document))));
  return [...names].join(', ');
}
