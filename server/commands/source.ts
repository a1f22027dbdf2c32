import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { OPTIONS } from '../config.ts';
import { LogError } from '../log/log.ts';
import { OfflineLog } from '../log/offline.ts';
import { ConfigError, url } from '../options.ts';

// Where a command gets documents from: a data directory, or the server that has it open.
// Invariant: a directory that a server has open is never read past it.

export const SOURCE = {
  data: OPTIONS.data,
  url: {
    env: 'INKROOM_URL',
    kind: url('http://', 'https://'),
    initial: 'http://127.0.0.1:3000',
    text: 'Where the server is, if one is running. It needs the admin key.',
  },
  adminKey: OPTIONS.adminKey,
} as const;

/** Undefined when a server has the directory open. Throws ConfigError when there is none, LogError when it cannot be opened. */
export function openUnlessServed(data: string): OfflineLog | undefined {
  if (!existsSync(resolve(data))) throw new ConfigError(`There is no directory ${resolve(data)}.`);
  try {
    return new OfflineLog({ directory: resolve(data) });
  } catch (error) {
    if (error instanceof LogError && (error.cause as { code?: unknown } | undefined)?.code === 'SQLITE_BUSY')
      return undefined;
    throw error;
  }
}

/** What a running server answers below /api/admin. Throws ConfigError without a key, Error when it refuses. */
export async function askServer(
  { url: server, adminKey }: { url: string; adminKey: string | undefined },
  path: string,
): Promise<AsyncIterable<Uint8Array>> {
  if (adminKey === undefined) {
    throw new ConfigError(
      'A server is running on this data. It answers itself, and wants its admin key: --admin-key-file FILE, or INKROOM_ADMIN_KEY.',
    );
  }
  const headers = { Authorization: `Bearer ${adminKey}` };
  const response = await fetch(new URL(`/api/admin${path}`, server), { headers });
  if (!response.ok || !response.body)
    throw new Error(`${server} answered ${response.status}: ${await response.text()}`);
  return response.body as unknown as AsyncIterable<Uint8Array>;
}
