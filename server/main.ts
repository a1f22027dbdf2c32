#!/usr/bin/env node
import { resolve } from 'node:path';
import { ConfigError, type ServeConfig, serveConfig, USAGE } from './config.ts';
import { LogError } from './log/log.ts';
import { createLogger } from './logger.ts';
import { startServer } from './server.ts';

// The command line. Exit codes: 0 stopped as asked, 1 could not start or lost its storage, 2 wrong usage.

/** Milliseconds in which several signals are one request: a terminal, npm and a supervisor each send their own for one Ctrl+C. */
const SAME_REQUEST_MS = 1_000;

async function main(): Promise<void> {
  const [command, ...args] = process.argv.slice(2);
  if (command === '--help' || command === '-h' || command === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  if (command !== 'serve') fail(2, command === undefined ? USAGE : `Unknown command ${command}.\n\n${USAGE}`);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE);
    return;
  }
  try {
    await serve(serveConfig(args, process.env));
  } catch (error) {
    if (error instanceof ConfigError) fail(2, `${error.message}\n`);
    throw error;
  }
}

async function serve(config: ServeConfig): Promise<void> {
  const logger = createLogger(config.logLevel);
  const data = resolve(config.data);
  try {
    const server = await startServer({
      ...config,
      data,
      logger,
      onStorageLost: () => void server.close().finally(() => process.exit(1)),
    });
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    logger.warn({}, 'no tokens are configured: open to everyone on this machine, and to nobody else');
    logger.info({ url: `http://${host}:${server.port}`, data }, 'listening');
    let askedAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        const now = performance.now();
        if (askedAt !== undefined && now - askedAt > SAME_REQUEST_MS) process.exit(1); // asked again: the operator does not want to wait
        if (askedAt !== undefined) return;
        askedAt = now;
        logger.info({ signal }, 'stopping: finishing what was accepted');
        void server.close().then(() => process.exit(0));
      });
    }
  } catch (error) {
    fail(1, `${startProblem(error, config)}\n`);
  }
}

function startProblem(error: unknown, { host, port }: ServeConfig): string {
  if (error instanceof LogError) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is in use. Stop what uses it, or choose another with --port or PORT.`;
  if (code === 'EACCES') return `This user may not listen on port ${port}. Choose one above 1023 with --port or PORT.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function fail(code: number, message: string): never {
  process.stderr.write(message);
  process.exit(code);
}

await main();
