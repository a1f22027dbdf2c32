import { pino } from 'pino';

// JSON lines on standard output.
// Invariant: a line never holds a token, a key, a query string or a document's content, and no name can make one line look like two.

/** What the server needs of a logger; pino is one. Tests pass `silentLogger` or one that collects. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Fields that are never shown, should a call site or an error of a library ever hand one over. */
const SECRETS = ['token', 'authorization', 'cookie', 'secret', 'adminKey', 'payload'];
/** JSON escapes the line breaks of ASCII; these break a line, or rewrite it, in terminals and in what collects logs. */
const BREAKS = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
/** Causes of an error that are followed. */
const CAUSES = 5;

export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
    serializers: { err: (error: unknown) => errorFields(error, CAUSES), url: withoutQuery },
    hooks: { streamWrite: (line) => line.replace(BREAKS, escaped) },
  });
}

/** Not every property that an error has: those of parsers hold what they parsed, and those of jose the claims. */
function errorFields(error: unknown, causes: number): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  const before = cause === undefined || causes === 0 ? undefined : errorFields(cause, causes - 1);
  return { name, code, message, stack, cause: before };
}

function withoutQuery(url: unknown): unknown {
  return typeof url === 'string' ? url.replace(/\?.*$/s, '') : undefined;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const ignore = () => undefined;

export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
