import { LogError } from './log.ts';

// What becomes of SQLite's errors: which concern one document, which one batch, and which everybody.
// Invariant: an error that is not known to be harmless is `failed`.

/** What SQLite threw while it read `what`, or wrote when there is none. */
export function logErrorOf(error: unknown, what?: string): LogError {
  if (error instanceof LogError) return error;
  const code = (error as { rawCode?: number } | undefined)?.rawCode ?? 0;
  if (what !== undefined && UNREADABLE.has(code)) return damaged(what, error);
  if ((code & 0xff) === SQLITE_FULL) return full(error);
  const message = error instanceof Error ? error.message : String(error);
  return new LogError('failed', `The log failed: ${message}`, { cause: error });
}

export function full(cause: unknown): LogError {
  return new LogError('full', 'There is no room left on the disk.', { cause });
}

export function damaged(what: string, cause?: unknown): LogError {
  return new LogError('damaged', `What is stored of ${what} is damaged.`, { cause });
}

/** How messages call a document. */
export function nameOf(document: string): string {
  return `document ${JSON.stringify(document)}`;
}

const SQLITE_FULL = 13;
/** SQLITE_CORRUPT and its kinds, SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ: a bad page, not a bad disk. */
const UNREADABLE: ReadonlySet<number> = new Set([11, 11 | (1 << 8), 11 | (2 << 8), 11 | (3 << 8), 266, 522]);

/** Runs `work`, which reads `what` or writes; whatever it throws becomes a LogError. */
export function attempt<T>(work: () => T, what?: string): T {
  try {
    return work();
  } catch (error) {
    throw logErrorOf(error, what);
  }
}
