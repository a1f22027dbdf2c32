import { resolve } from 'node:path';
import { OPTIONS } from '../config.ts';
import { baseOf } from '../doctor/place.ts';
import { LogError } from '../log/log.ts';
import { OfflineLog } from '../log/offline.ts';
import { ConfigError, url } from '../options.ts';
import { withoutDocuments } from './directory.ts';

// Where a command gets documents from: the server that was named, or a data directory, or the server that has that open.
// Invariant: who names a server is told what that one has, whatever lies here; and a directory that a server has open is never read past it.

const DEFAULT_URL = 'http://127.0.0.1:3000';

export const SOURCE = {
  data: OPTIONS.data,
  url: {
    env: 'INKROOM_URL',
    kind: url('http://', 'https://'),
    text: `The server to ask, whatever is in the directory. Without one the directory is read, or, when a server has it open, ${DEFAULT_URL} asked. Needs the admin key.`,
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
 * Undefined when a server is to be asked: one was named, or has the directory open. Throws ConfigError when there are no documents, LogError when they
 * cannot be opened.
 */
export function openUnlessServed({
  data,
  url: server,
}: {
  data: string;
  url: string | undefined;
}): OfflineLog | undefined {
  if (server !== undefined) return undefined;
  const problem = withoutDocuments(data);
  if (problem !== undefined) throw new ConfigError(problem);
  try {
    return new OfflineLog({ directory: resolve(data) });
  } catch (error) {
    if (error instanceof LogError && (error.cause as { code?: unknown } | undefined)?.code === 'SQLITE_BUSY')
      return undefined;
    throw error;
  }
}

/** What a running server answers below /api/admin. Rejects with ConfigError without a key, or for a URL that cannot be, SourceError when it does not answer, or refuses. */
export async function askServer(
  { url: server = DEFAULT_URL, adminKey }: { url: string | undefined; adminKey: string | undefined },
  path: string,
): Promise<AsyncIterable<Uint8Array>> {
  if (adminKey === undefined) {
    throw new ConfigError(
      'A running server answers itself, and wants its admin key: --admin-key-file FILE, or INKROOM_ADMIN_KEY.',
    );
  }
  const headers = { Authorization: `Bearer ${adminKey}` };
  const response = await fetch(`${baseOf(server)}/api/admin${path}`, { headers }).catch((error: unknown) => {
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
