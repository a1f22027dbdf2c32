import type { IncomingMessage, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { addressOf } from './address.ts';
import { Budgets } from './budgets.ts';
import { Certificate } from './certificate.ts';
import { systemClock } from './clock.ts';
import { openDocuments } from './documents/pool.ts';
import { type Authorize, type Change, openToEveryone } from './grants/auth.ts';
import { Grants } from './grants/grants.ts';
import type { TokenOptions } from './grants/tokens.ts';
import { Access } from './http/access.ts';
import { AdminApi } from './http/admin.ts';
import { DocumentsApi } from './http/documents.ts';
import type { MetricsServer } from './http/metrics.ts';
import { PageProxy } from './http/page.ts';
import { createRoutes } from './http/routes.ts';
import { UploadsApi } from './http/uploads.ts';
import { LIMITS } from './limits.ts';
import { Line } from './line.ts';
import type { Log } from './log/log.ts';
import { openSqliteLog } from './log/sqlite.ts';
import type { Logger } from './logger.ts';
import { type Measured, Metrics } from './metrics.ts';
import { createServer } from './node-http.ts';
import { Patience } from './patience.ts';
import { Leftovers } from './rooms/leftovers.ts';
import { Rooms } from './rooms/rooms.ts';
import { Door } from './sockets/door.ts';
import { Sockets } from './sockets/sockets.ts';
import type { OriginRule } from './sockets/upgrade.ts';
import { SparingLogger } from './sparing-logger.ts';
import { Turn } from './turn.ts';
import { readUpload } from './uploads/files.ts';
import { Uploads } from './uploads/uploads.ts';
import { VERSION } from './version.ts';

// The whole server in one place: which log, which document threads, which doors; how it starts and how it stops.
// Invariant: when `close()` has resolved, everything that was accepted is on disk and was acknowledged, or that was said in the log.

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The directory of the log; made if missing. One server process at a time. */
  readonly data: string;
  /** Paths of a certificate and its key: https and wss then, in place of http and ws. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** http URL of the process that renders the page. */
  readonly page?: string | undefined;
  /** The key of the calls below /api/admin; without one there are none. */
  readonly adminKey?: string | undefined;
  /** How many proxies stand in front of this server. */
  readonly trustProxy?: number;
  readonly maxConnections?: number;
  readonly maxConnectionsPerAddress?: number;
  readonly logger: Logger;
  /** Where the metrics are served, apart from everything else; without a port nowhere. */
  readonly metricsHost: string;
  readonly metricsPort?: number | undefined;
  /** How tokens are checked. */
  readonly tokens?: Pick<TokenOptions, 'key' | 'audience' | 'issuer'> | undefined;
  /** A rule of one's own in place of tokens, for who embeds the server; without either everyone may edit. */
  readonly authorize?: Authorize | undefined;
  /** Where people reach the server, when a proxy stands between. */
  readonly publicUrl?: string | undefined;
  /** Other sites whose pages may open sockets and call the API. */
  readonly allowOrigin?: readonly string[] | undefined;
  /** The log accepts nothing any more; the server is of no use from here on. */
  readonly onStorageLost?: (error: unknown) => void;
}

/** Owned by whoever started it. */
export interface InkroomServer {
  readonly port: number;
  readonly metricsPort: number | undefined;
  /** Looks at once whether the certificate was renewed. */
  reload(): Promise<void>;
  /**
   * Stops accepting, waits until all is on disk and acknowledged, closes every connection with 1012: for nine seconds, whatever the disk does. May be
   * called twice.
   */
  close(): Promise<Stop>;
}

/**
 * How it stopped. `late`: not all that was accepted was acknowledged in time, and the log names the documents. `stuck`: a thread still waits for the disk, and
 * `process.exit` would wait for that thread.
 */
export type Stop = 'stored' | 'late' | 'stuck';

/** Milliseconds between two looks who takes longer than `headersMs`: Node's own look is every 30 s. */
const HEADERS_CHECK_MS = LIMITS.headersMs / 2;

/** Milliseconds for the other side to answer a close before its socket is dropped. */
const CLOSE_PATIENCE_MS = 1_000;

