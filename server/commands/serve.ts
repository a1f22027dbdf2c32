import { resolve } from 'node:path';
import { hasTokens, OPTIONS, type ServeConfig, serveConfig } from '../config.ts';
import type { TokenKey } from '../grants/tokens.ts';
import { LogError } from '../log/log.ts';
import { createLogger } from '../logger.ts';
import { ConfigError, usageOf } from '../options.ts';
import { type Stop, startServer } from '../server.ts';
import type { Asked, Command } from './command.ts';
import { notOurs } from './directory.ts';

// inkroom serve: runs the server until it is asked to stop, or has lost its storage.

/** Milliseconds in which several signals are one request: a terminal, npm and a supervisor each send their own for one Ctrl+C. */
const SAME_REQUEST_MS = 1_000;

export const command: Command = {
  synopsis: 'serve [options]',
  text: 'Runs the sync server and its API.',
  options: usageOf(OPTIONS),
  run: serve,
};

async function serve({ args, env, complain }: Asked): Promise<number> {
  const config = serveConfig(args, env);
  const logger = createLogger(config.logLevel);
  const data = resolve(config.data);
  const { tlsCert: cert, tlsKey } = config;
  const tls = cert === undefined || tlsKey === undefined ? undefined : { cert: resolve(cert), key: resolve(tlsKey) };
  const key = await tokenKey(config);
  let stopped: (code: number) => void;
  const untilStopped = new Promise<number>((resolve) => {
    stopped = resolve;
  });
  const end = (stop: Stop) => {
    // `process.exit` ends all threads, and waits for one that waits for the disk.
    if (stop === 'stuck') process.kill(process.pid, 'SIGKILL');
    else stopped(stop === 'stored' ? 0 : 1);
  };
  try {
    const server = await startServer({
      ...config,
      data,
      tls,
      logger,
      tokens: key && { key, audience: config.tokenAudience, issuer: config.tokenIssuer },
      onStorageLost: () => void server.close().then((stop) => end(stop === 'stored' ? 'late' : stop)),
    });
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    if (!hasTokens(config))
      logger.warn({}, 'no tokens are configured: open to everyone on this machine, and to nobody else');
    logger.info(
      { url: `${tls ? 'https' : 'http'}://${host}:${server.port}`, data, metricsPort: server.metricsPort },
      'listening',
    );
    if (tls) process.on('SIGHUP', () => void server.reload());
    let askedAt: number | undefined;
    // A terminal that goes away says SIGHUP, and Node ends a process that does not listen to it; with a certificate the word is taken.
    for (const signal of ['SIGINT', 'SIGTERM', ...(tls ? [] : ['SIGHUP' as const])] as const) {
      process.on(signal, () => {
        const now = performance.now();
        if (askedAt !== undefined && now - askedAt > SAME_REQUEST_MS) end('stuck'); // asked again: the operator does not want to wait
        if (askedAt !== undefined) return;
        askedAt = now;
        logger.info({ signal }, 'stopping: finishing what was accepted');
        void server.close().then(end);
      });
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    complain(`${startProblem(error, config)}\n`);
    return 1;
  }
  return untilStopped;
}

/** Rejects with ConfigError. */
async function tokenKey(config: ServeConfig): Promise<TokenKey | undefined> {
  if (!hasTokens(config)) return undefined;
  const { publicKeyFile, remoteKeys, secretKey } = await import('../grants/tokens.ts');
  const { tokenSecret, tokenPublicKey, tokenJwks } = config;
  if (tokenSecret !== undefined) return secretKey(tokenSecret);
  if (tokenPublicKey !== undefined) return publicKeyFile(resolve(tokenPublicKey));
  return tokenJwks === undefined ? undefined : remoteKeys(tokenJwks);
}

function startProblem(error: unknown, { port, host, metricsPort, metricsHost, data }: ServeConfig): string {
  if (error instanceof LogError) return notOurs(resolve(data)) ?? error.message;
  const { code, port: taken = port, address = host, hostname = address } = error as ListenError;
  const isMetrics = taken === metricsPort || (hostname === metricsHost && metricsHost !== host);
  const flag = isMetrics ? '--metrics-port' : '--port or PORT';
  const name = isMetrics ? '--metrics-host' : '--host or HOST';
  if (code === 'EADDRINUSE')
    return `Port ${taken} on ${address} is in use. Stop what uses it, or choose another with ${flag}.`;
  if (code === 'EACCES') return `This user may not listen on port ${taken}. Choose one above 1023 with ${flag}.`;
  if (code === 'EADDRNOTAVAIL')
    return `${address} is no address of this machine. Choose one that is, or 0.0.0.0 for all of them, with ${name}.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `${hostname} has no address. Choose an address of this machine with ${name}.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What the system says of an address that cannot be listened on. */
type ListenError = Partial<Record<'code' | 'address' | 'hostname', string>> & { port?: number };
