import { parseArgs } from 'node:util';

// What the command line and the environment say, checked before anything starts.
// Invariant: without tokens the server listens on loopback only.

export interface ServeConfig {
  readonly host: string;
  readonly port: number;
  /** Directory of the log. */
  readonly data: string;
  /** http URL on this machine of the process that renders the page. */
  readonly page: string | undefined;
  /** Lowest level that is logged. */
  readonly logLevel: string;
}

/** A mistake in flags or environment; the message says what to do. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigError';
  }
}

export const USAGE = `inkroom serve: the sync server and its API

  --host HOST        address to listen on         HOST            127.0.0.1
  --port N           port to listen on            PORT            3000
  --data DIR         where documents are kept     INKROOM_DATA    ./data
  --page URL         the process that renders the page; all that is not the server's own is passed to it
  --log-level LEVEL  debug, info, warn, error     INKROOM_LOG     info
`;

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Flags win over the environment. Throws ConfigError. */
export function serveConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): ServeConfig {
  const flags = parse(args);
  const host = flags.host ?? (env.HOST || '127.0.0.1');
  const port = Number(flags.port ?? (env.PORT || '3000'));
  const logLevel = flags['log-level'] ?? (env.INKROOM_LOG || 'info');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ConfigError('The port is a whole number up to 65535.');
  if (!LOG_LEVELS.includes(logLevel)) throw new ConfigError(`The log level is one of ${LOG_LEVELS.join(', ')}.`);
  if (flags.page !== undefined && !URL.canParse(flags.page)) throw new ConfigError('--page takes an http URL.');
  if (!LOOPBACK.includes(host)) {
    throw new ConfigError(
      `No tokens are configured, so anyone who reaches ${host} could read and change every document. ` +
        'Listen on 127.0.0.1 instead.',
    );
  }
  return { host, port, data: flags.data ?? (env.INKROOM_DATA || './data'), page: flags.page, logLevel };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        page: { type: 'string' },
        'log-level': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