/** Rejects with LogError when the data directory cannot be opened, ConfigError when the certificate cannot be used, the system's error when the port is taken. */
export async function startServer(options: ServerOptions): Promise<InkroomServer> {
  const clock = systemClock;
  const logger = new SparingLogger(options.logger, clock);
  const metrics = new Metrics();
  const certificate = options.tls && (await Certificate.open({ ...options.tls, clock, logger }));
  const { trustProxy = 0 } = options;
  const budgets = new Budgets({ ...options, clock });
  const log = await openSqliteLog({ directory: options.data });
  const grants = options.tokens && (await openGrants(options.data, options.tokens).catch(failClosing(log)));
  const rule = grants?.authorize ?? options.authorize;
  const authorize = rule ?? openToEveryone;
  const documents = openDocuments({ directory: options.data });
  const uploads = await Uploads.open({ directory: options.data, index: log, log, documents, clock, logger }).catch(
    failClosing(log),
  );
  let state: 'serving' | 'draining' | 'storage lost' = 'serving';
  const line = new Line(clock);
  const rooms = new Rooms({
    log,
    documents,
    line,
    stamps: rule !== undefined,
    clock,
    logger,
    metrics,
    onStorageLost(error) {
      if (state === 'storage lost') return;
      state = 'storage lost';
      logger.error({ err: error }, 'the log accepts nothing any more');
      options.onStorageLost?.(error);
    },
  });
  const leftovers = new Leftovers({ log, rooms, documents, clock, logger });
  const page = options.page === undefined ? undefined : new PageProxy(options.page);
  const origins: OriginRule = {
    loopbackOnly: rule === undefined,
    own: options.publicUrl && new URL(options.publicUrl).origin,
    others: options.allowOrigin ?? [],
  };
  const access = new Access({ adminKey: options.adminKey, authorize: rule });
  const api = new DocumentsApi({ log, documents, access, line });
  const uploaderOf = (request: IncomingMessage, user: string | undefined) =>
    user === undefined ? addressOf(request, trustProxy) : `user ${user}`;
  const uploadsApi = new UploadsApi({
    log,
    uploads,
    access,
    metrics,
    begin: (request, user) => budgets.mayUpload(uploaderOf(request, user)),
    ended: (request, user) => budgets.uploaded(uploaderOf(request, user)),
  });
  const readiness = () => (state !== 'serving' ? 'not ready' : rooms.full ? 'full' : 'ready');
  const admin = new AdminApi({
    log: {
      info: (document) => log.info(document),
      scan: (cursor, limit) => log.scan(cursor, limit),
      load: (document) => log.load(document),
      listUploads: (after, limit) => log.listUploads(after, limit),
      readUpload: (hash) => readUpload(options.data, hash),
    },
    logger,
    access,
    changeGrants: grants && ((change) => changeGrants(grants, change)),
  });
  const routes = createRoutes({
    api,
    uploads: uploadsApi,
    admin,
    page,
    readiness,
    mayAsk: (request) => budgets.mayAsk(addressOf(request, trustProxy)),
    mayFetch: (request) => budgets.mayFetch(addressOf(request, trustProxy)),
    origins,
    logger,
  });

  const door = new Door({
    rooms,
    authorize,
    origins,
    budgets,
    line,
    turn: new Turn(clock),
    clock,
    logger,
    metrics,
    trustProxy,
    serving: () => state === 'serving',
  });

  async function changeGrants(changed: Grants, change: Change): Promise<number> {
    await changed.remember(change);
    await nextTurn(); // who was granted something a moment before is in by then, and among those that follow
    const sessions = door.change(change);
    options.logger.info({ ...change, sessions }, 'grants changed'); // each of them: who may read is worth a line
    return sessions;
  }

  const timeouts = { headersTimeout: LIMITS.headersMs, connectionsCheckingInterval: HEADERS_CHECK_MS };
  const secure =
    certificate && createSecureServer({ ...timeouts, handshakeTimeout: LIMITS.headersMs, ...certificate.pair }, routes);
  if (secure) certificate.follow(secure);
  const http: Server = secure ?? createServer(timeouts, routes);
  const { maxConnections = LIMITS.connections, maxConnectionsPerAddress = LIMITS.connectionsPerAddress } = options;
  const sockets = new Sockets(http, {
    most: maxConnections + LIMITS.requestSockets,
    mostPerAddress: maxConnectionsPerAddress + LIMITS.requestSockets,
    addressOf: (socket) => (trustProxy > 0 ? undefined : addressOf({ headers: {}, socket }, 0)), // proxies have those of many
    onDropped(address) {
      metrics.socketsDropped++;
      logger.warn({ address }, 'too many sockets: one was closed');
    },
  });
  http.on('upgrade', (request, socket, head) => door.knock(request, socket, head));
  const ticking = setInterval(() => {
    door.tick();
    budgets.sweep();
  }, LIMITS.tickMs);

  function measure(): Measured {
    const unmerged = rooms.unmerged();
    return {
      version: VERSION,
      ...door.measure(),
      rooms: rooms.size,
      unmergedBytes: unmerged.bytes,
      overdueSeconds: unmerged.overdueMs / 1000,
      leftovers: leftovers.count,
      documentTasks: documents.pending,
      uploads: uploads.totals.count,
      uploadBytes: uploads.totals.bytes,
      certificateEndsAt: certificate?.endsAt,
    };
  }

  async function close(): Promise<Stop> {
    const storing = new Patience(LIMITS.drainMs);
    const ending = new Patience(LIMITS.drainMs + CLOSE_PATIENCE_MS);
    clearInterval(ticking);
    certificate?.close();
    leftovers.close();
    if (state === 'serving') state = 'draining';
    door.drain();
    const isStored = await storing.has(rooms.close());
    if (!isStored) {
      for (const waiting of rooms.unsettled()) logger.error(waiting, 'edits were accepted and not stored in time');
      logger.error({ ms: LIMITS.drainMs }, 'the disk took too long: what was not acknowledged may not be stored');
    }
    const stopped = new Promise((resolve) => http.close(resolve)); // until here, who knocks is told to come back
    door.dismiss();
    http.closeIdleConnections();
    const dropping = setTimeout(() => {
      http.closeAllConnections();
      sockets.destroy();
    }, CLOSE_PATIENCE_MS);
    await stopped;
    clearTimeout(dropping);
    page?.close();
    const isClosed = await ending.has(closeStores());
    if (!isClosed) logger.error({}, 'the log did not close in time');
    logger.close();
    if (!isClosed) return 'stuck';
    return isStored ? 'stored' : 'late';
  }

  async function closeStores(): Promise<void> {
    await watched?.close();
    await uploads.close();
    await documents.close();
    await log.close();
  }

  let watched: MetricsServer | undefined;
  try {
    const { metricsHost, metricsPort } = options;
    if (metricsPort !== undefined) {
      const { serveMetrics } = await import('./http/metrics.ts'); // a fifth of the start, for those who do not ask for it
      watched = await serveMetrics({ host: metricsHost, port: metricsPort, metrics, measure });
    }
    await listen(http, options);
  } catch (error) {
    clearInterval(ticking);
    leftovers.close();
    certificate?.close();
    await closeStores();
    logger.close();
    throw error;
  }
  let closing: Promise<Stop> | undefined;
  return {
    port: (http.address() as AddressInfo).port,
    metricsPort: watched?.port,
    reload: async () => certificate?.reload(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** For a start that fails: closes the log, and fails on. */
function failClosing(log: Log): (error: unknown) => Promise<never> {
  return async (error) => {
    await log.close();
    throw error;
  };
}

async function openGrants(
  directory: string,
  tokens: Pick<TokenOptions, 'key' | 'audience' | 'issuer'>,
): Promise<Grants> {
  const { tokenReader } = await import('./grants/tokens.ts');
  const read = tokenReader({ ...tokens, clock: systemClock, now: Date.now });
  return new Grants({ directory, read, now: Date.now });
}

function listen(http: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen({ host, port, backlog: LIMITS.backlog }, () => {
      http.off('error', reject);
      resolve();
    });
  });
}
