import { open } from 'node:fs/promises';

/** Puts on the disk which files `folder` has: after a rename, else a power cut may undo it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // Windows cannot sync a directory
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
