import { LIMITS } from './limits.ts';
import {
  ConfigError,
  type Environment,
  type Kind,
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

/** What fits a header, and cannot be guessed. */
const key: Kind<string> = {
  placeholder: 'KEY',
  words: 'at least 16 characters without spaces: openssl rand -hex 32',
  parse: (value) => (/^[!-~]{16,}$/.test(value) ? value : undefined),
};

/** `https://a.example,https://b.example` */
const origins: Kind<readonly string[]> = {
  placeholder: 'ORIGINS',
  words: 'origins such as https://notes.example.org, with commas between them',
  parse(value) {
    const found = value.split(',').map((each) => each.trim());
    return found.every((each) => URL.canParse(each) && new URL(each).origin === each) ? found : undefined;
  },
};

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
  trustProxy: {
    env: 'INKROOM_TRUST_PROXY',
    kind: wholeNumber(0, 10),
    initial: '0',
    text: 'How many proxies stand in front, each adding to X-Forwarded-For: from that the client’s address is taken, for its budgets.',
  },
  maxConnections: {
    env: 'INKROOM_MAX_CONNECTIONS',
    kind: wholeNumber(1, 1_000_000),
    initial: `${LIMITS.connections}`,
    text: 'Connections in all; who comes later is answered 503.',
  },
  maxConnectionsPerAddress: {
    env: 'INKROOM_MAX_CONNECTIONS_PER_ADDRESS',
    kind: wholeNumber(1, 1_000_000),
    initial: `${LIMITS.connectionsPerAddress}`,
    text: 'Connections from one address (IPv6: from one /64), this machine’s own excepted; who comes later is answered 429.',
  },
  adminKey: {
    env: 'INKROOM_ADMIN_KEY',
    kind: key,
    text: 'The key of the calls below /api/admin; without one there are no such calls.',
    secret: true,
  },
  tokenSecret: {
    env: 'INKROOM_TOKEN_SECRET',
    kind: text('SECRET'),
    text: 'Tokens are signed with this secret (HS256), which the application shares with the server.',
    secret: true,
  },
  tokenPublicKey: {
    env: 'INKROOM_TOKEN_PUBLIC_KEY',
    kind: text('FILE'),
    text: 'Tokens are signed with the private half of this key: a PEM file or a JWK in JSON; RSA, Ed25519 or an elliptic curve.',
  },
  tokenJwks: {
    env: 'INKROOM_TOKEN_JWKS',
    kind: url('https://', 'http://'),
    text: 'Tokens are signed with one of the keys that are published at this URL (JWK Set).',
  },
  tokenAudience: {
    env: 'INKROOM_TOKEN_AUDIENCE',
    kind: text('NAME'),
    text: 'Tokens must be meant for this audience.',
  },
  tokenIssuer: { env: 'INKROOM_TOKEN_ISSUER', kind: text('NAME'), text: 'Tokens must be from this issuer.' },
  publicUrl: {
    env: 'INKROOM_PUBLIC_URL',
    kind: url('https://', 'http://'),
    text: 'Where people reach the server, when that is another host or port than it is told of: behind a proxy.',
  },
  allowOrigin: {
    env: 'INKROOM_ALLOW_ORIGIN',
    kind: origins,
    text: 'Other sites whose pages may open sockets and call the API.',
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

/** Whether anyone is asked for a token. */
export function hasTokens(config: Pick<ServeConfig, 'tokenSecret' | 'tokenPublicKey' | 'tokenJwks'>): boolean {
  return TOKEN_KEYS.some((name) => config[name] !== undefined);
}

const TOKEN_KEYS = ['tokenSecret', 'tokenPublicKey', 'tokenJwks'] as const;

export type ServeConfig = Values<typeof OPTIONS>;

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Throws ConfigError. */
export function serveConfig(args: readonly string[], env: Environment): ServeConfig {
  const { operands: _, ...config } = readOptions(OPTIONS, { args, env });
  return checkTogether(config);
}

/** What no option can say alone. Throws ConfigError. */
export function checkTogether<Config extends ServeConfig>(config: Config): Config {
  const keys = TOKEN_KEYS.filter((name) => config[name] !== undefined);
  if (keys.length > 1) throw new ConfigError(`Only one of ${keys.join(', ')} may be given: a key of one kind.`);
  if (keys.length === 0 && (config.tokenAudience ?? config.tokenIssuer) !== undefined) {
    throw new ConfigError('An audience or an issuer of tokens is given, but no key to check them with.');
  }
  if (keys.length === 0 && !LOOPBACK.includes(config.host)) {
    throw new ConfigError(
      `No tokens are configured, so anyone who reaches ${config.host} could read and change every document. ` +
        'Listen on 127.0.0.1 instead, or give the key that tokens are signed with (--help).',
    );
  }
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    throw new ConfigError('A certificate needs its key: give --tls-cert and --tls-key, or neither.');
  }
  return config;
}
