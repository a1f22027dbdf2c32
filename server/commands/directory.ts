import { accessSync, constants, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FILE_NAME } from '../log/schema.ts';

// A data directory as a command finds it, before what is in it is opened: opening makes a database where there is none.

/** Why no documents can be read from the data directory, as one sentence that says what to do; undefined when they can. */
export function withoutDocuments(data: string): string | undefined {
  const directory = resolve(data);
  if (!existsSync(directory)) return `There is no directory ${directory}. Say where the documents are: --data DIR.`;
  const closed = notOurs(directory);
  if (closed !== undefined) return closed;
  if (existsSync(join(directory, FILE_NAME))) return undefined;
  return `There are no documents in ${directory}: it has no ${FILE_NAME}. Say where they are: --data DIR.`;
}

/** What SQLite would call an error of the disk: files of somebody else. Undefined when this user may use them, or there are none yet. */
export function notOurs(directory: string): string | undefined {
  for (const name of ['.', FILE_NAME, `${FILE_NAME}-wal`]) {
    const path = join(directory, name);
    const needed = constants.R_OK | constants.W_OK | (name === '.' ? constants.X_OK : 0);
    try {
      accessSync(path, needed);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EACCES' || code === 'EPERM')
        return `This user may not write to ${path}. Be the user that the server runs as, or give it to that one: chown -R inkroom ${directory}.`;
    }
  }
  return undefined;
}
