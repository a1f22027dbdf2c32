import { resolve } from 'node:path';
import { OPTIONS } from '../config.ts';
import { LogError } from '../log/log.ts';
import { OfflineLog } from '../log/offline.ts';
import { ConfigError, url } from '../options.ts';
import { withoutDocuments } from './directory.ts';

// Where a command gets documents from: a data directory, or the server that has it open.
// Invariant: a directory that a server has open is never read past it.

const DEFAULT_URL = 'http://127.0.0.1:3000';

export const SOURCE = {
  data: OPTIONS.data,
  url: {
    env: 'INKROOM_URL',
    kind: url('http://', 'https://'),
    text: `Where the server is, if one is running and not at ${DEFAULT_URL}. It needs the admin key.`,
  },
  adminKey: OPTIONS.adminKey,
} as const;

/** The server, or what is between, does not give what it was asked for; the message says why. */
export class SourceError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceError';
  }
}

/**
 * Undefined when a server has the directory open, or when one was named and its directory is not here. Throws ConfigError when there are no documents,
 * LogError when they cannot be opened.
 */
export function openUnlessServed({
  data,
  url: server,
}: {
  data: string;
  url: string | undefined;
}): OfflineLog | undefined {
  const problem = withoutDocuments(data);
  if (problem !== undefined && server !== undefined) return undefined;
  if (problem !== undefined) throw new ConfigError(problem);
  try {
    return new OfflineLog({ directory: resolve(data) });
  } catch (error) {
    if (error instanceof LogError && (error.cause as { code?: unknown } | undefined)?.code === 'SQLITE_BUSY')
      return undefined;
    throw error;
  }
}

/** What a running server answers below /api/admin. Rejects with ConfigError without a key, SourceError when it does not answer, or refuses. */
export async function askServer(
  { url: server = DEFAULT_URL, adminKey }: { url: string | undefined; adminKey: string | undefined },
  path: string,
): Promise<AsyncIterable<Uint8Array>> {
  if (adminKey === undefined) {
    throw new ConfigError(
      'The server that has these documents open answers itself, and wants its admin key: --admin-key-file FILE, or INKROOM_ADMIN_KEY.',
    );
  }
  const headers = { Authorization: `Bearer ${adminKey}` };
  const response = await fetch(new URL(`/api/admin${path}`, server), { headers }).catch((error: unknown) => {
    throw new SourceError(`${server} does not answer (${reasonOf(error)}). Say where the server is: --url URL.`, {
      cause: error,
    });
  });
  if (!response.ok || !response.body)
    throw new SourceError(`${server} answered ${response.status}: ${await response.text()}`);
  return piecesOf(response.body as unknown as AsyncIterable<Uint8Array>, server);
}

async function* piecesOf(body: AsyncIterable<Uint8Array>, server: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new SourceError(`${server} stopped in the middle of its answer (${reasonOf(error)}).`, { cause: error });
  }
}

/** `fetch` says that it failed, and its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
