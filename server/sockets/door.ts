import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { addressOf } from '../address.ts';
import { type Budgets, returnWindow } from '../budgets.ts';
import type { Clock } from '../clock.ts';
import { readAhead } from '../frames/inbox.ts';
import type { Authorize, Change } from '../grants/auth.ts';
import { LIMITS } from '../limits.ts';
import type { Line } from '../line.ts';
import type { Logger } from '../logger.ts';
import type { Measured, Metrics } from '../metrics.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { Turn } from '../turn.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { socketWire } from './socket-wire.ts';
import {
  admit,
  checkOrigin,
  createHandshake,
  doorOf,
  type OriginRule,
  refuseUpgrade,
  type Single,
  UpgradeRefused,
} from './upgrade.ts';

// Lets sockets in, and has the connections that came of them.
// Invariant: whoever is let in is counted in the budgets until the socket is gone, and is in `#connections` until then.

export interface DoorOptions {
  readonly rooms: Rooms;
  readonly authorize: Authorize;
  readonly origins: OriginRule;
  readonly budgets: Budgets;
  readonly line: Line;
  readonly turn: Turn;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How many proxies stand in front of this server. */
  readonly trustProxy: number;
  /** False from the moment on from which the server stops. */
  readonly serving: () => boolean;
}

/** What came in, before it is a connection. */
interface Arrival {
  readonly webSocket: WebSocket;
  readonly socket: Duplex;
  readonly address: string | undefined;
  readonly single: Single | undefined;
  readonly authorize: Authorize;
}

/** Owned by the server, which tells it of upgrades, of the time, and of its own end. */
export class Door {
  readonly #options: DoorOptions;
  readonly #connections = new Set<Connection>();
  readonly #handshake = createHandshake();
  #knowsOfProxy: boolean;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#knowsOfProxy = options.trustProxy > 0;
  }

  /** One request for a socket, as Node's `upgrade` event tells of it. Never throws: whoever is not let in has an answer, or no socket any more. */
  knock(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#open(request, socket, head).catch((error: unknown) => {
      this.#options.logger.error({ err: error }, 'a socket could not be opened');
      socket.destroy();
    });
  }

  /** To be called every `LIMITS.tickMs`. */
  tick(): void {
    for (const connection of this.#connections) connection.tick();
  }

  /** An administrator has changed grants. Returns how many sessions it concerned. */
  change(change: Change): number {
    let sessions = 0;
    for (const connection of this.#connections) sessions += connection.change(change);
    return sessions;
  }

  /** Takes nothing more from anybody, see Connection. */
  drain(): void {
    for (const connection of this.#connections) connection.drain();
  }

  /** Ends all connections because the server stops; clients are asked to spread their return. */
  dismiss(): void {
    const spread = returnWindow(this.#connections.size);
    for (const connection of this.#connections) connection.dismiss(Math.round(Math.random() * spread));
  }

  measure(): Pick<Measured, 'connections' | 'sessions' | 'queuedBytes' | 'behind'> {
    let [sessions, queuedBytes, behind] = [0, 0, 0];
    for (const connection of this.#connections) {
      sessions += connection.sessions;
      queuedBytes += connection.queuedBytes;
      if (connection.pace === 'behind') behind++;
    }
    return { connections: this.#connections.size, sessions, queuedBytes, behind };
  }

  async #open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { authorize, origins, budgets, line, metrics, logger, trustProxy } = this.#options;
    const address = addressOf(request, trustProxy);
    socket.on('error', () => socket.destroy()); // a peer that vanishes in the handshake; `ws` listens afterwards
    try {
      this.#requireServing();
      checkOrigin(request.headers, origins);
      const { single } = doorOf(request.url ?? '');
      this.#noticeProxy(request);
      const refusal = budgets.admit(address);
      if (refusal) throw new UpgradeRefused(refusal.status, refusal.text, refusal);
      socket.once('close', () => budgets.release(address));
      const inLine = line.turn(LIMITS.entryBytes);
      if (inLine) await inLine;
      const granted = single && (await admit(single, authorize));
      this.#requireServing(); // still
      const own: Authorize = granted ? () => granted : authorize;
      this.#handshake.handleUpgrade(request, socket, head, (webSocket) =>
        this.#connect({ webSocket, socket, address, single, authorize: own }),
      );
    } catch (error) {
      if (!(error instanceof UpgradeRefused)) throw error;
      metrics.upgradesRefused[error.status]++;
      logger.info({ address, status: error.status, reason: error.message }, 'socket refused');
      refuseUpgrade(socket, error);
    }
  }

  #connect({ webSocket, socket, address, single, authorize }: Arrival): void {
    const { rooms, budgets, line, turn, clock, logger, metrics } = this.#options;
    const onClosing = (code: number) => budgets.closing(address, code);
    const onDrained = () => connection.drained();
    const wire = socketWire({ webSocket, socket, turn, line, onClosing, onDrained });
    const options: ConnectionOptions = {
      wire,
      rooms,
      authorize,
      clock,
      logger,
      metrics,
      budgets,
      line,
      address,
      single,
    };
    const connection: Connection = new Connection(options);
    this.#connections.add(connection);
    const take = (data: Buffer, isBinary: boolean) => {
      connection.receive(data, isBinary);
      wire.took();
    };
    const hear = (data: Buffer) => {
      connection.receiveControl(data.length);
      wire.took();
    };
    webSocket.on('message', take);
    const read = (data: Buffer) => take(data, true);
    const heard = () => connection.heard(); // a large frame may take minutes, and be all that it says
    const later = (goOn: () => void) => turn.rest(goOn);
    readAhead({ webSocket, socket, take: read, heard, later, rest: () => wire.rest() });
    webSocket.on('ping', (data) => {
      wire.pong(data);
      hear(data);
    });
    webSocket.on('pong', hear);
    webSocket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith('WS_ERR_')) budgets.closing(address); // else the network's
      logger.info({ address, err: error }, 'malformed WebSocket frame'); // `ws` closes it with the right code
    });
    webSocket.on('close', () => {
      this.#connections.delete(connection);
      connection.closed();
    });
  }

  #requireServing(): void {
    if (!this.#options.serving()) throw new UpgradeRefused(503, 'The server is restarting.');
  }

  /** Once, to the operator: behind a proxy of this machine no address would have a budget, and behind another machine's all together one. */
  #noticeProxy({ headers }: IncomingMessage): void {
    if (this.#knowsOfProxy || headers['x-forwarded-for'] === undefined) return;
    this.#knowsOfProxy = true;
    this.#options.logger.warn(
      {},
      'a proxy that this server was not told of: with --trust-proxy 1 each address has a budget of its own',
    );
  }
}
