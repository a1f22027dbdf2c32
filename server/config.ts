import {
  ConfigError,
  type Environment,
  type Option,
  oneOf,
  readOptions,
  text,
  url,
  type Values,
  wholeNumber,
} from './options.ts';

// Every option of the server in one table: --help and docs/OPERATING.md are made from it.
// Invariant: without tokens the server listens on loopback only.

const PORT = 65_535;

export const OPTIONS = {
  host: { env: 'HOST', kind: text('HOST'), initial: '127.0.0.1', text: 'The address to listen on.' },
  port: {
    env: 'PORT',
    kind: wholeNumber(0, PORT),
    initial: '3000',
    text: 'The port to listen on; 0 takes a free one.',
  },
  data: {
    env: 'INKROOM_DATA',
    kind: text('DIR'),
    initial: './data',
    text: 'The directory that documents are kept in.',
  },
  page: {
    env: 'INKROOM_PAGE',
    kind: url('http://'),
    text: 'The process that renders the page: what is not the server’s own is passed on to it.',
  },
  tlsCert: {
    env: 'INKROOM_TLS_CERT',
    kind: text('FILE'),
    text: 'A certificate with its chain (PEM): https and wss, in place of http and ws. Read again when it changes, and on SIGHUP.',
  },
  tlsKey: { env: 'INKROOM_TLS_KEY', kind: text('FILE'), text: 'The key of that certificate (PEM).' },
  adminKey: {
    env: 'INKROOM_ADMIN_KEY',
    kind: text('KEY'),
    text: 'The key of the calls below /api/admin; without one there are no such calls.',
    secret: true,
  },
  metricsPort: {
    env: 'INKROOM_METRICS_PORT',
    kind: wholeNumber(0, PORT),
    text: 'A port of its own for GET /metrics, which needs no key; without one there are no metrics.',
  },
  metricsHost: {
    env: 'INKROOM_METRICS_HOST',
    kind: text('HOST'),
    initial: '127.0.0.1',
    text: 'The address that the metrics are served on.',
  },
  logLevel: {
    env: 'INKROOM_LOG',
    kind: oneOf('LEVEL', 'debug', 'info', 'warn', 'error', 'silent'),
    initial: 'info',
    text: 'The lowest level that is logged.',
  },
} as const satisfies Readonly<Record<string, Option<unknown>>>;

export type ServeConfig = Values<typeof OPTIONS>;

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Throws ConfigError. */
export function serveConfig(args: readonly string[], env: Environment): ServeConfig {
  const { operands: _, ...config } = readOptions(OPTIONS, { args, env });
  return checkTogether(config);
}

/** What no option can say alone. Throws ConfigError. */
export function checkTogether<Config extends ServeConfig>(config: Config): Config {
  if (!LOOPBACK.includes(config.host)) {
    throw new ConfigError(
      `No tokens are configured, so anyone who reaches ${config.host} could read and change every document. ` +
        'Listen on 127.0.0.1 instead.',
    );
  }
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    throw new ConfigError('A certificate needs its key: give --tls-cert and --tls-key, or neither.');
  }
  return config;
}
